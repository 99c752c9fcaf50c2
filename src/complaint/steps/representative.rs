//! Someone acting for the resident: who they are.

use serde::{Deserialize, Serialize};

use crate::complaint::form::{Checker, Context, FieldError, Fields, Step, Valid, choices};

choices! {
    /// How a representative is connected to the resident.
    Connection {
        Family = "family",
        Friend = "friend",
        Adviser = "adviser",
        Solicitor = "solicitor",
        Councillor = "councillor",
        SupportWorker = "support_worker",
        Other = "other",
    }
}

/// A representative's name, organisation (may be empty) and connection to the resident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Representative {
    pub full_name: String,
    #[serde(default)]
    pub organisation: String,
    pub connection: Option<Connection>,
}

impl Step for Representative {
    fn from_fields(fields: &Fields) -> Self {
        Self {
            full_name: fields.line("full_name"),
            organisation: fields.line("organisation"),
            connection: fields.choice("connection"),
        }
    }

    fn check(mut self, _: &Context<'_>) -> Result<Valid<Self>, Vec<FieldError>> {
        let mut checker = Checker::default();
        checker.line(&mut self.full_name, "full_name", "your_name_missing", "name_too_long");
        checker.optional_line(&mut self.organisation, "organisation", "organisation_too_long");
        checker.require(self.connection.is_some(), "connection", "connection_missing");
        checker.finish(self)
    }
}

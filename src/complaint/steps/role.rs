//! Who is filling in the form.

use serde::{Deserialize, Serialize};

use crate::complaint::form::{Checker, Context, FieldError, Fields, Step, Valid, choices};

choices! {
    /// Who is filling in the form.
    RoleKind {
        /// The person whose home it is about.
        Resident = "resident",
        /// Someone acting for that person.
        Representative = "representative",
    }
}

/// The answer to "Who are you?".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Role {
    pub role: Option<RoleKind>,
}

impl Step for Role {
    fn from_fields(fields: &Fields) -> Self {
        Self {
            role: fields.choice("role"),
        }
    }

    fn check(self, _: &Context<'_>) -> Result<Valid<Self>, Vec<FieldError>> {
        let mut checker = Checker::default();
        checker.require(self.role.is_some(), "role", "role_missing");
        checker.finish(self)
    }
}

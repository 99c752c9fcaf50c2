//! Whose home it is: the landlord.

use serde::{Deserialize, Serialize};

use crate::complaint::form::{Checker, Context, FieldError, Fields, Step, Valid};

/// The landlord as the person names it, and its number in the register where it was found there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Landlord {
    pub name: String,
    /// The Regulator of Social Housing's number, opaque text; empty when the landlord is not in the list.
    #[serde(default)]
    pub registration_number: String,
}

impl Step for Landlord {
    fn from_fields(fields: &Fields) -> Self {
        Self {
            name: fields.line("name"),
            registration_number: fields.line("registration_number"),
        }
    }

    fn check(mut self, _: &Context<'_>) -> Result<Valid<Self>, Vec<FieldError>> {
        let mut checker = Checker::default();
        checker.line(&mut self.name, "name", "landlord_name_missing", "landlord_name_too_long");
        checker.optional_line(&mut self.registration_number, "registration_number", "landlord_number_too_long");
        checker.finish(self)
    }
}

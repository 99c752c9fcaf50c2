//! The name of the person whose home it is about.

use serde::{Deserialize, Serialize};

use crate::complaint::form::{Checker, Context, FieldError, Fields, Step, Valid};
use crate::complaint::steps::role::RoleKind;

/// The resident's full name, in one field: names do not split the same way everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ResidentName {
    pub full_name: String,
}

impl Step for ResidentName {
    fn from_fields(fields: &Fields) -> Self {
        Self {
            full_name: fields.line("full_name"),
        }
    }

    fn check(mut self, context: &Context<'_>) -> Result<Valid<Self>, Vec<FieldError>> {
        let for_another = context.answers.role_kind() == Some(RoleKind::Representative);
        let missing = if for_another {
            "resident_name_missing"
        } else {
            "your_name_missing"
        };
        let mut checker = Checker::default();
        checker.line(&mut self.full_name, "full_name", missing, "name_too_long");
        checker.finish(self)
    }
}

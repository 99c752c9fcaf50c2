//! The declaration before sending.

use serde::{Deserialize, Serialize};

use crate::complaint::form::{Checker, Context, FieldError, Fields, Step, Valid};

/// The person says that what they told is true as far as they know, and that it will be shared with the landlord.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Declaration {
    pub agreed: bool,
}

impl Step for Declaration {
    fn from_fields(fields: &Fields) -> Self {
        Self {
            agreed: fields.ticked("agreed"),
        }
    }

    fn check(self, _: &Context<'_>) -> Result<Valid<Self>, Vec<FieldError>> {
        let mut checker = Checker::default();
        checker.require(self.agreed, "agreed", "declaration_missing");
        checker.finish(self)
    }
}

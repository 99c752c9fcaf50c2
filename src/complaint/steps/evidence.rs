//! Photos and papers. The files themselves are uploads; this answer only says the person has been past the page.

use serde::{Deserialize, Serialize};

use crate::complaint::form::{Context, FieldError, Fields, Step, Valid};

/// "I have added what I want to add." Always good: evidence is never a condition of sending.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Evidence {}

impl Step for Evidence {
    fn from_fields(_: &Fields) -> Self {
        Self {}
    }

    fn check(self, _: &Context<'_>) -> Result<Valid<Self>, Vec<FieldError>> {
        Ok(Valid::new(self))
    }
}

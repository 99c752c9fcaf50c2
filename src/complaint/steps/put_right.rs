//! What would put it right, in the person's words.

use serde::{Deserialize, Serialize};

use crate::complaint::form::{Checker, Context, FieldError, Fields, Step, Valid};

/// What would put it right, in the person's words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PutRight {
    /// Line ends are `\n`.
    pub put_right: String,
}

impl Step for PutRight {
    fn from_fields(fields: &Fields) -> Self {
        Self {
            put_right: fields.block("put_right"),
        }
    }

    fn check(mut self, _: &Context<'_>) -> Result<Valid<Self>, Vec<FieldError>> {
        let mut checker = Checker::default();
        checker.block(&mut self.put_right, "put_right", "put_right_missing", "text_too_long");
        checker.finish(self)
    }
}

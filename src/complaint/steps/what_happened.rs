//! What happened, in the person's words.

use serde::{Deserialize, Serialize};

use crate::complaint::form::{Checker, Context, FieldError, Fields, Step, Valid};

/// What happened, in the person's words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct WhatHappened {
    /// Line ends are `\n`.
    pub what_happened: String,
}

impl Step for WhatHappened {
    fn from_fields(fields: &Fields) -> Self {
        Self {
            what_happened: fields.block("what_happened"),
        }
    }

    fn check(mut self, _: &Context<'_>) -> Result<Valid<Self>, Vec<FieldError>> {
        let mut checker = Checker::default();
        checker.block(&mut self.what_happened, "what_happened", "what_happened_missing", "text_too_long");
        checker.finish(self)
    }
}

//! The home it is about.

use serde::{Deserialize, Serialize};

use crate::complaint::fields::{Postcode, text};
use crate::complaint::form::{Checker, Context, FieldError, Fields, Step, Valid};

/// An address in the United Kingdom. No county: the post does not need one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct HomeAddress {
    pub line_1: String,
    #[serde(default)]
    pub line_2: String,
    pub town: String,
    /// As it was typed; in its usual spelling once checked.
    pub postcode: String,
}

impl Step for HomeAddress {
    fn from_fields(fields: &Fields) -> Self {
        Self {
            line_1: fields.line("line_1"),
            line_2: fields.line("line_2"),
            town: fields.line("town"),
            postcode: fields.line("postcode"),
        }
    }

    fn check(mut self, _: &Context<'_>) -> Result<Valid<Self>, Vec<FieldError>> {
        let mut checker = Checker::default();
        checker.line(&mut self.line_1, "line_1", "address_line_1_missing", "address_line_too_long");
        checker.optional_line(&mut self.line_2, "line_2", "address_line_too_long");
        checker.line(&mut self.town, "town", "town_missing", "town_too_long");
        self.postcode = text::line(&self.postcode);
        if self.postcode.is_empty() {
            checker.add(FieldError::new("postcode", "postcode_missing"));
        } else if let Some(postcode) = Postcode::parse(&self.postcode) {
            self.postcode = postcode.to_string();
        } else {
            checker.add(FieldError::new("postcode", "postcode_not_full"));
        }
        checker.finish(self)
    }
}

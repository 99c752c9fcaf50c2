//! How to reach the person who fills in the form.

use serde::{Deserialize, Serialize};

use crate::complaint::fields::{email, phone, text};
use crate::complaint::form::{Checker, Context, FieldError, Fields, Step, Valid};

/// An email address, a phone number, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Contact {
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub phone: String,
}

impl Step for Contact {
    fn from_fields(fields: &Fields) -> Self {
        Self {
            email: fields.line("email"),
            phone: fields.line("phone"),
        }
    }

    fn check(mut self, _: &Context<'_>) -> Result<Valid<Self>, Vec<FieldError>> {
        let mut checker = Checker::default();
        self.email = text::line(&self.email);
        self.phone = text::line(&self.phone);
        if self.email.is_empty() && self.phone.is_empty() {
            checker.add(FieldError::new("email", "contact_missing"));
        }
        if !self.email.is_empty() && !email::is_plausible(&self.email) {
            checker.add(FieldError::new("email", "email_not_plausible"));
        }
        if !self.phone.is_empty() && !phone::is_plausible(&self.phone) {
            checker.add(FieldError::new("phone", "phone_not_plausible"));
        }
        checker.finish(self)
    }
}

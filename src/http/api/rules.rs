//! Rules of request bodies for which `validator` has no attribute.
//!
//! They call the readers that also make the values. Lengths count the characters of the tidied text: `length` would count those that
//! are removed.

use validator::ValidationError;

use complaint::FieldError;
use complaint::fields::{email, one_time_code, text};

/// An email address, as [`email::read`] reads it: with a name before it, or with letters of any script.
pub fn email(typed: &str) -> Result<(), ValidationError> {
    email::read(typed).map(|_| ()).map_err(|problem| error(problem.at("email")))
}

/// A text that has one whole code.
pub fn one_time_code(typed: &str) -> Result<(), ValidationError> {
    one_time_code::find(typed)
        .map(|_| ())
        .ok_or_else(|| ValidationError::new("email_code_shape"))
}

/// A line that is not empty.
pub fn written(typed: &str) -> Result<(), ValidationError> {
    if text::line(typed).is_empty() {
        return Err(ValidationError::new("missing"));
    }
    Ok(())
}

/// A line that is not too long.
pub fn line(typed: &str) -> Result<(), ValidationError> {
    if text::length(&text::line(typed)) > text::LINE_MAX {
        return Err(error(FieldError::new("", "text_too_long").with("max", text::LINE_MAX)));
    }
    Ok(())
}

fn error(found: FieldError) -> ValidationError {
    let mut error = ValidationError::new("");
    error.code = found.code;
    error.params = found.values.into_iter().map(|(name, value)| (name, value.into())).collect();
    error
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use validator::ValidateEmail;

    use super::*;

    /// Why the attribute `email` is not used for what people type.
    #[rstest]
    #[case("wren@example.org", true, true)]
    #[case("Wren Example <wren@example.org>", true, false)]
    #[case("mailto:wren@example.org", true, false)]
    #[case("jos\u{E9}@t\u{177}.cymru", true, false)]
    #[case("wren@localhost", false, true)]
    #[case("wren@ex\u{430}mple.org", false, true)]
    fn the_rule_for_email_is_that_of_the_pages(#[case] typed: &str, #[case] is_accepted: bool, #[case] by_validator: bool) {
        assert_eq!((email(typed).is_ok(), typed.validate_email()), (is_accepted, by_validator));
    }
}

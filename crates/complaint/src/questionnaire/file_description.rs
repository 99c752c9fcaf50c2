//! The caption and description of a file, as its sender gives them.

use crate::fields::form::{FieldError, Fields};
use crate::fields::text;

/// The longest caption, in characters.
pub const CAPTION_MAX: usize = 100;

/// The longest description of what a file shows, in characters.
pub const SHOWS_MAX: usize = 1000;

/// The names of the two form fields.
pub const CAPTION: &str = "caption";
pub const SHOWS: &str = "shows";

/// A sender's description of a file. Both texts may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// A caption of one line.
    pub caption: String,
    /// What the file shows.
    pub shows: String,
}

impl Description {
    pub fn from_fields(fields: &Fields) -> Self {
        Self {
            caption: fields.raw(CAPTION).to_owned(),
            shows: fields.raw(SHOWS).to_owned(),
        }
    }

    pub fn to_fields(&self) -> Fields {
        Fields(
            [(CAPTION, &self.caption), (SHOWS, &self.shows)]
                .map(|(name, text)| (name.to_owned(), text.clone()))
                .to_vec(),
        )
    }

    /// Returns a tidied copy, as it is stored, or an error for each text that is too long.
    pub fn check(&self) -> Result<Self, Vec<FieldError>> {
        let tidy = Self {
            caption: text::line(&self.caption),
            shows: text::block(&self.shows).trim().to_owned(),
        };
        let lengths = [(CAPTION, &tidy.caption, CAPTION_MAX), (SHOWS, &tidy.shows, SHOWS_MAX)];
        let too_long = lengths.into_iter().filter(|(_, said, max)| text::length(said) > *max);
        let errors: Vec<FieldError> = too_long
            .map(|(field, _, max)| FieldError::new(field, "description_too_long").with("max", max))
            .collect();
        if errors.is_empty() { Ok(tidy) } else { Err(errors) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_that_is_too_long_is_named_and_the_rest_is_tidied() {
        let said = Description {
            caption: "  Mould\nby the bed ".into(),
            shows: "\n Wet\nwall \n".into(),
        };
        let tidy = said.check().unwrap();
        assert_eq!((tidy.caption.as_str(), tidy.shows.as_str()), ("Mould by the bed", "Wet\nwall"));
        let long = Description {
            caption: "é".repeat(CAPTION_MAX + 1),
            shows: "é".repeat(SHOWS_MAX + 1),
        };
        let fields: Vec<_> = long.check().unwrap_err().into_iter().map(|e| e.field).collect();
        assert_eq!(fields, ["caption", "shows"]);
    }
}

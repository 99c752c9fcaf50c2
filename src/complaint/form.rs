//! What every step shares: the posted fields, the check, and what it answers.

use std::borrow::Cow;
use std::ops::Deref;

use serde::{Deserialize, Serialize};
use time::Date;

use super::answers::Answers;
use super::fields::text;

/// The fields of a posted form, in the order of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The last value of a field as it was typed; empty when it was not posted.
    #[must_use]
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().rev().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    /// A one-line answer, see [`text::line`].
    #[must_use]
    pub fn line(&self, name: &str) -> String {
        text::line(self.raw(name))
    }

    /// A long answer, see [`text::block`].
    #[must_use]
    pub fn block(&self, name: &str) -> String {
        text::block(self.raw(name))
    }

    /// Whether a checkbox was ticked.
    #[must_use]
    pub fn ticked(&self, name: &str) -> bool {
        !self.raw(name).is_empty()
    }

    /// One of a list of radio choices; `None` when none was chosen or the value is not on the list.
    #[must_use]
    pub fn choice<T: Choice>(&self, name: &str) -> Option<T> {
        T::parse(self.raw(name))
    }
}

/// A closed list a person chooses from. The code is what forms post, JSON carries and `locales/` name the text by.
pub trait Choice: Copy + PartialEq + 'static {
    /// All of them, in the order of the page.
    const ALL: &'static [Self];
    /// The stable code, `snake_case`.
    fn code(self) -> &'static str;
    /// The choice of a code.
    #[must_use]
    fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.code() == code)
    }
}

/// Defines an enum that is a [`Choice`], with serde and `OpenAPI` names equal to its codes.
macro_rules! choices {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $code)] $variant,)+
        }

        impl $crate::complaint::form::Choice for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }

        // Not derived: the derive does not see names that come through a macro, and would list the variants' own.
        #[cfg(feature = "ssr")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                use $crate::complaint::form::Choice;
                $crate::complaint::form::one_of_codes(Self::ALL.iter().map(|choice| choice.code()))
            }
        }

        #[cfg(feature = "ssr")]
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use choices;

/// The description of a text that is one of some codes.
#[cfg(feature = "ssr")]
pub(crate) fn one_of_codes(codes: impl Iterator<Item = &'static str>) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .enum_values(Some(codes))
        .into()
}

/// What a rule may need besides the answer itself.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Today in Europe/London; the server says it, the browser is told.
    pub today: Date,
    /// The other answers so far.
    pub answers: &'a Answers,
}

/// One thing that is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The id of the input the error summary links to.
    pub field: Cow<'static, str>,
    /// Where it is in the JSON body (RFC 6901).
    pub pointer: Cow<'static, str>,
    /// The stable code; `errors.<code>` in `locales/` is its sentence.
    pub code: Cow<'static, str>,
    /// What the sentence is filled in with, by placeholder name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<(Cow<'static, str>, String)>,
}

impl FieldError {
    /// An error of the field `field`, which stands at `/field` in JSON.
    #[must_use]
    pub fn new(field: &'static str, code: &'static str) -> Self {
        Self {
            field: field.into(),
            pointer: format!("/{field}").into(),
            code: code.into(),
            values: Vec::new(),
        }
    }

    /// The same error with a value for a placeholder.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name.into(), value.to_string()));
        self
    }

    /// The same error linked to another input, where the field is made of several.
    #[must_use]
    pub fn at_input(mut self, id: &'static str) -> Self {
        self.field = id.into();
        self
    }
}

/// An answer whose rules were checked. Only [`Step::check`] makes one from what came in; the record's own JSON, which was
/// checked before it was stored, reads back as one too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Valid<T>(T);

impl<T> Valid<T> {
    pub(in crate::complaint) fn new(checked: T) -> Self {
        Self(checked)
    }

    /// The answer itself.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Valid<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// A page of the journey that asks something.
pub trait Step: Clone + Default + PartialEq + Sized {
    /// What a posted form says, with text cleaned but nothing checked.
    fn from_fields(fields: &Fields) -> Self;

    /// Checks and tidies the answer.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the page.
    fn check(self, context: &Context<'_>) -> Result<Valid<Self>, Vec<FieldError>>;
}

/// Collects what is wrong, then gives the answer or the errors.
#[derive(Default)]
pub(in crate::complaint) struct Checker {
    errors: Vec<FieldError>,
}

impl Checker {
    pub(in crate::complaint) fn add(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    pub(in crate::complaint) fn require(&mut self, holds: bool, field: &'static str, code: &'static str) {
        if !holds {
            self.add(FieldError::new(field, code));
        }
    }

    /// Tidies a one-line answer that must be there and must not be longer than the limit.
    pub(in crate::complaint) fn line(&mut self, value: &mut String, field: &'static str, missing: &'static str, too_long: &'static str) {
        self.optional_line(value, field, too_long);
        if value.is_empty() {
            self.add(FieldError::new(field, missing));
        }
    }

    /// Tidies a one-line answer that may be empty.
    pub(in crate::complaint) fn optional_line(&mut self, value: &mut String, field: &'static str, too_long: &'static str) {
        // As it came: a posted form is tidied already, and a body is told its limit before tidying.
        let too_much = text::length(value) > text::LINE_MAX;
        *value = text::line(value);
        if too_much {
            self.add(FieldError::new(field, too_long).with("max", text::LINE_MAX));
        }
    }

    /// Tidies a long answer that must be there.
    pub(in crate::complaint) fn block(&mut self, value: &mut String, field: &'static str, missing: &'static str, too_long: &'static str) {
        let too_much = text::length(value) > text::TEXT_MAX;
        *value = text::block(value);
        if value.trim().is_empty() {
            self.add(FieldError::new(field, missing));
        } else if too_much {
            self.add(FieldError::new(field, too_long).with("max", text::TEXT_MAX));
        }
    }

    pub(in crate::complaint) fn finish<T>(self, answer: T) -> Result<Valid<T>, Vec<FieldError>> {
        if self.errors.is_empty() {
            Ok(Valid::new(answer))
        } else {
            Err(self.errors)
        }
    }
}

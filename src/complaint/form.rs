//! What every question shares: the posted fields, lists of choices, and what can be wrong.

use std::borrow::Cow;

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

    /// All values of a field, as boxes of one name give them.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Whether a checkbox was ticked.
    #[must_use]
    pub fn ticked(&self, name: &str) -> bool {
        !self.raw(name).is_empty()
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

        impl $name {
            /// The codes of all of them, in the order of the page.
            pub const CODES: &'static [&'static str] = &[$($code),+];
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

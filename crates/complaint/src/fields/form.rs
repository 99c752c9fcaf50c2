//! What all questions share: posted fields, lists of choices, and errors.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fields::text;

/// The fields of a posted form, in the order of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// Returns the last value of a field as it was typed, or an empty string if it was not posted.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().rev().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    /// Returns a one-line answer, tidied by [`text::line`].
    pub fn line(&self, name: &str) -> String {
        text::line(self.raw(name))
    }

    /// Returns a long answer, tidied by [`text::block`].
    pub fn block(&self, name: &str) -> String {
        text::block(self.raw(name))
    }

    /// Returns all values of a field, such as those of checkboxes with one name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Returns whether a field was posted, even if it is empty.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// Replaces all values of each of these fields. A field without values is removed.
    pub fn replace(&mut self, fields: &BTreeMap<String, Vec<String>>) {
        self.0.retain(|(name, _)| !fields.contains_key(name));
        for (name, values) in fields {
            self.0.extend(values.iter().map(|value| (name.clone(), value.clone())));
        }
    }

    pub fn ticked(&self, name: &str) -> bool {
        !self.raw(name).is_empty()
    }
}

/// A closed list of choices. Forms post the code, JSON contains it, and the keys in `locales/` end in it.
pub trait Choice: Copy + PartialEq + 'static {
    /// All choices, in the order of the page.
    const ALL: &'static [Self];
    /// The stable code, `snake_case`.
    fn code(self) -> &'static str;
    fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.code() == code)
    }
}

/// Defines an enum that is a [`Choice`]. Its serde and OpenAPI names equal its codes. `Name as Schema` gives the schema another
/// name, so that a renamed type keeps its name in the published API.
#[macro_export]
macro_rules! choices {
    ($(#[$meta:meta])* $name:ident $(as $schema:ident)? { $($(#[$doc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// The codes of all choices, in the order of the page.
            pub const CODES: &'static [&'static str] = &[$($code),+];
        }

        impl $crate::fields::form::Choice for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }

        $crate::choice_schema!($name $($schema)?);
    };
}

/// Implements the OpenAPI schema of a [`Choice`]: a string that is one of its codes. utoipa's derive does not see serde names
/// that come from a macro, and would list the names of the variants.
#[cfg(feature = "openapi")]
#[doc(hidden)]
#[macro_export]
macro_rules! choice_schema {
    ($name:ident $($schema:ident)?) => {
        impl $crate::utoipa::PartialSchema for $name {
            fn schema() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::schema::Schema> {
                use $crate::fields::form::Choice;
                $crate::fields::form::one_of_codes(Self::ALL.iter().map(|choice| choice.code()))
            }
        }

        impl $crate::utoipa::ToSchema for $name {
            $(fn name() -> std::borrow::Cow<'static, str> {
                stringify!($schema).into()
            })?
        }
    };
}

#[cfg(not(feature = "openapi"))]
#[doc(hidden)]
#[macro_export]
macro_rules! choice_schema {
    ($name:ident $($schema:ident)?) => {};
}

pub use crate::choices;

/// Returns the schema of a string that is one of `codes`.
#[cfg(feature = "openapi")]
pub fn one_of_codes(codes: impl Iterator<Item = &'static str>) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .enum_values(Some(codes))
        .into()
}

/// An error in an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The id of the input that the error summary links to.
    pub field: Cow<'static, str>,
    /// JSON Pointer to the value in the body (RFC 6901).
    pub pointer: Cow<'static, str>,
    /// The stable code. Its sentence is at `errors.<code>` in `locales/`.
    pub code: Cow<'static, str>,
    /// The values of the sentence's placeholders, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<(Cow<'static, str>, String)>,
}

impl FieldError {
    /// Creates an error of a field, with the JSON Pointer `/field`.
    pub fn new(field: &'static str, code: &'static str) -> Self {
        Self {
            field: field.into(),
            pointer: format!("/{field}").into(),
            code: code.into(),
            values: Vec::new(),
        }
    }

    /// Adds the value of a placeholder.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name.into(), value.to_string()));
        self
    }

    /// Links the error to another input, for a field that consists of several.
    #[must_use]
    pub fn at_input(mut self, id: &'static str) -> Self {
        self.field = id.into();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_field_has_only_its_new_values() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut fields = Fields(vec![pair("hazard", "gas"), pair("hazard", "fire"), pair("note", "now")]);
        let new = |name: &str, values: &[&str]| (name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect());
        fields.replace(&BTreeMap::from([new("hazard", &[]), new("when", &["May", "June"])]));
        assert_eq!(fields, Fields(vec![pair("note", "now"), pair("when", "May"), pair("when", "June")]));
    }
}

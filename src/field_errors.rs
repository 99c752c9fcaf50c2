//! Lists the errors that `validator` finds, in the order of the fields.
//!
//! `validator` collects errors in a hash map. The order comes from serde instead, which knows the fields of every struct that it reads.

use serde::Deserializer;
use serde::de::value::Error;
use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

/// The name under which `validator` lists the errors of a whole struct.
const WHOLE: &str = "__all__";

/// The parameter in which `validator` copies the refused value.
pub const VALUE: &str = "value";

/// An error of one field.
#[derive(Debug)]
pub struct InvalidField {
    /// The name of the field, after those of the structs around it. An item of a list is named by its index.
    pub path: Vec<String>,
    pub error: ValidationError,
}

/// Checks a value. Returns the first error of each field, in the order of the fields.
pub fn invalid_fields<T: DeserializeOwned + Validate>(value: &T) -> Vec<InvalidField> {
    let mut found = Vec::new();
    if let Err(errors) = value.validate() {
        flatten(errors, &[], &mut found);
    }
    found.sort_by_cached_key(|invalid| position::<T>(&invalid.path));
    found.dedup_by(|later, first| later.path == first.path);
    found
}

/// Returns the position of a field: that of each struct around it, then its own. Unknown names come last.
pub fn position<T: DeserializeOwned>(path: &[String]) -> Vec<usize> {
    let place = |depth: usize| {
        let name = &path[depth];
        let index = name.parse().ok();
        index.or_else(|| field_names::<T>(&path[..depth]).iter().position(|field| field == name))
    };
    (0..path.len()).map(|depth| place(depth).unwrap_or(usize::MAX)).collect()
}

fn flatten(mut errors: ValidationErrors, path: &[String], found: &mut Vec<InvalidField>) {
    let below = |names: &[&str]| {
        path.iter()
            .cloned()
            .chain(names.iter().map(|name| (*name).to_owned()))
            .collect::<Vec<_>>()
    };
    let whole = errors.0.remove(WHOLE);
    for (name, kind) in errors.0 {
        match kind {
            ValidationErrorsKind::Field(errors) => found.extend(errors.into_iter().map(|error| InvalidField {
                path: below(&[&name]),
                error,
            })),
            ValidationErrorsKind::Struct(inner) => flatten(*inner, &below(&[&name]), found),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    flatten(*inner, &below(&[&name, &index.to_string()]), found);
                }
            }
        }
    }
    // After those of the fields, so that a field's own error is its first. The error of a struct names its field as its code.
    if let Some(ValidationErrorsKind::Field(errors)) = whole {
        found.extend(errors.into_iter().map(|error| InvalidField {
            path: below(&error.code.split('.').collect::<Vec<_>>()),
            error,
        }));
    }
}

/// Returns the names of the fields of the struct at a path in `T`, as serde reads them.
fn field_names<T: DeserializeOwned>(path: &[String]) -> &'static [&'static str] {
    let mut found: &[&str] = &[];
    // The result is an error, because no value is read.
    let _ = T::deserialize(FieldNames { path, found: &mut found });
    found
}

/// Follows a path through structs and notes the fields of the last one.
struct FieldNames<'a> {
    path: &'a [String],
    found: &'a mut &'static [&'static str],
}

impl<'de> Deserializer<'de> for FieldNames<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("there is no value"))
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        if self.path.is_empty() {
            *self.found = fields;
            self.deserialize_any(visitor)
        } else {
            visitor.visit_map(self)
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq
        tuple tuple_struct map enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for FieldNames<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let name = self.path.first().map_or("", String::as_str);
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(FieldNames {
            path: self.path.get(1..).unwrap_or_default(),
            found: self.found,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Validate)]
    struct Outer {
        #[validate(length(max = 1))]
        second: String,
        #[validate(nested)]
        inner: Inner,
        #[validate(length(max = 1), custom(function = "refuse"))]
        first: String,
    }

    #[derive(serde::Deserialize, Validate)]
    #[validate(schema(function = "refuse_whole", skip_on_field_errors = false))]
    struct Inner {
        #[validate(nested)]
        items: Vec<Item>,
        #[validate(range(max = 1))]
        number: u32,
        other: u32,
    }

    #[derive(serde::Deserialize, Validate)]
    struct Item {
        #[validate(length(max = 1))]
        text: String,
    }

    fn refuse(_: &str) -> Result<(), ValidationError> {
        Err(ValidationError::new("refused"))
    }

    fn refuse_whole(inner: &Inner) -> Result<(), ValidationError> {
        Err(ValidationError::new(if inner.other > 1 { "other" } else { "number" }))
    }

    #[test]
    fn each_field_has_one_error_and_they_are_in_the_order_of_the_fields() {
        let long = |text: &str| Item { text: text.to_owned() };
        let outer = Outer {
            second: "long".into(),
            inner: Inner {
                items: vec![long("long"), long("s"), long("long")],
                number: 2,
                other: 3,
            },
            first: "long".into(),
        };
        let found: Vec<String> = invalid_fields(&outer).iter().map(|invalid| invalid.path.join(".")).collect();
        assert_eq!(
            found,
            [
                "second",
                "inner.items.0.text",
                "inner.items.2.text",
                "inner.number",
                "inner.other",
                "first"
            ]
        );
        let inner = Inner {
            items: Vec::new(),
            number: 2,
            other: 0,
        };
        let found = invalid_fields(&inner);
        assert_eq!(
            (found.len(), &*found[0].error.code),
            (1, "range"),
            "the field's own error comes first"
        );
    }
}

//! Converts a JSON body to form fields, so that pages and the REST API share the same checks. Server only.

use std::collections::HashSet;
use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

use crate::fields::DateInput;
use crate::fields::form::Fields;
use crate::questionnaire::answers::Answers;
use crate::questionnaire::question::{Field, Input};
use crate::questionnaire::question_ref::QuestionRef;
use crate::questionnaire::steps;

/// The members of a JSON object, in order. Deserializing refuses a duplicate name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Members(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members: Vec<(String, Json)> = Vec::new();
                let mut names = HashSet::new();
                while let Some((name, value)) = map.next_entry::<String, Json>()? {
                    if !names.insert(name.clone()) {
                        return Err(de::Error::custom(format_args!("duplicate field `{name}`")));
                    }
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

/// A JSON body that does not have the shape of its question.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ShapeError {
    /// JSON Pointer to the offending member (RFC 6901).
    pub pointer: String,
    pub message: String,
}

/// Converts a JSON body to the form fields it represents.
///
/// Refuses unknown members, members of another type, and choices that are not on the list.
pub fn fields(place: QuestionRef, members: &Members) -> Result<Fields, ShapeError> {
    let question = steps::question(place.step);
    let mut fields = Vec::new();
    for (name, value) in &members.0 {
        let wrong = |message: String| ShapeError {
            pointer: format!("/{}", name.replace('~', "~0").replace('/', "~1")),
            message,
        };
        let Some(field) = question.field(name) else {
            return Err(wrong(format!("unknown field `{name}`")));
        };
        if !value.is_null() {
            add(field, value, &mut fields).map_err(wrong)?;
        }
    }
    Ok(Fields(fields))
}

/// Returns every choice a field can ever offer: those for empty answers.
pub(crate) fn choices(field: &Field) -> Option<&'static [&'static str]> {
    match field.input {
        Input::One(options) | Input::Many(options) => Some(options(&Answers::default(), 1)),
        _ => None,
    }
}

fn add(field: &Field, value: &Json, fields: &mut Vec<(String, String)>) -> Result<(), String> {
    let name = field.name.to_owned();
    let offered = choices(field).unwrap_or_default();
    let code = |value: &Json| match value.as_str() {
        Some(code) if offered.contains(&code) => Ok(code.to_owned()),
        Some(other) => Err(format!("unknown choice `{other}`, expected one of {}", offered.join(", "))),
        None => Err("invalid type, expected a string".to_owned()),
    };
    match field.input {
        Input::Line { .. } | Input::Block | Input::Email | Input::Phone | Input::Postcode | Input::Hidden => {
            let text = value.as_str().ok_or("invalid type, expected a string")?;
            fields.push((name, text.to_owned()));
        }
        Input::One(_) => fields.push((name, code(value)?)),
        Input::Many(_) => {
            let list = value.as_array().ok_or("invalid type, expected a list of strings")?;
            for item in list {
                fields.push((name.clone(), code(item)?));
            }
        }
        Input::Tick => match value.as_bool() {
            Some(true) => fields.push((name, "yes".into())),
            Some(false) => {}
            None => return Err("invalid type, expected true or false".into()),
        },
        Input::Date(_) => {
            let date = DateInput::deserialize(value).map_err(|e| e.to_string())?;
            for (part, value) in [("day", date.day), ("month", date.month), ("year", date.year)] {
                fields.push((format!("{name}-{part}"), value));
            }
            if date.unknown {
                fields.push((format!("{name}-unknown"), "yes".into()));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StepId;

    fn read(step: StepId, json: &str) -> Result<Fields, ShapeError> {
        fields(QuestionRef::first(step), &serde_json::from_str(json).unwrap())
    }

    #[test]
    fn every_kind_of_member_is_read() {
        let dates = read(
            StepId::Dates,
            r#"{"complained_on":"2026-09-03","final_response_on":{"year":2026,"month":10},"refused_on":"unknown"}"#,
        )
        .unwrap();
        assert_eq!(dates.raw("complained_on-day"), "03");
        assert_eq!(
            (dates.raw("final_response_on-day"), dates.raw("final_response_on-month")),
            ("", "10")
        );
        assert_eq!(dates.raw("refused_on-unknown"), "yes");
        let hazard = read(StepId::Hazard, r#"{"hazard":["flood","no_water"]}"#).unwrap();
        assert_eq!(hazard.all("hazard").collect::<Vec<_>>(), ["flood", "no_water"]);
        assert!(read(StepId::Declaration, r#"{"agreed":true}"#).unwrap().ticked("agreed"));
        assert!(!read(StepId::Declaration, r#"{"agreed":false}"#).unwrap().ticked("agreed"));
        assert_eq!(read(StepId::Role, r#"{"role":null}"#).unwrap(), Fields::default());
    }

    #[test]
    fn what_is_of_another_shape_is_refused_at_its_place() {
        for (step, json, pointer) in [
            (StepId::Role, r#"{"role":7}"#, "/role"),
            (StepId::Role, r#"{"role":"cat"}"#, "/role"),
            (StepId::Role, r#"{"role":"resident","a/b":1}"#, "/a~1b"),
            (StepId::HomeAddress, r#"{"town":[]}"#, "/town"),
            (StepId::Hazard, r#"{"hazard":"flood"}"#, "/hazard"),
            (StepId::Hazard, r#"{"hazard":["flood","x"]}"#, "/hazard"),
            (StepId::Dates, r#"{"complained_on":"soon"}"#, "/complained_on"),
            (StepId::Declaration, r#"{"agreed":"yes"}"#, "/agreed"),
        ] {
            assert_eq!(read(step, json).unwrap_err().pointer, pointer, "{json}");
        }
        assert!(serde_json::from_str::<Members>(r#"{"role":null,"role":null}"#).is_err());
        assert!(serde_json::from_str::<Members>("[]").is_err());
    }
}

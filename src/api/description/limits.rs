//! What the rules of the questions accept, told to readers of the description: lengths and forms, from the rules' own
//! constants, so that the two cannot say different things.

use serde_json::{Value, json};

use super::questions::schema;
use crate::complaint::StepId;
use crate::complaint::fields::{email, text, typed};
use crate::complaint::form::Choice;
use crate::complaint::question::{Field, Input};
use crate::complaint::questions;

/// Puts the limits into the description.
pub(super) fn tell(document: &mut Value) {
    let schemas = &mut document["components"]["schemas"];
    for question in questions::all() {
        // Asked for by index, what a question without fields does not have would be put there as null.
        let Some(properties) = schemas[schema(question.step.code())].get_mut("properties") else {
            continue;
        };
        for field in question.fields() {
            limit(&mut properties[field.name], field);
            if field.missing.is_none() {
                or_null(&mut properties[field.name]);
            }
        }
    }
    // At least one way to be reached. Not as `anyOf`, which generators of clients take for a choice between shapes.
    let contact = &mut schemas[schema(StepId::Contact.code())];
    let given = |field: &str| json!({ "required": [field], "properties": { field: { "type": "string", "minLength": 1 } } });
    contact["if"] = json!({ "not": given("email") });
    contact["then"] = given("phone");
    let something = something();
    for schema in schemas.as_object_mut().into_iter().flat_map(|s| s.values_mut()) {
        close(schema);
    }
    for way in schemas["ComeBack"]["oneOf"].as_array_mut().into_iter().flatten() {
        way["additionalProperties"] = false.into();
    }
    let events = &mut schemas["NewEvent"]["oneOf"];
    for event in events.as_array_mut().into_iter().flatten() {
        for field in ["message", "note"] {
            if let Some(property) = event["properties"].get_mut(field) {
                property["pattern"] = something.clone().into();
            }
        }
    }
}

/// A text with something in it that can be seen.
fn something() -> String {
    // Beyond the first plane a character stands for itself: `\u` reaches no further.
    let sign = |c: char| {
        if c <= '\u{FFFF}' {
            format!("\\u{:04X}", u32::from(c))
        } else {
            c.to_string()
        }
    };
    let ranges = typed::invisible()
        .into_iter()
        .map(|(first, last)| format!("{}-{}", sign(first), sign(last)));
    format!("[^{}]", ranges.collect::<String>())
}

/// `null` for a field that may be left out is the same as leaving it out.
fn or_null(property: &mut Value) {
    for ways in ["oneOf", "anyOf"] {
        if let Some(ways) = property[ways].as_array_mut() {
            ways.push(json!({ "type": "null" }));
        }
    }
    if let Some(choices) = property["enum"].as_array_mut() {
        choices.push(Value::Null);
    }
    if let Some(kind) = property["type"].as_str() {
        property["type"] = json!([kind, "null"]);
    }
    // Looking for a member of an object puts it there.
    if let Some(members) = property.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
}

/// What a field accepts, besides its kind. An empty text is none.
fn limit(property: &mut Value, field: &Field) {
    let none = || json!({ "title": "Empty", "type": "string", "maxLength": 0 });
    let needed = field.missing.is_some();
    match field.input {
        Input::Line { .. } | Input::Hidden | Input::Block => {
            let block = matches!(field.input, Input::Block);
            property["maxLength"] = if block { text::TEXT_MAX } else { text::LINE_MAX }.into();
            if needed {
                property["minLength"] = 1.into();
                property["pattern"] = something().into();
            }
        }
        Input::Postcode if needed => property["pattern"] = postcode().into(),
        Input::Postcode => property["anyOf"] = json!([none(), { "title": "Postcode", "type": "string", "pattern": postcode() }]),
        Input::Email => {
            property["anyOf"] =
                json!([none(), { "title": "EmailAddress", "type": "string", "format": "email", "minLength": 1, "maxLength": email::MAX }]);
        }
        // 9 to 15 digits with the usual signs between, a plus only in front; of a number of this country at most 11.
        Input::Phone => {
            let number = r"^ *([ ().\/-]*0[ ().\/-]*[1-9]([ ().\/-]*[0-9]){7,9}[ ().\/-]*|[ ().\/-]*[1-9]([ ().\/-]*[0-9]){8,14}[ ().\/-]*|\+([ .\/-]*[0-9]){9,15}[ .\/-]*|[ .\/-]*0[ .\/-]*0([ .\/-]*[0-9]){7,13}[ .\/-]*)$";
            property["anyOf"] = json!([none(), { "title": "PhoneNumber", "type": "string", "pattern": number }]);
        }
        Input::Tick if needed => property["enum"] = json!([true]),
        Input::Tick | Input::One(_) | Input::Many(_) | Input::Date(_) => {}
    }
}

/// A full postcode in any spelling: letters of either case, signs and spaces anywhere.
fn postcode() -> String {
    let any = r"\u0000-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000";
    let (letter, digit) = ("[A-Za-z]", "[0-9]");
    let inward = "[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]";
    let s = format!("[{any}]*");
    format!("^{s}{letter}({s}{letter})?{s}{digit}({s}[A-Za-z0-9])?{s}{digit}{s}{inward}{s}{inward}{s}$")
}

/// A choice between objects that each refuse what they do not know.
fn close(schema: &mut Value) {
    for variant in schema["oneOf"].as_array_mut().into_iter().flatten() {
        if variant["properties"].get("type").is_some() {
            variant["additionalProperties"] = false.into();
        }
    }
    if schema["oneOf"].is_null()
        && let Some(object) = schema.as_object_mut()
    {
        object.remove("oneOf");
    }
}

//! Adds the lengths and formats that the questionnaire accepts to the OpenAPI document. They come from the constants of the rules,
//! so that document and rules cannot differ.

use serde_json::{Value, json};

use crate::http::api::description::questions::schema;
use complaint::StepId;
use complaint::fields::form::Choice;
use complaint::fields::{email, text, typed};
use complaint::questionnaire::question::{Field, Input};
use complaint::questionnaire::questions;

/// Adds the limits to the schemas.
pub(crate) fn add_limits(document: &mut Value) {
    let schemas = &mut document["components"]["schemas"];
    for question in questions::all() {
        // Indexing with `[]` would insert a null member into a schema without properties.
        let Some(properties) = schemas[schema(question.step.code())].get_mut("properties") else {
            continue;
        };
        for field in question.fields() {
            limit(&mut properties[field.name], field);
            if field.required_error.is_none() {
                or_null(&mut properties[field.name]);
            }
        }
    }
    // An email address or a phone number is required. Not expressed as `anyOf`, which client generators read as a union of types.
    let contact = &mut schemas[schema(StepId::Contact.code())];
    let given = |field: &str| json!({ "required": [field], "properties": { field: { "type": "string", "minLength": 1 } } });
    contact["if"] = json!({ "not": given("email") });
    contact["then"] = given("phone");
    let something = visible_text_pattern();
    for schema in schemas.as_object_mut().into_iter().flat_map(|s| s.values_mut()) {
        forbid_unknown_members(schema);
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

/// The pattern for a text with at least one visible character.
fn visible_text_pattern() -> String {
    // `\u` takes four hexadecimal digits: characters beyond U+FFFF are written as they are.
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

/// Allows `null` for an optional field; it means the same as leaving the field out.
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
    // Indexing a mutable object inserts missing members as null.
    if let Some(members) = property.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
}

/// Adds what the field accepts beyond its type. An empty text counts as no answer.
fn limit(property: &mut Value, field: &Field) {
    let none = || json!({ "title": "Empty", "type": "string", "maxLength": 0 });
    let needed = field.required_error.is_some();
    match field.input {
        Input::Line { .. } | Input::Hidden | Input::Block => {
            let block = matches!(field.input, Input::Block);
            property["maxLength"] = if block { text::TEXT_MAX } else { text::LINE_MAX }.into();
            if needed {
                property["minLength"] = 1.into();
                property["pattern"] = visible_text_pattern().into();
            }
        }
        Input::Postcode if needed => property["pattern"] = postcode().into(),
        Input::Postcode => property["anyOf"] = json!([none(), { "title": "Postcode", "type": "string", "pattern": postcode() }]),
        Input::Email => {
            property["anyOf"] =
                json!([none(), { "title": "EmailAddress", "type": "string", "format": "email", "minLength": 1, "maxLength": email::MAX }]);
        }
        // 9 to 15 digits with the usual separators and an optional leading plus; a UK number has at most 11 digits.
        Input::Phone => {
            let number = r"^ *([ ().\/-]*0[ ().\/-]*[1-9]([ ().\/-]*[0-9]){7,9}[ ().\/-]*|[ ().\/-]*[1-9]([ ().\/-]*[0-9]){8,14}[ ().\/-]*|\+([ .\/-]*[0-9]){9,15}[ .\/-]*|[ .\/-]*0[ .\/-]*0([ .\/-]*[0-9]){7,13}[ .\/-]*)$";
            property["anyOf"] = json!([none(), { "title": "PhoneNumber", "type": "string", "pattern": number }]);
        }
        Input::Tick if needed => property["enum"] = json!([true]),
        Input::Tick | Input::One(_) | Input::Many(_) | Input::Date(_) => {}
    }
}

/// The pattern of a full postcode as people type it: letters of either case, with punctuation and spaces anywhere.
fn postcode() -> String {
    let any = r"\u0000-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000";
    let (letter, digit) = ("[A-Za-z]", "[0-9]");
    let inward = "[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]";
    let s = format!("[{any}]*");
    format!("^{s}{letter}({s}{letter})?{s}{digit}({s}[A-Za-z0-9])?{s}{digit}{s}{inward}{s}{inward}{s}$")
}

/// Makes each object of a tagged union refuse unknown members.
fn forbid_unknown_members(schema: &mut Value) {
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

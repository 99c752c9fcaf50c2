//! What the rules of the questions accept, told to readers of the description: lengths and forms, from the rules' own
//! constants, so that the two cannot say different things.

use serde_json::{Value, json};

use crate::complaint::fields::{email, text};

/// White space and control characters: what tidying takes away.
const BLANK: &str = r"\u0000-\u0020\u007F-\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000";

/// Puts the limits into the description.
pub(super) fn tell(document: &mut Value) {
    let schemas = &mut document["components"]["schemas"];
    let something = format!("[^{BLANK}]");
    for (schema, field, needed, max) in [
        ("Representative", "full_name", true, text::LINE_MAX),
        ("Representative", "organisation", false, text::LINE_MAX),
        ("ResidentName", "full_name", true, text::LINE_MAX),
        ("HomeAddress", "line_1", true, text::LINE_MAX),
        ("HomeAddress", "line_2", false, text::LINE_MAX),
        ("HomeAddress", "town", true, text::LINE_MAX),
        ("Landlord", "name", true, text::LINE_MAX),
        ("Landlord", "registration_number", false, text::LINE_MAX),
        ("WhatHappened", "what_happened", true, text::TEXT_MAX),
        ("PutRight", "put_right", true, text::TEXT_MAX),
    ] {
        let property = property(schemas, schema, field);
        property["maxLength"] = max.into();
        if needed {
            property["minLength"] = 1.into();
            property["pattern"] = something.clone().into();
        }
    }
    for (schema, field) in [
        ("Representative", "connection"),
        ("Role", "role"),
        ("Stage", "stage"),
        ("Category", "category"),
    ] {
        must_be_chosen(schemas, schema, field);
    }
    property(schemas, "HomeAddress", "postcode")["pattern"] = postcode().into();
    property(schemas, "Declaration", "agreed")["enum"] = json!([true]);
    contact(schemas);
    schemas["DateJson"] = date();
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

fn property<'a>(schemas: &'a mut Value, schema: &str, field: &str) -> &'a mut Value {
    &mut schemas[schema]["properties"][field]
}

/// A choice may be left out of a form, and then is the first thing the rules ask for; a body must have it.
fn must_be_chosen(schemas: &mut Value, schema: &str, field: &str) {
    let property = property(schemas, schema, field);
    let choice = property["oneOf"]
        .as_array()
        .and_then(|either| either.iter().find(|s| s.get("$ref").is_some()).cloned());
    if let Some(choice) = choice {
        *property = choice;
    }
    let required = &mut schemas[schema]["required"];
    match required.as_array_mut() {
        Some(required) if required.iter().any(|name| name == field) => {}
        Some(required) => required.push(field.into()),
        None => *required = json!([field]),
    }
}

/// An exact date, a month of a year, or "I do not know".
fn date() -> Value {
    let month = json!({
        "type": "object",
        "required": ["year", "month"],
        "properties": {
            "year": { "type": "integer", "minimum": 1900, "maximum": 9999 },
            "month": { "type": "integer", "minimum": 1, "maximum": 12 },
        },
        "additionalProperties": false,
    });
    json!({
        "description": "`YYYY-MM-DD`; year and month when the day is not known; `unknown` when nothing is.",
        "anyOf": [{ "type": "string", "format": "date" }, month, { "type": "string", "enum": ["unknown"] }],
    })
}

/// One of the two must be there. An empty text is none.
fn contact(schemas: &mut Value) {
    let none = json!({ "type": "string", "maxLength": 0 });
    let address = json!({ "type": "string", "format": "email", "minLength": 1, "maxLength": email::MAX });
    // 9 to 15 digits with the usual signs between, a plus only in front.
    let number = json!({ "type": "string", "pattern": r"^ *\+?([ ().\/-]*[0-9]){9,15}[ ().\/-]*$" });
    property(schemas, "Contact", "email")["anyOf"] = json!([none, address]);
    property(schemas, "Contact", "phone")["anyOf"] = json!([none, number]);
    schemas["Contact"]["anyOf"] = json!([
        { "required": ["email"], "properties": { "email": { "minLength": 1 } } },
        { "required": ["phone"], "properties": { "phone": { "minLength": 1 } } },
    ]);
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

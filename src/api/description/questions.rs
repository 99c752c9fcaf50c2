//! Describes the call that saves an answer once for each question, with the body it takes: all from the table of questions.

use serde_json::{Value, json};

use crate::complaint::answers::description;
use crate::complaint::form::Choice;
use crate::complaint::questions;

const TEMPLATE: &str = "/api/v1/drafts/{id}/answers/{step}";

/// Puts one call for each question in the place of the one for any.
pub(super) fn tell(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    let Some(template) = paths.remove(TEMPLATE) else { return };
    for question in questions::all() {
        let code = question.step.code();
        let mut item = template.clone();
        let call = &mut item["put"];
        call["operationId"] = json!(operation(code));
        call["summary"] = json!(format!("Saves the answer to `{code}`."));
        if question.repeats() {
            call["description"] =
                json!("Asked for each thing complained of. For the second one the last part of the address ends in `_2`, and so on.");
        }
        call["requestBody"]["content"]["application/json"]["schema"] = json!({ "$ref": format!("#/components/schemas/{}", schema(code)) });
        paths.insert(TEMPLATE.replace("{step}", code), item);
    }
    for question in questions::all() {
        let body = serde_json::to_value(description::question(question)).unwrap_or_default();
        document["components"]["schemas"][schema(question.step.code())] = body;
    }
}

fn camel(code: &str) -> String {
    code.split('_').map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}

/// `saveHomeAddress`
fn operation(code: &str) -> String {
    format!("save{}", camel(code))
}

/// `HomeAddressAnswer`: the plain name may be something else's in the description.
pub(super) fn schema(code: &str) -> String {
    format!("{}Answer", camel(code))
}

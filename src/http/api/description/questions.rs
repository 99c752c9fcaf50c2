//! Describes one operation and one request body per question, generated from the table of questions.

use serde_json::{Value, json};

use complaint::fields::form::Choice;
use complaint::questionnaire::answers::description;
use complaint::questionnaire::questions;

const TEMPLATE: &str = "/api/v1/drafts/{id}/answers/{step}";

/// Replaces the operation with the path parameter `{step}` by one operation per question.
pub(crate) fn add_question_operations(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    let Some(template) = paths.remove(TEMPLATE) else { return };
    for question in questions::all() {
        let code = question.step.code();
        let mut item = template.clone();
        let call = &mut item["put"];
        call["operationId"] = json!(operation(code));
        call["summary"] = json!(format!("Save the answer to `{code}`"));
        if question.repeats() {
            call["description"] = json!("Asked once per issue. The path ends in `_2` for the second issue, `_3` for the third, and so on.");
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

/// Example: `saveHomeAddress`.
fn operation(code: &str) -> String {
    format!("save{}", camel(code))
}

/// Example: `HomeAddressAnswer`. The suffix keeps the name apart from other schemas.
pub(crate) fn schema(code: &str) -> String {
    format!("{}Answer", camel(code))
}

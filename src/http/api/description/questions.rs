//! Describes one operation and one request body per question, generated from the table of questions.

use serde_json::{Value, json};

use complaint::case::added_answers::{AskedAfterSending, asked_after_sending};
use complaint::fields::form::Choice;
use complaint::questionnaire::answers::description;
use complaint::questionnaire::question::Question;
use complaint::questionnaire::questions;

/// The call that saves an answer of a draft.
const SAVE: &str = "/api/v1/drafts/{id}/answers/{step}";

/// The call that adds an answer to a case.
const ADD: &str = "/api/v1/cases/{reference}/answers/{step}";

/// Where the path of a question about a second issue differs.
const REPEATS: &str = "Asked once per issue. The path ends in `_2` for the second issue, `_3` for the third, and so on.";

/// Replaces each operation with the path parameter `{step}` by one operation per question.
pub(crate) fn add_question_operations(document: &mut Value) {
    add_operations(document, SAVE, |question, call| {
        let code = question.step.code();
        call["operationId"] = json!(format!("save{}", camel(code)));
        call["summary"] = json!(format!("Save the answer to `{code}`"));
        if question.repeats() {
            call["description"] = json!(REPEATS);
        }
        true
    });
    add_operations(document, ADD, |question, call| {
        let code = question.step.code();
        let who = match asked_after_sending(question.step) {
            AskedAfterSending::Everyone => "A representative needs the right `speak`, and must see the answers as they were sent.",
            AskedAfterSending::Tenant => "Only for the tenant. No other person on the case reads the answer.",
            AskedAfterSending::Elsewhere => return false,
        };
        call["operationId"] = json!(format!("add{}", camel(code)));
        call["summary"] = json!(format!("Add an answer to `{code}` after sending"));
        let when = "Possible while the `can_answer` of the case contains the question. The answers as they were sent do not change; the newest added answer is in force.";
        let repeats = if question.repeats() {
            [" ", REPEATS].concat()
        } else {
            String::new()
        };
        call["description"] = json!(format!("{when} {who}{repeats}"));
        true
    });
    for question in questions::all() {
        let body = serde_json::to_value(description::question(question)).unwrap_or_default();
        document["components"]["schemas"][schema(question.step.code())] = body;
    }
}

/// Replaces the operation at `template` by one for each question for which `describe` returns true.
fn add_operations(document: &mut Value, template: &str, describe: impl Fn(&Question, &mut Value) -> bool) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    let Some(item) = paths.remove(template) else { return };
    for question in questions::all() {
        let (code, mut item) = (question.step.code(), item.clone());
        let call = &mut item["put"];
        if describe(question, call) {
            let body = json!({ "$ref": format!("#/components/schemas/{}", schema(code)) });
            call["requestBody"]["content"]["application/json"]["schema"] = body;
            paths.insert(template.replace("{step}", code), item);
        }
    }
}

fn camel(code: &str) -> String {
    code.split('_').map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}

/// Example: `HomeAddressAnswer`. The suffix keeps the name apart from other schemas.
pub(crate) fn schema(code: &str) -> String {
    format!("{}Answer", camel(code))
}

//! Checks how typed text is read against `typed.json`: natively as a unit test, and in Wasm by `tests/wasm`.
//!
//! The server reads each text as the file says. The browser has no Unicode tables: it may leave a form to the server, and
//! never accepts what the server refuses.

use serde_json::Value;

use crate::fields::form::Fields;
use crate::questionnaire::question::Context;
use crate::{Answers, QuestionRef, check};

const VECTORS: &str = include_str!("typed.json");

/// Returns the number of vectors, and a line for each that is read otherwise.
pub fn check_all() -> (usize, Vec<String>) {
    let vectors: Vec<Value> = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    let wrong = vectors.iter().filter_map(|vector| {
        let found = read(vector);
        let fits = if cfg!(feature = "server") {
            as_on_the_server(vector, &found)
        } else {
            as_in_the_browser(vector, &found)
        };
        (!fits).then(|| format!("{vector} is read as {found:?}"))
    });
    let wrong = wrong.collect();
    (vectors.len(), wrong)
}

/// Returns the answer as JSON, or the codes of its errors.
fn read(vector: &Value) -> Result<Value, Vec<String>> {
    let place = vector["step"].as_str().and_then(QuestionRef::parse).expect("a question");
    let fields = vector["fields"].as_object().expect("fields");
    let fields = fields
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().expect("a text").to_owned()));
    let answers = Answers::default();
    let context = Context {
        today: time::Date::from_calendar_date(2026, time::Month::November, 22).expect("a day"),
        answers: &answers,
    };
    match check(place, &Fields(fields.collect()), &context) {
        Ok(checked) => Ok(serde_json::from_str(&checked.to_json()).expect("the result can be serialized as JSON")),
        Err(errors) => Err(errors.into_iter().map(|error| error.code.into_owned()).collect()),
    }
}

fn as_on_the_server(vector: &Value, found: &Result<Value, Vec<String>>) -> bool {
    match found {
        Ok(value) => vector["value"] == *value,
        Err(codes) => vector["errors"] == Value::from(codes.clone()),
    }
}

/// Text beyond ASCII is left to `device.js`, see `serverCanRead` there.
fn as_in_the_browser(vector: &Value, found: &Result<Value, Vec<String>>) -> bool {
    let plain = vector["fields"]
        .as_object()
        .is_some_and(|fields| fields.values().all(|text| text.as_str().is_some_and(str::is_ascii)));
    found.is_err() || !plain || vector.get("value").is_some()
}

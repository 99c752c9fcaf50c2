//! Checks the complaint clock against `complaint_clock.json`: natively as a unit test, and in Wasm by `tests/wasm`.
//!
//! The file names expected values by paths such as `answer_stage_1.due` or `route.kind`. Two values stand for an approximate
//! date.

use serde_json::Value;

use crate::calendar::BankHolidays;
use crate::clock::{Clock, ClockInput, Rules};
use crate::fields::iso_date;

const VECTORS: &str = include_str!("complaint_clock.json");
const HOLIDAYS: &str = include_str!("../../../../assets/domain/bank-holidays.json");

/// The shipped bank holidays of England and Wales.
pub fn holidays() -> BankHolidays {
    let file: Value = serde_json::from_str(HOLIDAYS).expect("the shipped holidays are JSON");
    let events = file["england-and-wales"]["events"].as_array().expect("a list");
    let days = events
        .iter()
        .map(|event| event["date"].as_str().and_then(iso_date::parse).expect("a date"));
    BankHolidays::new(days.collect())
}

/// Returns the number of expectations, and a line for each that is not met.
pub fn check() -> (usize, Vec<String>) {
    let vectors: Vec<Value> = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    let (rules, holidays) = (Rules::default(), holidays());
    let (mut count, mut wrong) = (0, Vec::new());
    for vector in &vectors {
        let input: ClockInput = serde_json::from_value(vector["input"].clone()).expect("an input");
        let today = vector["today"].as_str().and_then(iso_date::parse).expect("a day");
        let said = serde_json::to_value(Clock::new(&input, today, &rules, &holidays)).expect("the result can be serialized as JSON");
        for (path, expected) in vector["expect"].as_object().expect("expectations") {
            count += 1;
            let found = short(look_up(&said, path));
            if found != *expected {
                wrong.push(format!("{}: {path} is {found}, not {expected}", vector["name"]));
            }
        }
    }
    (count, wrong)
}

/// Looks up a path, whose first part may be the name of a deadline.
fn look_up(said: &Value, path: &str) -> Value {
    let mut parts = path.split('.');
    let first = parts.next().unwrap_or_default();
    let deadlines = said["deadlines"].as_array().into_iter().flatten();
    let deadline = deadlines.into_iter().find(|deadline| deadline["what"] == first);
    let start = deadline.unwrap_or(&said[first]);
    parts.fold(start, |value, part| &value[part]).clone()
}

/// Returns two equal days or numbers as one value, and different ones as a list.
fn short(value: Value) -> Value {
    for (low, high) in [("earliest", "latest"), ("least", "most")] {
        if let (Some(low), Some(high)) = (value.get(low), value.get(high)) {
            return if low == high {
                low.clone()
            } else {
                Value::from(vec![low.clone(), high.clone()])
            };
        }
    }
    value
}

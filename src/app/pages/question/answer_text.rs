//! A question and its answer as text, for lists of answers.

use super::QuestionSentences;
use crate::app::words::{language, say, say_with};
use complaint::fields::DateInput;
use complaint::questionnaire::answers::Value;
use complaint::questionnaire::question::Input;
use complaint::{Answers, QuestionRef, StepId, questionnaire::steps};

/// Returns the short name of a question for lists.
pub fn name(place: QuestionRef, answers: &Answers) -> String {
    let short = QuestionSentences::new(place.step, answers).short();
    if place.issue > 1 {
        let number = place.issue.to_string();
        return say_with("form.issue_heading", &[("number", number), ("question", short)]);
    }
    short
}

/// Returns an answer as the person gave it, line by line; `None` if there is none.
pub fn written(place: QuestionRef, answers: &Answers) -> Option<String> {
    let answer = answers.get(place)?;
    let question = steps::question(place.step);
    let words = QuestionSentences::new(place.step, answers);
    let alone = question.fields().iter().filter(|f| !matches!(f.input, Input::Hidden)).count() == 1;
    let mut lines = Vec::new();
    for field in question.fields() {
        let Some(value) = answer.value(field.name) else { continue };
        let text = match (field.input, value) {
            (Input::Hidden | Input::Tick, _) | (_, Value::Ticked) => continue,
            (Input::Date(_), _) => date(answer.date(field.name)?),
            (Input::One(_), Value::Text(code)) => words.option(field.name, code).0,
            (_, Value::Text(text)) => {
                // Free text needs no label.
                lines.push(text.clone());
                continue;
            }
            (_, Value::Many(codes)) => {
                let texts: Vec<String> = codes.iter().map(|code| words.option(field.name, code).0).collect();
                texts.join("\n")
            }
            (_, Value::Month { .. }) => continue,
        };
        lines.push(if alone {
            text
        } else {
            let what = words
                .find(&format!("{}_short", field.name))
                .unwrap_or_else(|| words.get(field.name));
            say_with("check.labelled", &[("what", what.as_str()), ("value", text.as_str())])
        });
    }
    let is_listed = ["registration_number", "ons_code"].iter().any(|code| answer.value(code).is_some());
    if place.step == StepId::Landlord && !is_listed && !lines.is_empty() {
        lines.push(say("check.landlord_typed"));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Formats a date as exactly as it was given.
fn date(date: DateInput) -> String {
    let language = language();
    match date.read() {
        Ok(None) => say("date.unknown"),
        Ok(Some(date)) if date.day.is_some() => language.date(date.earliest()),
        Ok(Some(date)) => say_with(
            "date.month_year",
            &[("month", language.month(date.month)), ("year", date.year.to_string())],
        ),
        Err(_) => say("check.not_given"),
    }
}

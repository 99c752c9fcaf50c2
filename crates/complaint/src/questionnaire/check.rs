//! Checks a posted page: turns its fields into an answer, or into a list of errors.

use std::borrow::Cow;

use crate::fields::form::{Choice, FieldError, Fields};
use crate::fields::{DateInput, DateProblem, PartialDate, Postcode, email, iso_date, phone, text};
use crate::questionnaire::answers::{Answer, CheckedAnswer, Value};
use crate::questionnaire::question::Context;
use crate::questionnaire::question::{DateRule, Field, Input};
use crate::questionnaire::question_ref::QuestionRef;
use crate::questionnaire::steps::{self, StepId};

/// Checks and tidies the fields of a page by the rules of its question.
///
/// On failure returns every error, in the order of the page.
pub fn check(place: QuestionRef, posted: &Fields, context: &Context<'_>) -> Result<CheckedAnswer, Vec<FieldError>> {
    let question = steps::question(place.step);
    let mut page = Page {
        place,
        posted,
        context,
        errors: Vec::new(),
        after: None,
    };
    let mut answer = Answer::default();
    for field in question.fields() {
        if question.opened_by.is_some_and(|first| answer.has_choice(first, "no")) {
            break;
        }
        if (field.when)(context.answers, place.issue)
            && let Some(value) = page.read(field)
        {
            answer.0.push((Cow::Borrowed(field.name), value));
        }
    }
    let mut errors = page.errors;
    if let Some(rule) = question.rule {
        rule(&answer, context, &mut errors);
    }
    if errors.is_empty() {
        Ok(CheckedAnswer { place, answer })
    } else {
        Err(errors)
    }
}

/// Checks the questions of a page: its own, and those beside it whose fields were on the page. Returns the answers to save.
///
/// A question that was left empty is passed, unless an answer is required to continue or would be overwritten.
pub fn check_page(place: QuestionRef, posted: &Fields, context: &Context<'_>) -> Result<Vec<CheckedAnswer>, Vec<FieldError>> {
    let mut answers = context.answers.clone();
    let (mut checked, mut errors) = (Vec::new(), Vec::new());
    let mut places = vec![place];
    places.extend(steps::beside(place, &answers));
    for there in places {
        let question = steps::question(there.step);
        let beside = there != place;
        // The answer to the page's own question decides which of the others are asked.
        if beside && (!posted.has(&seen_beside(there.step)) || !steps::applies(there, &answers)) {
            continue;
        }
        let own = if beside { question.fields_beside(posted) } else { posted.clone() };
        let today = context.today;
        match check(there, &own, &Context { today, answers: &answers }) {
            Ok(answer) => {
                answers.put(answer.clone());
                checked.push(answer);
            }
            Err(_) if !question.required_to_continue && !answers.has(there) && question.is_blank(&own) => {}
            Err(mut found) => {
                for error in found.iter_mut().filter(|_| beside) {
                    question.rename_error(error);
                }
                errors.append(&mut found);
            }
        }
    }
    if errors.is_empty() { Ok(checked) } else { Err(errors) }
}

/// Returns the name of the hidden field that a question has on the page of another one. Its value is the fingerprint of the stored
/// answer.
pub fn seen_beside(step: StepId) -> String {
    [step.code(), "_seen"].concat()
}

/// The progress of reading a page's fields one after the other.
struct Page<'a> {
    place: QuestionRef,
    posted: &'a Fields,
    context: &'a Context<'a>,
    errors: Vec<FieldError>,
    /// The previous date on the page, where dates have an order.
    after: Option<PartialDate>,
}

impl Page<'_> {
    /// Reads a field. Returns `None` if it is empty or invalid, after adding an error where one is due.
    fn read(&mut self, field: &Field) -> Option<Value> {
        let found = self.errors.len();
        let value = match field.input {
            Input::Line { .. } | Input::Hidden => self.line(field),
            Input::Block => self.block(field),
            Input::Email => self.read_as(field, |typed, name| email::read(typed).map_err(|problem| problem.at(name))),
            Input::Phone => self.read_as(field, |typed, name| phone::read(typed).map_err(|code| FieldError::new(name, code))),
            Input::Postcode => self.postcode(field),
            Input::One(options) => {
                let chosen = self.posted.raw(field.name);
                let offered = options(self.context.answers, self.place.issue);
                offered
                    .iter()
                    .find(|code| **code == chosen)
                    .map(|code| Value::Text((*code).to_owned()))
            }
            Input::Many(options) => self.many(field, options(self.context.answers, self.place.issue)),
            Input::Tick => self.posted.ticked(field.name).then_some(Value::Ticked),
            Input::Date(tense) => return self.date(field, tense),
        };
        if value.is_none()
            && found == self.errors.len()
            && let Some(code) = field.required_error
        {
            self.errors.push(FieldError::new(field.name, code));
        }
        value
    }

    fn too_long(&mut self, field: &Field, max: usize) {
        let label = format!("{}.{}", self.place.step.code(), field.name);
        self.errors
            .push(FieldError::new(field.name, "too_long").with("field", label).with("max", max));
    }

    fn line(&mut self, field: &Field) -> Option<Value> {
        let line = text::line(self.posted.raw(field.name));
        if text::length(&line) > text::LINE_MAX {
            self.too_long(field, text::LINE_MAX);
            return None;
        }
        (!line.is_empty()).then_some(Value::Text(line))
    }

    fn block(&mut self, field: &Field) -> Option<Value> {
        let block = text::block(self.posted.raw(field.name));
        if text::length(&block) > text::TEXT_MAX {
            self.errors
                .push(FieldError::new(field.name, "text_too_long").with("max", text::TEXT_MAX));
            return None;
        }
        (!block.trim().is_empty()).then_some(Value::Text(block))
    }

    fn read_as(&mut self, field: &Field, read: fn(&str, &'static str) -> Result<String, FieldError>) -> Option<Value> {
        let line = text::line(self.posted.raw(field.name));
        if line.is_empty() {
            return None;
        }
        read(&line, field.name)
            .map_err(|error| self.errors.push(error))
            .ok()
            .map(Value::Text)
    }

    fn postcode(&mut self, field: &Field) -> Option<Value> {
        let line = text::line(self.posted.raw(field.name));
        if line.is_empty() {
            return None;
        }
        let read = Postcode::parse(&line);
        if read.is_none() {
            self.errors.push(FieldError::new(field.name, "postcode_not_full"));
        }
        read.map(|postcode| Value::Text(postcode.to_string()))
    }

    fn many(&mut self, field: &Field, offered: &'static [&'static str]) -> Option<Value> {
        let chosen = |code: &&&str| self.posted.all(field.name).any(|value| value == **code);
        let codes: Vec<String> = offered.iter().filter(chosen).map(|code| (*code).to_owned()).collect();
        if codes.len() > 1 && codes.iter().any(|code| code == "none") {
            self.errors.push(FieldError::new(field.name, "none_and_more"));
            return None;
        }
        (!codes.is_empty()).then_some(Value::Many(codes))
    }

    fn date(&mut self, field: &Field, tense: DateRule) -> Option<Value> {
        let part = |name: &str| self.posted.line(&format!("{}-{name}", field.name));
        let typed = DateInput {
            day: part("day"),
            month: part("month"),
            year: part("year"),
            unknown: !part("unknown").is_empty(),
        };
        let question = format!("{}.{}", self.place.step.code(), field.name);
        let at = |part: &str, code: &'static str| FieldError {
            field: format!("{}-{part}", field.name).into(),
            ..FieldError::new(field.name, code).with("question", &question)
        };
        let error = |code| at("day", code);
        let date = match typed.read() {
            Ok(Some(date)) => date,
            Ok(None) => return Some(Value::Text("unknown".into())),
            Err(problem) => {
                let code = match problem {
                    DateProblem::Missing => field.required_error,
                    DateProblem::MonthMissing => Some("date_month_missing"),
                    DateProblem::YearMissing => Some("date_year_missing"),
                    DateProblem::YearShort => Some("date_year_short"),
                    DateProblem::NotReal => Some("date_not_real"),
                    #[cfg(feature = "server")]
                    DateProblem::Day => Some("date_day_wrong"),
                    #[cfg(feature = "server")]
                    DateProblem::Month => Some("date_month_wrong"),
                    #[cfg(feature = "server")]
                    DateProblem::Year => Some("date_year_wrong"),
                    #[cfg(feature = "server")]
                    DateProblem::MonthShorter { last } => {
                        let error = error("date_month_shorter").with("date", iso_date::format(last));
                        self.errors.push(error);
                        return None;
                    }
                };
                // Without a stage the questionnaire asks for no dates yet, so none is missing.
                let asked = self.context.answers.stage_kind().is_some() || tense != DateRule::InOrder;
                self.errors.extend(
                    code.filter(|_| problem != DateProblem::Missing || asked)
                        .map(|code| at(problem.part(), code)),
                );
                return None;
            }
        };
        if tense != DateRule::Any && date.earliest() > self.context.today {
            self.errors.push(error("date_in_future"));
            return None;
        }
        if tense == DateRule::InOrder {
            if let Some(first) = self.after.filter(|first| date.latest() < first.earliest()) {
                self.errors
                    .push(error("date_too_early").with("date", iso_date::format(first.earliest())));
                return None;
            }
            self.after = Some(date);
        }
        Some(match date.day {
            Some(_) => Value::Text(iso_date::format(date.earliest())),
            None => Value::Month {
                year: date.year,
                month: date.month.into(),
            },
        })
    }
}

#[cfg(test)]
mod tests;

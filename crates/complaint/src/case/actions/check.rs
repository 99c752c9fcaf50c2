//! Checks the content of a case action and builds its event.

use time::Date;

use crate::case::actions::{ANSWER_FIELDS, CaseAction, CaseActionCheckError, Promises};
use crate::case::case_state::CaseState;
use crate::case::event::{Day, EventBody};
use crate::case::state::{CaseProjection, Request};
use crate::case::status::Status;
use crate::fields::form::FieldError;
use crate::fields::{DateInput, DateProblem, text};
use crate::questionnaire::questions::subcategories;

/// Maximum length of reasons and notes, in characters. A longer text belongs in a message.
const SHORT_MAX: usize = 2_000;

/// Collects the errors of one action.
#[derive(Default)]
struct Check(Vec<FieldError>);

impl Check {
    /// Tidies an optional text.
    fn optional_text(&mut self, raw: &str, field: &'static str, max: usize) -> Option<String> {
        let tidy = text::block(raw);
        if text::length(&tidy) > max {
            self.0.push(FieldError::new(field, "text_too_long").with("max", max));
        }
        (!tidy.trim().is_empty()).then_some(tidy)
    }

    /// Tidies a required text.
    fn required_text(&mut self, raw: &str, field: &'static str, missing: &'static str) -> String {
        let tidy = self.optional_text(raw, field, text::TEXT_MAX);
        if tidy.is_none() {
            self.0.push(FieldError::new(field, missing));
        }
        tidy.unwrap_or_default()
    }

    /// Adds an error if a required choice is missing.
    fn required_choice<T>(&mut self, choice: Option<T>, field: &'static str, missing: &'static str) -> Option<T> {
        if choice.is_none() {
            self.0.push(FieldError::new(field, missing));
        }
        choice
    }

    /// Reads a day or month that is not in the future.
    fn past_date(&mut self, on: &DateInput, today: Date) -> Option<Day> {
        let wrong = |code, part| FieldError::new("on", code).at_input(part);
        let date = match on.read() {
            Ok(Some(date)) => date,
            Ok(None) | Err(DateProblem::Missing) => {
                self.0.push(wrong("diary_date_missing", "on-day"));
                return None;
            }
            Err(DateProblem::MonthMissing) => {
                self.0.push(wrong("diary_month_missing", "on-month"));
                return None;
            }
            Err(DateProblem::YearMissing) => {
                self.0.push(wrong("diary_year_missing", "on-year"));
                return None;
            }
            Err(problem) if problem != DateProblem::NotReal => {
                self.0.extend(problem.error("on"));
                return None;
            }
            Err(_) => {
                self.0.push(wrong("diary_date_not_real", "on-day"));
                return None;
            }
        };
        if date.earliest() > today {
            self.0.push(wrong("diary_date_future", "on-day"));
            return None;
        }
        Some(Day {
            year: date.year,
            month: date.month.into(),
            day: date.day,
        })
    }

    /// Sets the JSON pointers of answer errors: the JSON body has one `answers` list, the form has numbered fields.
    fn point_at_answers(&mut self) {
        for error in &mut self.0 {
            if let Some(place) = ANSWER_FIELDS.iter().position(|field| error.field == *field) {
                error.pointer = format!("/answers/{place}").into();
            }
        }
    }
}

/// Returns the errors of an action's content. `questions` and `orders` are how many the answered request and the case have.
pub(crate) fn content_errors(act: &CaseAction, questions: usize, orders: usize, today: Date) -> Vec<FieldError> {
    let mut check = Check::default();
    match act {
        CaseAction::Message { message, .. } => {
            check.required_text(message, "message", "message_empty");
        }
        CaseAction::Diary { on, what, .. } => {
            check.past_date(on, today);
            check.required_text(what, "what", "diary_what_missing");
        }
        CaseAction::Answer { answers, .. } => {
            for (place, field) in ANSWER_FIELDS.iter().take(questions).enumerate() {
                let typed = answers.get(place).map_or("", String::as_str);
                check.required_text(typed, field, "request_answer_missing");
            }
            check.point_at_answers();
        }
        CaseAction::Orders { order, done, note } => {
            if !(1..=orders).contains(&usize::from(*order)) {
                check.0.push(FieldError::new("order", "order_missing"));
            }
            check.optional_text(note, "note", SHORT_MAX);
            check.required_choice(*done, "done", "order_done_missing");
        }
        CaseAction::Review { ground, why, .. } => {
            check.required_choice(*ground, "ground", "review_ground_missing");
            check.required_text(why, "why", "review_why_missing");
        }
        CaseAction::Issue {
            category,
            subcategory,
            what_happened,
            put_right,
        } => {
            let category = check.required_choice(*category, "category", "category_missing");
            let fits = |code: &str| category.is_none_or(|category| subcategories(category).contains(&code));
            if !subcategory.is_empty() && !fits(subcategory) {
                check.0.push(FieldError::new("subcategory", "subcategory_other"));
            }
            check.required_text(what_happened, "what_happened", "issue_what_missing");
            check.optional_text(put_right, "put_right", text::TEXT_MAX);
        }
        CaseAction::Withdraw { reason } => {
            check.optional_text(reason, "reason", SHORT_MAX);
        }
        CaseAction::UndoWithdrawal => {}
    }
    check.0
}

/// Tidies a text that may be empty.
fn optional(raw: &str) -> Option<String> {
    let tidy = text::block(raw);
    (!tidy.trim().is_empty()).then_some(tidy)
}

/// Returns the event of an action whose content is valid.
pub(crate) fn event(
    act: &CaseAction,
    file: &CaseProjection,
    today: Date,
    promises: &Promises<'_>,
) -> Result<EventBody, CaseActionCheckError> {
    use CaseActionCheckError::{NotNow, Wrong};

    let asked = match act {
        CaseAction::Answer { request, .. } => {
            let asked = usize::from(*request).checked_sub(1).and_then(|place| file.requests.get(place));
            Some(asked.filter(|asked| asked.answers.is_none()).ok_or(NotNow)?)
        }
        _ => None,
    };
    let questions = asked.map_or(0, |asked| asked.questions.len());
    let errors = content_errors(act, questions, file.orders.len(), today);
    if !errors.is_empty() {
        return Err(Wrong(errors));
    }
    // What is missing here was an error above.
    let missing = || Wrong(Vec::new());
    Ok(match act {
        CaseAction::Message { message, files } => EventBody::MessageReceived {
            message: text::block(message),
            files: files.clone(),
        },
        CaseAction::Diary { on, what, files } => EventBody::DiaryEntry {
            on: Check::default().past_date(on, today).ok_or_else(missing)?,
            what: text::block(what),
            files: files.clone(),
        },
        CaseAction::Answer { answers, files, .. } => {
            let asked = asked.ok_or(NotNow)?;
            let (status, due) = after_answers(file, asked, today, promises);
            let given = |place: usize| answers.get(place).map(|answer| text::block(answer)).unwrap_or_default();
            EventBody::InformationGiven {
                request: asked.n,
                answers: (0..questions).map(given).collect(),
                files: files.clone(),
                status,
                due,
            }
        }
        CaseAction::Orders { order, done, note } => EventBody::OrderAnswered {
            order: *order,
            done: done.ok_or_else(missing)?,
            note: optional(note),
        },
        CaseAction::Review { ground, why, files } => EventBody::ReviewRequested {
            ground: ground.ok_or_else(missing)?,
            why: text::block(why),
            files: files.clone(),
            due: promises.due_date(Status::UnderReview, today),
        },
        CaseAction::Issue {
            category,
            subcategory,
            what_happened,
            put_right,
        } => EventBody::IssueAdded {
            category: category.ok_or_else(missing)?,
            subcategory: (!subcategory.is_empty()).then(|| subcategory.clone()),
            what_happened: text::block(what_happened),
            put_right: optional(put_right),
        },
        CaseAction::Withdraw { reason } => EventBody::Withdrawn {
            reason: optional(reason),
            until: promises.undo_until(today),
        },
        CaseAction::UndoWithdrawal => {
            let (before, _) = file.withdrawn.ok_or(NotNow)?;
            let before = file.state_when_resumed(before);
            EventBody::WithdrawalUndone {
                how: None,
                status: before.status,
                due: promises.keep_or_renew(before.due, before.status, today),
            }
        }
    })
}

/// Returns the case's status and due date after a request was answered.
///
/// The case keeps waiting while another request is open. If the organisation has moved the case meanwhile, its state does not
/// change.
fn after_answers(file: &CaseProjection, answered: &Request, today: Date, promises: &Promises<'_>) -> (Status, Option<Date>) {
    let CaseState { status, due, .. } = file.state;
    if status != Status::AwaitingResident {
        return (status, due);
    }
    let open = file.requests.iter().filter(|r| r.answers.is_none() && r.n != answered.n);
    if let Some(next) = open.map(|r| r.due).min() {
        return (Status::AwaitingResident, Some(next));
    }
    let before = file
        .requests
        .iter()
        .rev()
        .map(|r| r.before)
        .find(|b| b.status != Status::AwaitingResident)
        .map(|before| file.state_when_resumed(before));
    match before {
        Some(before) => (before.status, promises.keep_or_renew(before.due, before.status, today)),
        None => (Status::Assessment, promises.due_date(Status::Assessment, today)),
    }
}

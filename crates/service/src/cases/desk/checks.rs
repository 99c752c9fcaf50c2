//! Validation of the events that the desk adds: texts are normalised, and invalid events are refused.

use time::Date;

use crate::cases::desk::DeskError;
use complaint::{
    FieldError, Status,
    case::{
        contact_plan::wanted,
        event::{EventBody, LearnedBy},
        recordable_event::RecordableEvent,
    },
    fields::text,
};

/// The maximum number of questions in one request.
const QUESTIONS_MAX: usize = 20;

/// The maximum number of orders in one event.
const ORDERS_MAX: usize = 50;

/// Collects the errors in an event.
#[derive(Default)]
struct Check(Vec<FieldError>);

impl Check {
    /// Normalises a required text.
    fn written(&mut self, raw: &str, field: &'static str, missing: &'static str, too_long: &'static str) -> String {
        let tidy = text::block(raw);
        if tidy.trim().is_empty() {
            self.0.push(FieldError::new(field, missing));
        } else if text::length(&tidy) > text::TEXT_MAX {
            self.0.push(FieldError::new(field, too_long).with("max", text::TEXT_MAX));
        }
        tidy
    }

    /// Normalises the text of an item in a list, at a place of its own.
    fn item(&mut self, raw: &str, field: &'static str, place: &str) -> String {
        let before = self.0.len();
        let tidy = self.written(raw, field, "message_missing", "message_too_long");
        for error in &mut self.0[before..] {
            error.pointer = format!("/{field}/{place}").into();
        }
        tidy
    }

    fn message(&mut self, raw: &str) -> String {
        self.written(raw, "message", "message_missing", "message_too_long")
    }

    fn note(&mut self, raw: &str) -> String {
        self.written(raw, "note", "note_missing", "note_too_long")
    }
}

/// Normalises the texts of a desk event, checks it, and returns the event to record.
///
/// Returns [`DeskError::Invalid`] if a field is invalid.
#[expect(clippy::too_many_lines, reason = "one match arm for each kind of event")]
pub(crate) fn check(event: RecordableEvent, today: Date) -> Result<EventBody, DeskError> {
    let mut check = Check::default();
    let event = match event {
        RecordableEvent::StatusChanged {
            status,
            due,
            reason,
            message,
        } => {
            let message = message.map(|m| check.message(&m));
            if reason.is_some() && status != Status::Closed {
                check.0.push(FieldError::new("reason", "reason_only_when_closed"));
            }
            EventBody::StatusChanged {
                status,
                due,
                reason,
                message,
            }
        }
        RecordableEvent::DueChanged { due, order, message } => EventBody::DueChanged {
            due,
            order,
            message: check.message(&message),
        },
        RecordableEvent::WithdrawalUndone { how } => {
            if how == LearnedBy::Portal {
                check.0.push(FieldError::new("how", "told_how_not_allowed"));
            }
            // The status and the day with which the case continues follow from the case: see `completed`.
            EventBody::WithdrawalUndone {
                how: Some(how),
                status: Status::Assessment,
                due: None,
            }
        }
        RecordableEvent::MessageSent { message } => EventBody::MessageSent {
            message: check.message(&message),
        },
        RecordableEvent::Note { note } => EventBody::Note { note: check.note(&note) },
        RecordableEvent::InformationRequested { questions, due } => {
            if questions.is_empty() || questions.len() > QUESTIONS_MAX {
                check
                    .0
                    .push(FieldError::new("questions", "questions_missing").with("max", QUESTIONS_MAX));
            }
            let asked = questions.iter().take(QUESTIONS_MAX).enumerate();
            let questions = asked
                .map(|(n, question)| check.item(question, "questions", &n.to_string()))
                .collect();
            EventBody::InformationRequested { questions, due }
        }
        RecordableEvent::DecisionMade {
            message,
            findings,
            review_until,
        } => EventBody::DecisionMade {
            message: check.message(&message),
            findings,
            review_until,
        },
        RecordableEvent::OrdersMade { mut orders } => {
            if orders.is_empty() || orders.len() > ORDERS_MAX {
                check.0.push(FieldError::new("orders", "orders_missing").with("max", ORDERS_MAX));
            }
            for (n, order) in orders.iter_mut().take(ORDERS_MAX).enumerate() {
                order.what = check.item(&order.what, "orders", &format!("{n}/what"));
            }
            EventBody::OrdersMade { orders }
        }
        RecordableEvent::NeedActedOn { need, what } => {
            let what = check.written(&what, "what", "message_missing", "message_too_long");
            EventBody::NeedActedOn { need, what }
        }
        RecordableEvent::Handover { to, note } => EventBody::Handover {
            to: check.written(&to, "to", "note_missing", "note_too_long"),
            note: check.note(&note),
        },
        RecordableEvent::ContactChanged { person, contact } => match wanted::check(&wanted::fields(&contact), today) {
            Ok(checked) => EventBody::ContactChanged {
                person,
                contact: checked.contact,
            },
            Err(found) => {
                check.0.extend(found.into_iter().map(|error| FieldError {
                    pointer: format!("/contact{}", error.pointer).into(),
                    ..error
                }));
                EventBody::ContactChanged { person, contact }
            }
        },
        RecordableEvent::ContactChangeConfirmed { person, change } => EventBody::ContactChangeConfirmed { person, change },
        RecordableEvent::ContactChangeRefused { person, change, message } => EventBody::ContactChangeRefused {
            person,
            change,
            message: check.message(&message),
        },
        RecordableEvent::InformedOtherwise { person, how, note } => {
            // Only the portal itself knows that a person has read the case there.
            if how == LearnedBy::Portal {
                check.0.push(FieldError::new("how", "told_how_not_allowed"));
            }
            let note = note.filter(|note| !note.trim().is_empty()).map(|note| check.note(&note));
            EventBody::InformedOtherwise { person, how, note }
        }
    };
    if check.0.is_empty() {
        Ok(event)
    } else {
        Err(DeskError::Invalid(check.0))
    }
}

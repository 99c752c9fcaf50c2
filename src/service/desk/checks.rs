//! What the organisation may put on a case: tidied, and refused where it makes no sense.

use time::Date;

use super::DeskError;
use crate::complaint::{
    FieldError, Status,
    authority::TenantState,
    case_file::{CaseFile, SENDER},
    contact_plan::wanted,
    event::{EventBody, ToldHow},
    fields::text,
    questions::adjustments,
};

/// Questions in one request, at most.
const QUESTIONS_MAX: usize = 20;

/// Orders in one event, at most.
const ORDERS_MAX: usize = 50;

/// Collects what is wrong with an event.
#[derive(Default)]
struct Check(Vec<FieldError>);

impl Check {
    /// Tidies a text that is needed.
    fn written(&mut self, raw: &str, field: &'static str, missing: &'static str, too_long: &'static str) -> String {
        let tidy = text::block(raw);
        if tidy.trim().is_empty() {
            self.0.push(FieldError::new(field, missing));
        } else if text::length(&tidy) > text::TEXT_MAX {
            self.0.push(FieldError::new(field, too_long).with("max", text::TEXT_MAX));
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

/// Refuses what the case as it stands, or this day, has no room for: a change of contact details that does not wait, or not any more; a
/// promise for a day that has gone by.
///
/// # Errors
/// [`DeskError::Invalid`].
pub(super) fn fits(event: &EventBody, file: &CaseFile, today: Date) -> Result<(), DeskError> {
    let days: Vec<(&'static str, Date)> = match event {
        EventBody::StatusChanged { due: Some(due), .. } | EventBody::InformationRequested { due, .. } => vec![("due", *due)],
        EventBody::DecisionMade { review_until, .. } => vec![("review_until", *review_until)],
        EventBody::OrdersMade { orders } => orders.iter().map(|order| ("orders", order.due)).collect(),
        _ => Vec::new(),
    };
    if let Some((field, _)) = days.into_iter().find(|(_, day)| *day < today) {
        return Err(DeskError::Invalid(vec![FieldError::new(field, "day_past")]));
    }
    if let EventBody::ToldByOtherWay { person, .. } = event
        && file.person(*person).is_none()
    {
        return Err(DeskError::Invalid(vec![FieldError::new("person", "person_unknown")]));
    }
    if let EventBody::ContactChanged { person, .. } = event {
        // How people are reached is theirs to say. A tenant whom another complained for said it to the organisation.
        let tenant = file.tenant().filter(|tenant| tenant.number == *person && tenant.number != SENDER);
        return if tenant.is_none() {
            Err(DeskError::Invalid(vec![FieldError::new("person", "person_not_tenant")]))
        } else if file.tenant_state() == TenantState::Died {
            Err(DeskError::Invalid(vec![FieldError::new("person", "tenant_has_died")]))
        } else {
            Ok(())
        };
    }
    let (EventBody::ContactChangeConfirmed { person, change } | EventBody::ContactChangeRefused { person, change, .. }) = event else {
        return Ok(());
    };
    let waits = file.person(*person).is_some_and(|person| person.waits(*change).is_some());
    if waits {
        Ok(())
    } else {
        Err(DeskError::Invalid(vec![FieldError::new("change", "contact_change_gone")]))
    }
}

/// Tidies what the desk wrote and refuses what makes no sense, and what is somebody else's to say.
///
/// # Errors
/// [`DeskError::Invalid`].
pub(super) fn check(event: EventBody, today: Date) -> Result<EventBody, DeskError> {
    let mut check = Check::default();
    let event = match event {
        EventBody::StatusChanged {
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
        EventBody::MessageSent { message } => EventBody::MessageSent {
            message: check.message(&message),
        },
        EventBody::Note { note } => EventBody::Note { note: check.note(&note) },
        EventBody::InformationRequested { questions, due } => {
            if questions.is_empty() || questions.len() > QUESTIONS_MAX {
                check
                    .0
                    .push(FieldError::new("questions", "questions_missing").with("max", QUESTIONS_MAX));
            }
            let written = |q: &String| check.written(q, "questions", "message_missing", "message_too_long");
            let questions = questions.iter().take(QUESTIONS_MAX).map(written).collect();
            EventBody::InformationRequested { questions, due }
        }
        EventBody::DecisionMade {
            message,
            findings,
            review_until,
        } => EventBody::DecisionMade {
            message: check.message(&message),
            findings,
            review_until,
        },
        EventBody::OrdersMade { mut orders } => {
            if orders.is_empty() || orders.len() > ORDERS_MAX {
                check.0.push(FieldError::new("orders", "orders_missing").with("max", ORDERS_MAX));
            }
            for order in orders.iter_mut().take(ORDERS_MAX) {
                order.what = check.written(&order.what, "orders", "message_missing", "message_too_long");
            }
            EventBody::OrdersMade { orders }
        }
        EventBody::NeedActedOn { need, what } => {
            if !adjustments().contains(&need.as_str()) {
                check.0.push(FieldError::new("need", "need_unknown"));
            }
            let what = check.written(&what, "what", "message_missing", "message_too_long");
            EventBody::NeedActedOn { need, what }
        }
        EventBody::Handover { to, note } => EventBody::Handover {
            to: check.written(&to, "to", "note_missing", "note_too_long"),
            note: check.note(&note),
        },
        EventBody::ContactChanged { person, contact } => match wanted::check(&wanted::fields(&contact), today) {
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
        EventBody::ContactChangeConfirmed { .. } => event,
        EventBody::ContactChangeRefused { person, change, message } => EventBody::ContactChangeRefused {
            person,
            change,
            message: check.message(&message),
        },
        EventBody::ToldByOtherWay { person, how, note } => {
            // The portal alone knows that a person has read the case here.
            if how == ToldHow::Portal {
                check.0.push(FieldError::new("how", "told_how_not_allowed"));
            }
            let note = note.filter(|note| !note.trim().is_empty()).map(|note| check.note(&note));
            EventBody::ToldByOtherWay { person, how, note }
        }
        other => {
            check.0.push(FieldError::new("type", "event_type_not_allowed"));
            other
        }
    };
    if check.0.is_empty() {
        Ok(event)
    } else {
        Err(DeskError::Invalid(check.0))
    }
}

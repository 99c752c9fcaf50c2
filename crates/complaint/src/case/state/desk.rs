//! Checks which events the desk may add to a case. Every interface of the desk calls it while holding the lock of the case.

use time::Date;

use crate::case::event::EventBody;
use crate::case::outcome::{Done, Finding};
use crate::case::person_number::SENDER;
use crate::case::representation::TenantState;
use crate::case::state::CaseProjection;
use crate::case::status::{ClosedReason, Status};
use crate::fields::form::FieldError;
use crate::questionnaire::answers::Answers;
use crate::questionnaire::questions::adjustments;
use crate::questionnaire::steps::StepId;

/// Returns the codes of the needs chosen in the answers.
pub(crate) fn needs_told(answers: &Answers) -> Vec<String> {
    let told = adjustments()
        .iter()
        .filter(|need| answers.has_choice_once(StepId::Needs, "adjustments", need));
    told.map(|need| (*need).to_owned()).collect()
}

impl CaseProjection {
    /// Refuses an organisation's event that the case's state does not allow, and names the field at fault.
    ///
    /// What the people on the case read must be true. So there is no decision status without a decision, no request without a
    /// question, and no finding about an issue that does not exist.
    pub fn accepts(&self, event: &EventBody, today: Date) -> Result<(), FieldError> {
        if let Some((field, _)) = days(event).into_iter().find(|(_, day)| *day < today) {
            return Err(FieldError::new(field, "day_past"));
        }
        let refuse = |field: &'static str, code: &'static str| Err(FieldError::new(field, code));
        match event {
            EventBody::StatusChanged {
                status, reason, message, ..
            } => self.accepts_status(*status, *reason, message.is_some()),
            EventBody::DueChanged { order, .. } => self.accepts_day(*order),
            EventBody::DecisionMade { findings, .. } => self.accepts_findings(findings),
            EventBody::NeedActedOn { need, .. } if !self.reported_needs.contains(need) => refuse("need", "need_unknown"),
            EventBody::WithdrawalUndone { .. } if self.state.reason != Some(ClosedReason::Withdrawn) => refuse("type", "not_withdrawn"),
            EventBody::InformedOtherwise { person, .. } if self.person(*person).is_none() => refuse("person", "person_unknown"),
            EventBody::ContactChanged { person, .. } => {
                // People change their own contact plans. The desk may change only that of a tenant who did not send the
                // complaint. Such a tenant tells the organisation instead.
                let tenant = self.tenant().filter(|tenant| tenant.number == *person && tenant.number != SENDER);
                if tenant.is_none() {
                    refuse("person", "person_not_tenant")
                } else if self.tenant_state() == TenantState::Died {
                    refuse("person", "tenant_has_died")
                } else {
                    Ok(())
                }
            }
            EventBody::ContactChangeConfirmed { person, change } | EventBody::ContactChangeRefused { person, change, .. } => {
                let waits = self.person(*person).is_some_and(|person| person.waiting_change(*change).is_some());
                if waits { Ok(()) } else { refuse("change", "contact_change_gone") }
            }
            _ => Ok(()),
        }
    }

    fn accepts_status(&self, to: Status, reason: Option<ClosedReason>, has_message: bool) -> Result<(), FieldError> {
        let refuse = |field: &'static str, code: &'static str| Err(FieldError::new(field, code));
        let withdrawn = Some(ClosedReason::Withdrawn);
        match to {
            // The tenant withdrew the complaint. It continues only when the tenant asks for that.
            _ if self.state.status == Status::Closed && self.state.reason == withdrawn => refuse("status", "withdrawn_by_tenant"),
            Status::DecisionMade => refuse("status", "decision_missing"),
            Status::OrdersOpen if self.orders.is_empty() => refuse("status", "orders_none"),
            Status::AwaitingResident if !has_message && self.open_request().is_none() => refuse("message", "message_missing"),
            Status::Closed if reason.is_none() => refuse("reason", "closed_reason_missing"),
            // A review ends with a decision.
            Status::Closed if self.state.status == Status::UnderReview && reason != withdrawn => refuse("status", "review_open"),
            _ => Ok(()),
        }
    }

    fn accepts_day(&self, order: Option<u8>) -> Result<(), FieldError> {
        let refuse = |field: &'static str, code: &'static str| Err(FieldError::new(field, code));
        let Some(number) = order else {
            return match self.state.status {
                Status::Closed | Status::DecisionMade => refuse("due", "due_none"),
                Status::OrdersOpen => refuse("order", "order_which"),
                _ => Ok(()),
            };
        };
        let place = usize::from(number).checked_sub(1);
        match place.and_then(|place| self.orders.get(place)) {
            None => refuse("order", "order_missing"),
            Some(found) if found.done == Some(Done::Yes) => refuse("order", "order_is_done"),
            Some(_) if self.state.status == Status::Closed => refuse("due", "due_none"),
            Some(_) => Ok(()),
        }
    }

    fn accepts_findings(&self, findings: &[Finding]) -> Result<(), FieldError> {
        let issues = self.issues();
        for (place, finding) in findings.iter().enumerate() {
            if !(1..=issues).contains(&usize::from(finding.issue)) {
                return Err(FieldError::new("findings", "finding_issue_unknown").with("max", issues));
            }
            if findings[..place].iter().any(|before| before.issue == finding.issue) {
                return Err(FieldError::new("findings", "finding_twice"));
            }
        }
        Ok(())
    }
}

/// Returns the dates that an event promises, each with its field.
fn days(event: &EventBody) -> Vec<(&'static str, Date)> {
    match event {
        EventBody::StatusChanged { due: Some(due), .. }
        | EventBody::InformationRequested { due, .. }
        | EventBody::DueChanged { due, .. } => vec![("due", *due)],
        EventBody::DecisionMade { review_until, .. } => vec![("review_until", *review_until)],
        EventBody::OrdersMade { orders } => orders.iter().map(|order| ("orders", order.due)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;

//! The case state: its status, the date of the next step, and why the case was closed.

use time::Date;

use crate::case::event::EventBody;
use crate::case::status::{ClosedReason, Status};

/// The state of a case after its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseState {
    pub status: Status,
    /// The date of the next step.
    pub due: Option<Date>,
    /// Why the case was closed.
    pub reason: Option<ClosedReason>,
}

impl CaseState {
    /// Returns whether the promised date has passed.
    pub fn is_late(self, today: Date) -> bool {
        let over = matches!(self.status, Status::Closed | Status::DecisionMade);
        !over && self.due.is_some_and(|due| due < today)
    }

    /// Returns the state after one more event. `before` is `None` for the first event.
    ///
    /// Returns `None` if the first event is not a submission, which no stored case has.
    pub fn after(before: Option<Self>, event: &EventBody) -> Option<Self> {
        if let EventBody::DueChanged { due, order: None, .. } = event {
            return before.map(|before| Self { due: Some(*due), ..before });
        }
        let Some(status) = event.new_status() else { return before };
        if before.is_none() != matches!(event, EventBody::Submitted { .. }) {
            return before;
        }
        let (due, reason) = match event {
            EventBody::Submitted { due }
            | EventBody::InformationGiven { due, .. }
            | EventBody::WithdrawalUndone { due, .. }
            | EventBody::AuthorityGiven { due, .. }
            | EventBody::AuthorityRequestExpired { due, .. }
            | EventBody::ReviewRequested { due, .. } => (*due, None),
            EventBody::StatusChanged { due, reason, .. } => (*due, *reason),
            EventBody::InformationRequested { due, .. } => (Some(*due), None),
            EventBody::Withdrawn { until, .. } => (Some(*until), Some(ClosedReason::Withdrawn)),
            EventBody::DecisionMade { review_until, .. } => (Some(*review_until), None),
            EventBody::OrdersMade { orders } => {
                // Earlier orders are still open, so the earliest date counts.
                let earlier = before
                    .filter(|before| before.status == Status::OrdersOpen)
                    .and_then(|before| before.due);
                (orders.iter().map(|order| order.due).chain(earlier).min(), None)
            }
            _ => (None, None),
        };
        Some(Self { status, due, reason })
    }

    /// Returns the state after all events, oldest first.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a EventBody>) -> Option<Self> {
        events.into_iter().fold(None, Self::after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::iso_date;

    fn moved(status: Status) -> EventBody {
        EventBody::StatusChanged {
            status,
            due: None,
            reason: None,
            message: None,
        }
    }

    #[test]
    fn the_last_move_counts_and_notes_do_not() {
        let events = [
            EventBody::Submitted { due: None },
            moved(Status::Assessment),
            EventBody::Note { note: "called".into() },
        ];
        assert_eq!(CaseState::replay(&events).unwrap().status, Status::Assessment);
        assert_eq!(CaseState::replay(&events[..1]).unwrap().status, Status::Received);
        assert_eq!(CaseState::replay(&events[1..2]), None);
    }

    #[test]
    fn a_moved_day_leaves_the_status_and_the_day_of_an_order_leaves_both() {
        let due = |text| iso_date::parse(text).unwrap();
        let changed = |text, order| EventBody::DueChanged {
            due: due(text),
            order,
            message: "The surveyor is ill.".into(),
        };
        let mut events = vec![EventBody::Submitted { due: None }, moved(Status::Investigation)];
        events.push(changed("2026-12-18", None));
        let standing = CaseState::replay(&events).unwrap();
        assert_eq!((standing.status, standing.due), (Status::Investigation, Some(due("2026-12-18"))));
        events.push(changed("2027-01-18", Some(1)));
        assert_eq!(CaseState::replay(&events).unwrap(), standing);
    }

    #[test]
    fn a_withdrawal_closes_with_its_reason_and_its_last_day() {
        let until = iso_date::parse("2026-12-10").unwrap();
        let mut events = vec![EventBody::Submitted { due: None }, moved(Status::Assessment)];
        events.push(EventBody::Withdrawn { reason: None, until });
        let standing = CaseState::replay(&events).unwrap();
        assert_eq!(
            (standing.status, standing.due, standing.reason),
            (Status::Closed, Some(until), Some(ClosedReason::Withdrawn))
        );
        events.push(EventBody::WithdrawalUndone {
            how: None,
            status: Status::Assessment,
            due: None,
        });
        assert_eq!(CaseState::replay(&events).unwrap().status, Status::Assessment);
    }
}

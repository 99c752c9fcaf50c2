use rstest::rstest;

use crate::case::contact_plan::ContactPlan;
use crate::case::event::LearnedBy;
use crate::case::outcome::{FindingKind, Order};
use crate::case::person_number::PersonNumber;
use crate::case::state::OrderOnCase;
use crate::case::state::desk::*;
use crate::fields::form::Choice;
use crate::fields::iso_date;

fn day(text: &str) -> Date {
    iso_date::parse(text).unwrap()
}

/// Returns a complaint about two issues, whose sender needs large print.
fn sent() -> CaseProjection {
    let answers = serde_json::from_str(
        r#"{"role":{"role":"resident"},"resident_name":{"full_name":"Wren Example"},"needs":{"adjustments":["large_print"]},
            "category":{"category":"damp_mould"},"more_issues":{"more":"yes"},"category_2":{"category":"repairs"}}"#,
    )
    .unwrap();
    CaseProjection::replay(&answers, [(1, &EventBody::Submitted { due: None })]).unwrap()
}

fn after(events: impl IntoIterator<Item = EventBody>) -> CaseProjection {
    let mut file = sent();
    for (n, event) in (2..).zip(events) {
        file.add(n, &event);
    }
    file
}

fn moved(status: Status, reason: Option<ClosedReason>, message: Option<&str>) -> EventBody {
    EventBody::StatusChanged {
        status,
        due: None,
        reason,
        message: message.map(ToOwned::to_owned),
    }
}

fn to(status: Status) -> EventBody {
    moved(status, None, None)
}

fn decided(issues: &[u8]) -> EventBody {
    let finding = |issue: &u8| Finding {
        issue: *issue,
        finding: FindingKind::Maladministration,
    };
    EventBody::DecisionMade {
        message: "The landlord failed.".into(),
        findings: issues.iter().map(finding).collect(),
        review_until: day("2026-12-21"),
    }
}

fn ordered() -> EventBody {
    let order = |due| Order {
        what: "Mend the roof.".into(),
        due: day(due),
    };
    EventBody::OrdersMade {
        orders: vec![order("2026-12-10"), order("2026-12-20")],
    }
}

fn new_day(due: &str, order: Option<u8>) -> EventBody {
    EventBody::DueChanged {
        due: day(due),
        order,
        message: "The surveyor is ill.".into(),
    }
}

fn withdrawn() -> EventBody {
    EventBody::Withdrawn {
        reason: None,
        until: day("2026-12-14"),
    }
}

fn reviewed() -> EventBody {
    EventBody::ReviewRequested {
        ground: crate::case::outcome::ReviewGround::NewEvidence,
        why: "A new report.".into(),
        files: Vec::new(),
        due: None,
    }
}

fn asked() -> EventBody {
    EventBody::InformationRequested {
        questions: vec!["When?".into()],
        due: day("2026-12-05"),
    }
}

fn undone() -> EventBody {
    EventBody::WithdrawalUndone {
        how: Some(LearnedBy::Phone),
        status: Status::Assessment,
        due: None,
    }
}

fn acted(need: &str) -> EventBody {
    EventBody::NeedActedOn {
        need: need.into(),
        what: "We sent it in large print.".into(),
    }
}

#[rstest]
#[case::a_decision_has_words(vec![], to(Status::DecisionMade), Err("decision_missing"))]
#[case::the_decision(vec![], decided(&[1, 2]), Ok(()))]
#[case::a_review_ends_with_words(vec![decided(&[]), reviewed()], to(Status::DecisionMade), Err("decision_missing"))]
#[case::a_review_ends_with_a_decision(vec![decided(&[]), reviewed()], decided(&[]), Ok(()))]
#[case::nothing_was_ordered(vec![decided(&[])], to(Status::OrdersOpen), Err("orders_none"))]
#[case::orders(vec![decided(&[])], ordered(), Ok(()))]
#[case::back_to_the_orders(vec![decided(&[]), ordered(), reviewed()], to(Status::OrdersOpen), Ok(()))]
#[case::nothing_was_asked(vec![], to(Status::AwaitingResident), Err("message_missing"))]
#[case::asked_in_the_message(vec![], moved(Status::AwaitingResident, None, Some("Please ring.")), Ok(()))]
#[case::asked_before(vec![asked(), to(Status::Investigation)], to(Status::AwaitingResident), Ok(()))]
#[case::closed_for_no_reason(vec![], to(Status::Closed), Err("closed_reason_missing"))]
#[case::closed(vec![], moved(Status::Closed, Some(ClosedReason::Resolved), None), Ok(()))]
#[case::closed_in_a_review(vec![decided(&[]), reviewed()], moved(Status::Closed, Some(ClosedReason::Complied), None), Err("review_open"))]
#[case::withdrawn_in_a_review(vec![decided(&[]), reviewed()], moved(Status::Closed, Some(ClosedReason::Withdrawn), None), Ok(()))]
#[case::the_tenant_withdrew(vec![withdrawn()], to(Status::Assessment), Err("withdrawn_by_tenant"))]
#[case::withdrew_by_phone(vec![moved(Status::Closed, Some(ClosedReason::Withdrawn), None)], to(Status::Assessment), Err("withdrawn_by_tenant"))]
#[case::the_tenant_asked_again(vec![withdrawn()], undone(), Ok(()))]
#[case::never_withdrawn(vec![moved(Status::Closed, Some(ClosedReason::Resolved), None)], undone(), Err("not_withdrawn"))]
#[case::open(vec![], undone(), Err("not_withdrawn"))]
#[case::closed_by_mistake(vec![moved(Status::Closed, Some(ClosedReason::Resolved), None)], to(Status::Assessment), Ok(()))]
#[case::no_fifth_issue(vec![], decided(&[5]), Err("finding_issue_unknown"))]
#[case::no_issue_0(vec![], decided(&[0]), Err("finding_issue_unknown"))]
#[case::two_findings(vec![], decided(&[2, 2]), Err("finding_twice"))]
#[case::a_need_told_of(vec![], acted("large_print"), Ok(()))]
#[case::a_need_not_told_of(vec![], acted("braille"), Err("need_unknown"))]
#[case::no_need_at_all(vec![], acted("moon"), Err("need_unknown"))]
#[case::another_day(vec![to(Status::Assessment)], new_day("2026-12-18", None), Ok(()))]
#[case::a_day_gone_by(vec![to(Status::Assessment)], new_day("2026-11-29", None), Err("day_past"))]
#[case::decided_before(vec![decided(&[])], new_day("2026-12-18", None), Err("due_none"))]
#[case::closed_before(vec![moved(Status::Closed, Some(ClosedReason::Resolved), None)], new_day("2026-12-18", None), Err("due_none"))]
#[case::which_order(vec![decided(&[]), ordered()], new_day("2026-12-18", None), Err("order_which"))]
#[case::an_order(vec![decided(&[]), ordered()], new_day("2026-12-18", Some(2)), Ok(()))]
#[case::no_such_order(vec![decided(&[]), ordered()], new_day("2026-12-18", Some(3)), Err("order_missing"))]
#[case::order_0(vec![decided(&[]), ordered()], new_day("2026-12-18", Some(0)), Err("order_missing"))]
#[case::nobody_3(vec![], EventBody::InformedOtherwise { person: PersonNumber(3), how: LearnedBy::Phone, note: None }, Err("person_unknown"))]
#[case::their_own_to_say(vec![], EventBody::ContactChanged { person: PersonNumber(1), contact: ContactPlan::default() }, Err("person_not_tenant"))]
#[case::a_change_gone(vec![], EventBody::ContactChangeConfirmed { person: PersonNumber(1), change: 2 }, Err("contact_change_gone"))]
fn the_desk_adds_what_the_case_has_room_for(#[case] before: Vec<EventBody>, #[case] event: EventBody, #[case] expected: Result<(), &str>) {
    let said = after(before).accepts(&event, day("2026-11-30"));
    let said = said.as_ref().map_err(|error| &*error.code).copied();
    assert_eq!(said, expected);
}

/// Each status tells people something that must be true. A new status has to be decided in `accepts_status`.
#[test]
fn no_status_promises_what_is_not_there() {
    for status in Status::ALL {
        let said = sent().accepts(&to(*status), day("2026-11-30"));
        let needs_more = matches!(
            status,
            Status::DecisionMade | Status::OrdersOpen | Status::AwaitingResident | Status::Closed
        );
        assert_eq!(said.is_err(), needs_more, "{status:?}");
    }
}

#[test]
fn the_newest_finding_about_each_thing_counts() {
    let mut second = decided(&[1]);
    if let EventBody::DecisionMade { findings, .. } = &mut second {
        findings[0].finding = FindingKind::ServiceFailure;
    }
    let file = after([decided(&[2, 1]), reviewed(), second]);
    let found: Vec<_> = file.decision.unwrap().findings.into_iter().map(|f| (f.issue, f.finding)).collect();
    assert_eq!(found, [(1, FindingKind::ServiceFailure), (2, FindingKind::Maladministration)]);
}

#[test]
fn another_day_moves_what_waits_for_it() {
    let due = |file: &CaseProjection| file.state.due.map(iso_date::format);
    let waits = after([asked(), new_day("2026-12-12", None)]);
    assert_eq!(due(&waits).as_deref(), Some("2026-12-12"));
    assert_eq!(waits.requests[0].due, day("2026-12-12"));
    // The earliest due date of the open orders is the next due date of the case.
    let orders = after([decided(&[]), ordered(), new_day("2026-12-30", Some(1))]);
    let days = |file: &CaseProjection| {
        file.orders
            .iter()
            .map(|o: &OrderOnCase| iso_date::format(o.order.due))
            .collect::<Vec<_>>()
    };
    assert_eq!(days(&orders), ["2026-12-30", "2026-12-20"]);
    assert_eq!(
        (due(&orders).as_deref(), orders.state.status),
        (Some("2026-12-20"), Status::OrdersOpen)
    );
}

use super::*;
use crate::complaint::authority::GivenBy;
use crate::complaint::fields::iso_date;

fn day(text: &str) -> Date {
    iso_date::parse(text).unwrap()
}

fn answers(json: &str) -> Answers {
    serde_json::from_str(json).unwrap()
}

fn for_another() -> Answers {
    answers(
        r#"{"role":{"role":"representative"},"representative_why":{"why":"permission"},
            "representative":{"full_name":"Robin Example","connection":"family"},
            "authority_scope":{"scope":["see","speak"]},
            "resident_name":{"full_name":"Wren Example"},"contact":{"email":"robin@example.org"},"email_safety":{"safe":"yes"}}"#,
    )
}

fn file(answers: &Answers, events: &[EventBody]) -> CaseFile {
    let events = events.iter().enumerate().map(|(i, event)| (i32::try_from(i + 1).unwrap(), event));
    CaseFile::replay(answers, events).unwrap()
}

fn given(scopes: &[Scope], until: Option<Date>) -> EventBody {
    EventBody::AuthorityGiven {
        person: SENDER,
        basis: Basis::Permission,
        by: GivenBy::Link,
        scopes: scopes.to_vec(),
        until,
        own_device: false,
        status: None,
        due: None,
    }
}

#[test]
fn who_sent_it_is_first_and_the_tenant_behind_has_no_way_in() {
    let file = file(&for_another(), &[EventBody::Submitted { due: None }]);
    let [sender, tenant] = &file.people[..] else { panic!() };
    assert_eq!(
        (sender.number, sender.role, sender.name.as_str()),
        (1, ActorRole::Representative, "Robin Example")
    );
    assert_eq!(sender.basis, Some(Basis::Permission));
    assert_eq!(sender.contact.safe_email(), Some("robin@example.org"));
    assert!(!tenant.is_here && !tenant.may(Scope::See, day("2026-11-30")));
    assert_eq!(file.next_number(), 3);
}

#[test]
fn authority_is_claimed_then_given_then_narrowed_then_ended() {
    let today = day("2026-11-30");
    let mut events = vec![EventBody::Submitted { due: None }];
    let may = |events: &[EventBody], scope| file(&for_another(), events).people[0].may(scope, today);
    assert!(may(&events, Scope::Speak) && !may(&events, Scope::Decide));
    events.push(given(&[Scope::Decide], None));
    assert!(may(&events, Scope::Decide) && may(&events, Scope::See) && !may(&events, Scope::Speak));
    events.push(EventBody::AuthorityChanged {
        person: SENDER,
        scopes: vec![Scope::See],
        until: Some(day("2026-11-29")),
    });
    assert!(!may(&events, Scope::See), "its last day has gone");
    events.push(EventBody::AuthorityEnded {
        person: SENDER,
        reason: None,
    });
    assert!(!may(&events, Scope::See));
    // What has ended does not come back by a change, only by being given again.
    events.push(EventBody::AuthorityChanged {
        person: SENDER,
        scopes: vec![Scope::See],
        until: None,
    });
    assert!(!may(&events, Scope::See));
    events.push(given(&[Scope::See], None));
    assert!(may(&events, Scope::See));
}

#[test]
fn nobody_ends_the_tenants_own_right() {
    let mine = answers(r#"{"role":{"role":"resident"},"resident_name":{"full_name":"Wren Example"}}"#);
    let events = [
        EventBody::Submitted { due: None },
        EventBody::AuthorityEnded {
            person: SENDER,
            reason: None,
        },
    ];
    assert!(file(&mine, &events).people[0].may(Scope::Decide, day("2026-11-30")));
}

#[test]
fn a_request_waits_for_its_answers_and_the_case_goes_on_where_it_was() {
    let mine = answers(r#"{"role":{"role":"resident"}}"#);
    let mut events = vec![
        EventBody::Submitted {
            due: Some(day("2026-12-01")),
        },
        EventBody::InformationRequested {
            questions: vec!["When?".into()],
            due: day("2026-12-10"),
        },
    ];
    let asked = file(&mine, &events);
    assert_eq!(asked.standing.status, Status::AwaitingResident);
    let before = asked.open_request().unwrap().before;
    events.push(EventBody::InformationGiven {
        request: 2,
        answers: vec!["In May.".into()],
        files: Vec::new(),
        status: before.status,
        due: before.due,
    });
    let answered = file(&mine, &events);
    assert_eq!(answered.standing, before);
    assert!(answered.open_request().is_none());
}

#[test]
fn withdrawing_leads_back_until_its_last_day_unless_the_organisation_moves_on() {
    let mine = answers(r#"{"role":{"role":"resident"}}"#);
    let until = day("2026-12-10");
    let mut events = vec![EventBody::Submitted { due: None }, EventBody::Withdrawn { reason: None, until }];
    let gone = file(&mine, &events);
    assert!(!gone.can_withdraw() && gone.can_undo_withdrawal(until) && !gone.can_undo_withdrawal(day("2026-12-11")));
    events.push(EventBody::StatusChanged {
        status: Status::Assessment,
        due: None,
        reason: None,
        message: None,
    });
    assert!(!file(&mine, &events).can_undo_withdrawal(until));
}

#[test]
fn a_review_can_be_asked_for_until_its_last_day() {
    let mine = answers(r#"{"role":{"role":"resident"}}"#);
    let events = [
        EventBody::Submitted { due: None },
        EventBody::DecisionMade {
            message: "We have decided.".into(),
            findings: Vec::new(),
            review_until: day("2026-12-21"),
        },
    ];
    let decided = file(&mine, &events);
    assert!(decided.can_ask_for_review(day("2026-12-21")) && !decided.can_ask_for_review(day("2026-12-22")));
    assert!(
        !decided.is_late(day("2027-01-31")),
        "a decision is not late when its review period ends"
    );
}

#[test]
fn a_promise_that_has_gone_by_is_late() {
    let mine = answers(r#"{"role":{"role":"resident"}}"#);
    let file = file(
        &mine,
        &[EventBody::Submitted {
            due: Some(day("2026-12-01")),
        }],
    );
    assert!(!file.is_late(day("2026-12-01")) && file.is_late(day("2026-12-02")));
}

use proptest::prelude::*;

use crate::case::event::ActorRole;
use crate::case::person_number::TENANT_BEHIND;
use crate::case::representation::{Basis, ProofKind, Scope};
use crate::case::state::*;
use crate::fields::form::Choice;
use crate::fields::iso_date;

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

fn file(answers: &Answers, events: &[EventBody]) -> CaseProjection {
    let events = events.iter().enumerate().map(|(i, event)| (i32::try_from(i + 1).unwrap(), event));
    CaseProjection::replay(answers, events).unwrap()
}

fn given(scopes: &[Scope], until: Option<Date>) -> EventBody {
    EventBody::AuthorityGiven {
        person: SENDER,
        basis: Basis::Permission,
        by: ProofKind::Link,
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
        (SENDER, ActorRole::Representative, "Robin Example")
    );
    assert_eq!(sender.basis, Some(Basis::Permission));
    assert_eq!(sender.contact.safe_email(), Some("robin@example.org"));
    assert!(!tenant.has_joined && !tenant.has_scope(Scope::See, day("2026-11-30")));
    assert_eq!(file.next_number(), PersonNumber(3));
}

#[test]
fn authority_is_claimed_then_given_then_narrowed_then_ended() {
    let today = day("2026-11-30");
    let mut events = vec![EventBody::Submitted { due: None }];
    let may = |events: &[EventBody], scope| file(&for_another(), events).people[0].has_scope(scope, today);
    assert!(may(&events, Scope::Speak) && !may(&events, Scope::Decide));
    events.push(given(&[Scope::Decide], None));
    assert!(may(&events, Scope::Decide) && !may(&events, Scope::See) && !may(&events, Scope::Speak));
    events.push(EventBody::AuthorityChanged {
        person: SENDER,
        scopes: vec![Scope::See],
        until: Some(day("2026-11-29")),
    });
    assert!(!may(&events, Scope::See), "the last day of the authority has passed");
    events.push(EventBody::AuthorityEnded {
        person: SENDER,
        reason: None,
    });
    assert!(!may(&events, Scope::See));
    // A change does not restore ended authority; only giving it again does.
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
    assert!(file(&mine, &events).people[0].has_scope(Scope::Decide, day("2026-11-30")));
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
    assert_eq!(asked.state.status, Status::AwaitingResident);
    let before = asked.open_request().unwrap().1.before;
    events.push(EventBody::InformationGiven {
        request: 2,
        answers: vec!["In May.".into()],
        files: Vec::new(),
        status: before.status,
        due: before.due,
    });
    let answered = file(&mine, &events);
    assert_eq!(answered.state, before);
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
fn closing_a_case_does_not_take_the_time_for_a_review_away() {
    let mine = answers(r#"{"role":{"role":"resident"}}"#);
    let closed = |reason| {
        let events = [
            EventBody::Submitted { due: None },
            EventBody::DecisionMade {
                message: "We have decided.".into(),
                findings: Vec::new(),
                review_until: day("2026-12-21"),
            },
            EventBody::StatusChanged {
                status: Status::Closed,
                due: None,
                reason: Some(reason),
                message: None,
            },
        ];
        file(&mine, &events)
    };
    let resolved = closed(ClosedReason::Resolved);
    assert!(resolved.can_ask_for_review(day("2026-12-21")) && !resolved.can_ask_for_review(day("2026-12-22")));
    assert!(!closed(ClosedReason::Withdrawn).can_ask_for_review(day("2026-12-21")));
}

#[test]
fn the_first_order_that_is_to_be_done_says_when_the_case_is_late() {
    let mine = answers(r#"{"role":{"role":"resident"}}"#);
    let order = |due| EventBody::OrdersMade {
        orders: vec![Order {
            what: "Mend the roof.".into(),
            due: day(due),
        }],
    };
    let done = |order| EventBody::OrderAnswered {
        order,
        done: Done::Yes,
        note: None,
    };
    let mut events = vec![
        EventBody::Submitted { due: None },
        order("2026-12-01"),
        order("2027-03-01"),
        done(2),
    ];
    assert!(
        file(&mine, &events).is_late(day("2026-12-02")),
        "the second order was made later and is done"
    );
    events.push(done(1));
    assert!(!file(&mine, &events).is_late(day("2027-03-02")), "all orders are done");
}

#[test]
fn a_case_goes_on_where_it_waited_for_authority() {
    let moved = |status, due| EventBody::StatusChanged {
        status,
        due,
        reason: None,
        message: None,
    };
    let due = Some(day("2026-12-20"));
    let mut events = vec![
        EventBody::Submitted { due: None },
        moved(Status::Assessment, due),
        moved(Status::AwaitingAuthority, None),
    ];
    let waits = file(&for_another(), &events);
    assert_eq!(
        (waits.after_authority().status, waits.after_authority().due),
        (Status::Assessment, due)
    );
    assert_eq!(waits.state_when_resumed(waits.state), waits.state, "a waiting case keeps its state");
    events.push(given(Scope::ALL, None));
    let given = file(&for_another(), &events);
    assert_eq!(
        given.state_when_resumed(waits.state).status,
        Status::Assessment,
        "an answer does not restore the wait for authority"
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

#[test]
fn whoever_comes_later_sees_nothing_before_a_yes() {
    let mut events = vec![EventBody::Submitted { due: None }, given(Scope::ALL, None)];
    events.push(EventBody::PersonJoined {
        person: PersonNumber(3),
        role: ActorRole::Representative,
        name: "Sam Example".into(),
        basis: Some(Basis::Adviser),
    });
    events.push(EventBody::AuthorityAsked {
        by_email: true,
        person: PersonNumber(3),
        scopes: Scope::ALL.to_vec(),
        until: None,
        ask_by: None,
        answer_by: None,
    });
    let on = |events: &[EventBody]| file(&for_another(), events).person(PersonNumber(3)).unwrap().clone();
    let today = day("2026-11-30");
    assert!(Scope::ALL.iter().all(|scope| !on(&events).has_scope(*scope, today)));
    events.push(EventBody::AuthorityGiven {
        person: PersonNumber(3),
        basis: Basis::Adviser,
        by: ProofKind::Tenant,
        scopes: vec![Scope::Speak],
        until: None,
        own_device: false,
        status: None,
        due: None,
    });
    assert!(on(&events).has_scope(Scope::Speak, today) && !on(&events).has_scope(Scope::See, today));
}

/// Generates an authority event for one of three people: the sender, the tenant, a later representative.
fn about_authority() -> impl Strategy<Value = EventBody> {
    let scopes = proptest::sample::subsequence(Scope::ALL.to_vec(), 0..=4);
    let until = proptest::option::of(proptest::sample::select(vec![
        day("2026-11-29"),
        day("2026-11-30"),
        day("2026-12-24"),
    ]));
    (0..6_u8, (1..=3_u8).prop_map(PersonNumber), scopes, until).prop_map(|(kind, person, scopes, until)| match kind {
        0 => EventBody::AuthorityAsked {
            by_email: true,
            person,
            scopes,
            until,
            ask_by: None,
            answer_by: None,
        },
        1 | 2 => EventBody::AuthorityGiven {
            person,
            basis: Basis::Permission,
            by: ProofKind::Paper,
            scopes,
            until,
            own_device: false,
            status: None,
            due: None,
        },
        3 => EventBody::AuthorityChanged { person, scopes, until },
        4 => EventBody::AuthorityEnded { person, reason: None },
        _ => EventBody::PersonJoined {
            person,
            role: if person == TENANT_BEHIND {
                ActorRole::Resident
            } else {
                ActorRole::Representative
            },
            name: "Sam Example".into(),
            basis: None,
        },
    })
}

proptest! {
    /// In every order of events, a representative has only the scopes of the newest grant, and only until it ends. The sender of
    /// an undecided claim may also see and speak. The tenant always has every scope.
    #[test]
    fn nobody_has_more_than_was_given(happened in proptest::collection::vec(about_authority(), 0..12)) {
        let today = day("2026-11-30");
        let mut events = vec![EventBody::Submitted { due: None }];
        events.extend(happened.iter().cloned());
        let file = file(&for_another(), &events);
        for person in &file.people {
            if person.role == ActorRole::Resident {
                prop_assert_eq!(&person.authority, &Authority::Own);
                continue;
            }
            // A model independent of the code: the rights after the latest events.
            let mut held: Option<(Vec<Scope>, Option<Date>)> = None;
            let mut asked_only = true;
            let mut is_here = person.number == SENDER;
            for event in &happened {
                match event {
                    EventBody::PersonJoined { person: who, .. } if *who == person.number => is_here = true,
                    EventBody::AuthorityGiven { person: who, scopes, until, .. } if *who == person.number && is_here => {
                        held = Some((scopes.clone(), *until));
                        asked_only = false;
                    }
                    EventBody::AuthorityChanged { person: who, scopes, until } if *who == person.number && held.is_some() => {
                        held = Some((scopes.clone(), *until));
                    }
                    EventBody::AuthorityEnded { person: who, .. } if *who == person.number && is_here => {
                        held = None;
                        asked_only = false;
                    }
                    _ => {}
                }
            }
            for scope in Scope::ALL {
                let sent_it = person.number == SENDER && asked_only && matches!(scope, Scope::See | Scope::Speak);
                let given = held.as_ref().is_some_and(|(scopes, until)| {
                    scopes.contains(scope) && until.is_none_or(|until| today <= until)
                });
                prop_assert_eq!(person.has_scope(*scope, today), sent_it || given, "{:?} of {}", scope, person.number);
            }
        }
    }
}

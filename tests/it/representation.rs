//! Representation of a tenant: how the tenant gives or ends authority, and what that opens and closes.

mod asking_again;
mod handing_over;
mod mail;
mod own_device;
mod recorded;
mod table;

use crate::answers::{send_as_representative, send_complaint};
use crate::mail::{delivered, link};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, find_viewer, viewer,
};
use ::record::verification::VerificationResult;
use complaint::case::desk_task::DeskTaskKind;
use complaint::case::event::EventBody;
use complaint::case::person_number::{SENDER, TENANT_BEHIND};
use complaint::case::representation::{Basis, ProofKind, Rights, Scope};
use complaint::fields::iso_date;
use complaint::{Status, StepId, fields::form::Choice};
use contract::people::{AuthorityState, CasePeople, Missing};
use contract::{
    Receipt,
    desk::{DeskCase, DeskTask},
};
use rstest::rstest;
use service::access::sessions::{self, Session};
use service::access::token::Token;
use service::cases::desk::{self, Caller, DeskError};
use service::representation::handover;
use service::representation::request::{self, Decision, Outcome, RequestState};
use service::representation::{self, AnsweringBrowser, ConsentError};
use service::{Services, cases, record::verification};
use time::Duration;

const ROBIN: &str = "Robin Example";
const WREN: &str = "Wren Example";

async fn signed_in(services: &Services, reference: &str, code: &str) -> Session {
    let new = sessions::sign_in(services, reference, code).await.unwrap().expect("signed in");
    sessions::session(services, &new.token.to_string())
        .await
        .unwrap()
        .expect("a session")
}

async fn session_of(services: &Services, receipt: &Receipt) -> Session {
    signed_in(services, &receipt.reference, &receipt.access_code).await
}

/// Returns the token of the link in the newest message.
async fn newest_consent_token(world: &World) -> Token {
    let messages = delivered(&world.services, world.folder.path()).await;
    let path = link(messages.last().expect("a message"));
    Token::parse(path.strip_prefix("/consent/").expect("a link to a request")).expect("a token")
}

/// Agrees to everything on behalf of the tenant, by the link in the newest message. Returns the link's token.
async fn says_yes(world: &World) -> Token {
    let token = newest_consent_token(world).await;
    let yes = Decision::Agree(Rights::full());
    request::decide(&world.services, &token, yes, &AnsweringBrowser::default())
        .await
        .unwrap();
    token
}

fn some(scopes: &[Scope]) -> Rights {
    Rights {
        scopes: scopes.to_vec(),
        until: None,
    }
}

async fn at_desk(world: &World, receipt: &Receipt) -> DeskCase {
    let case = desk::case(&world.services, &Caller::at_command_line("ash"), &receipt.reference).await;
    case.unwrap().expect("a case")
}

async fn people(world: &World, session: &Session, receipt: &Receipt) -> CasePeople {
    let viewer = viewer(&world.services, session, &receipt.reference).await;
    representation::view(&world.services, &viewer).await.unwrap()
}

/// Returns whether the session sees the case; the list of cases must give the same answer.
async fn sees(services: &Services, session: &Session, reference: &str) -> bool {
    let seen = find_viewer(services, session, reference).await.is_some();
    let listed = cases::list(services, session).await.unwrap();
    assert_eq!(listed.iter().any(|line| line.reference == reference), seen);
    seen
}

/// Checks that every projection equals what the events add up to.
async fn assert_record_intact(world: &World) {
    let mut broken = 0;
    let all = verification::verify_all(&world.services, |finding| {
        broken += usize::from(!matches!(finding.verdict, VerificationResult::Intact { .. }));
    });
    assert!(all.await.unwrap() > 0 && broken == 0, "every projection must match the events");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_case_waits_for_authority_from_the_start_and_says_for_what(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    for (how, missing, events) in [
        ("ask_resident", Missing::Answer, 3),
        ("upload", Missing::Paper, 2),
        ("later", Missing::Paper, 2),
    ] {
        let (_, receipt) = send_as_representative(&world.services, how, ROBIN, WREN).await;
        assert_eq!(receipt.next.status, Status::AwaitingAuthority, "{how}");
        assert_eq!(
            receipt.next.due.map(iso_date::format).as_deref(),
            Some("2026-12-07"),
            "the tenant has 14 days to answer"
        );
        let people = people(&world, &session_of(&world.services, &receipt).await, &receipt).await;
        assert_eq!((people.missing, people.by), (Some(missing), receipt.next.due), "{how}");
        assert_eq!(at_desk(&world, &receipt).await.events.len(), events, "{how}");
    }
    let messages = delivered(&world.services, world.folder.path()).await;
    assert_eq!(messages.len(), 1, "only the tenant who is asked gets an email");
    assert!(
        messages[0].contains("Robin Example has asked us if they can act for you"),
        "{}",
        messages[0]
    );
    for telling in ["Wren", "complaint", "landlord", "4 Test"] {
        assert!(!messages[0].contains(telling), "{telling} in {}", messages[0]);
    }
    let (_, own) = send_complaint(&world.services).await;
    assert_eq!(own.next.status, Status::Received, "a resident's own case needs no authority");
    assert_record_intact(&world).await;
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_tenant_agrees_to_less_by_the_link_and_the_case_goes_on(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    let robin = session_of(services, &receipt).await;
    let token = newest_consent_token(&world).await;
    for _ in 0..3 {
        let Some(RequestState::Open(request)) = request::read_request(services, &token).await.unwrap() else {
            panic!("open")
        };
        assert_eq!((request.name.as_str(), request.tenant.as_str()), (ROBIN, WREN));
        assert_eq!(request.scopes, [Scope::See, Scope::Speak, Scope::Decide]);
    }
    let until = iso_date::parse("2026-12-24");
    // A scope that was not requested is not given, even if the tenant's answer names it.
    let chosen = Rights {
        scopes: vec![Scope::Speak, Scope::Letters],
        until,
    };
    world.clock.advance(Duration::days(1));
    request::decide(services, &token, Decision::Agree(chosen.clone()), &AnsweringBrowser::default())
        .await
        .unwrap();
    let robins = people(&world, &robin, &receipt).await;
    let sender = &robins.people[0];
    assert_eq!(
        (sender.state, sender.scopes.as_slice(), sender.until),
        (AuthorityState::Given, &[Scope::Speak][..], until)
    );
    let case = at_desk(&world, &receipt).await;
    assert_eq!(case.status, Status::Received);
    assert_eq!(
        case.due.map(iso_date::format).as_deref(),
        Some("2026-12-01"),
        "the due day is five working days after the answer"
    );
    let last = &case.events.last().unwrap().body;
    assert!(
        matches!(
            last,
            EventBody::AuthorityGiven {
                by: ProofKind::Link,
                own_device: false,
                ..
            }
        ),
        "{last:?}"
    );
    let again = request::decide(services, &token, Decision::Refuse, &AnsweringBrowser::default()).await;
    assert!(matches!(again, Err(ConsentError::Decided)), "a request can be decided only once");

    let way_in = request::grant_access(services, &token).await.unwrap();
    assert_eq!(
        request::grant_access(services, &token).await.unwrap(),
        way_in,
        "a repeated request returns the same access code"
    );
    let wren = signed_in(services, &way_in.reference, &way_in.access_code).await;
    let wrens = people(&world, &wren, &receipt).await;
    assert!(wrens.may_manage && wrens.me == TENANT_BEHIND && !robins.may_manage);
    assert!(sees(services, &robin, &receipt.reference).await);
    world.clock.advance(Duration::days(31));
    assert!(
        !sees(services, &new_session_of(services, &receipt).await, &receipt.reference).await,
        "the authority ends after its last day"
    );
    assert_record_intact(&world).await;
}

/// Signs the sender in again, because the earlier session may have expired.
async fn new_session_of(services: &Services, receipt: &Receipt) -> Session {
    session_of(services, receipt).await
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_a_tenant_ends_is_gone_at_once_in_open_sessions_too(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    let robin = session_of(services, &receipt).await;
    let token = newest_consent_token(&world).await;
    let yes = Decision::Agree(Rights::full());
    request::decide(services, &token, yes, &AnsweringBrowser::default()).await.unwrap();
    let way_in = request::grant_access(services, &token).await.unwrap();
    let wren = signed_in(services, &way_in.reference, &way_in.access_code).await;
    let reference = receipt.reference.as_str();

    // Both read what was sent. Only Robin sees Robin's own contact details.
    let read = async |session: &Session| cases::view(services, &viewer(services, session, reference).await).await.unwrap();
    let (hers, his) = (read(&wren).await, read(&robin).await);
    assert!(his.answers.has(StepId::Contact) && !hers.answers.has(StepId::Contact));
    assert!(hers.answers.has(StepId::WhatHappened) && !hers.answers.has(StepId::AskResident));
    let names: Vec<&str> = hers.people.iter().map(|person| &*person.name).collect();
    assert_eq!(names, [WREN, ROBIN]);

    // A representative cannot set their own rights, and cannot end the tenant's own right.
    let more = representation::set_rights(services, &viewer(services, &robin, reference).await, SENDER, Rights::full()).await;
    assert!(matches!(more, Err(ConsentError::NotAllowed)));
    assert!(matches!(
        representation::take_over(services, &viewer(services, &robin, reference).await).await,
        Err(ConsentError::NotAllowed)
    ));
    assert!(matches!(
        representation::end(services, &viewer(services, &robin, reference).await, TENANT_BEHIND).await,
        Err(ConsentError::NotAllowed)
    ));
    assert!(matches!(
        representation::end(services, &viewer(services, &wren, reference).await, TENANT_BEHIND).await,
        Err(ConsentError::NotAllowed)
    ));

    representation::set_rights(services, &viewer(services, &wren, reference).await, SENDER, some(&[Scope::See]))
        .await
        .unwrap();
    assert_eq!(people(&world, &robin, &receipt).await.people[0].scopes, [Scope::See]);
    representation::set_rights(services, &viewer(services, &wren, reference).await, SENDER, some(&[Scope::See]))
        .await
        .unwrap();
    let none = representation::set_rights(services, &viewer(services, &wren, reference).await, SENDER, some(&[])).await;
    assert!(matches!(none, Err(ConsentError::Wrong(_))));

    representation::end(services, &viewer(services, &wren, reference).await, SENDER)
        .await
        .unwrap();
    assert!(!sees(services, &robin, reference).await, "an open session loses its access");
    let back = sessions::sign_in(services, reference, &receipt.access_code).await.unwrap();
    assert!(back.is_none(), "the access code works no more");
    assert!(sees(services, &wren, reference).await);
    let kinds: Vec<String> = at_desk(&world, &receipt)
        .await
        .events
        .iter()
        .map(|e| e.body.kind().to_owned())
        .collect();
    let expected = [
        "submitted",
        "status_changed",
        "authority_asked",
        "authority_given",
        "person_joined",
        "authority_changed",
        "authority_ended",
    ];
    assert_eq!(kinds, expected, "a repeated decision adds no event");

    representation::set_rights(services, &viewer(services, &wren, reference).await, SENDER, some(&[Scope::Speak]))
        .await
        .unwrap();
    assert!(
        sees(services, &session_of(services, &receipt).await, reference).await,
        "the tenant gave the authority again"
    );
    assert_record_intact(&world).await;
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_no_ends_it_and_taking_over_moves_the_case_on(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    for decision in [Decision::Refuse, Decision::TakeOver] {
        world.clock.advance(Duration::minutes(1));
        let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
        let robin = session_of(services, &receipt).await;
        let token = newest_consent_token(&world).await;
        request::decide(services, &token, decision.clone(), &AnsweringBrowser::default())
            .await
            .unwrap();
        assert!(!sees(services, &robin, &receipt.reference).await);
        let case = at_desk(&world, &receipt).await;
        let taken = decision == Decision::TakeOver;
        let status = if taken { Status::Received } else { Status::AwaitingAuthority };
        assert_eq!(case.status, status);
        // After a refusal no recipient is left on the case, so the organisation has a task. A tenant who takes over is about
        // to sign in.
        let alone = |task: &DeskTask| task.task == DeskTaskKind::NotTold && task.person == Some(TENANT_BEHIND);
        assert_eq!(case.tasks.iter().any(alone), !taken, "{:?}", case.tasks);
        let Some(RequestState::Answered { outcome, may_come_in }) = request::read_request(services, &token).await.unwrap() else {
            panic!("answered");
        };
        assert_eq!((outcome == Outcome::TakenOver, may_come_in), (taken, taken));
        assert_eq!(request::grant_access(services, &token).await.is_ok(), taken);
    }
    assert_record_intact(&world).await;
}

/// The organisation's finding: what a document or a word on the phone has shown.
fn found(by: ProofKind, code: Option<String>) -> representation::desk::EstablishedAuthority {
    representation::desk::EstablishedAuthority {
        person: SENDER,
        basis: if by == ProofKind::Paper {
            Basis::Attorney
        } else {
            Basis::Permission
        },
        by,
        scopes: vec![Scope::Decide],
        until: None,
        code,
    }
}

/// One representative has a case for each of two tenants. No call of one case shows anything of the other.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn walls_stand_between_the_cases_of_one_representative(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, first) = send_as_representative(services, "later", ROBIN, WREN).await;
    let (_, second) = send_as_representative(services, "later", ROBIN, "Sam Example").await;
    let sessions = [session_of(services, &first).await, session_of(services, &second).await];
    for (session, own, other) in [(&sessions[0], &first, &second), (&sessions[1], &second, &first)] {
        assert!(sees(services, session, &own.reference).await);
        assert!(!sees(services, session, &other.reference).await);
        let view = cases::view(services, &viewer(services, session, &own.reference).await)
            .await
            .unwrap();
        let names: Vec<&str> = view.people.iter().map(|person| person.name.as_str()).collect();
        let wrens = own.reference == first.reference;
        assert_eq!(names, [if wrens { WREN } else { "Sam Example" }, ROBIN]);
    }
    assert_eq!(Scope::ALL.len(), 4);
}

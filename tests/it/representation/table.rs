//! The table of authority through every interface, how a tenant gets access, and what happens when a wait ends.

use ::record::clock::Clock;
use ::record::{entropy::SeededEntropy, store::Store};
use complaint::case::contact_plan::{ContactMethod, ContactPlan};
use complaint::case::event::EventBody;
use complaint::case::person_number::{PersonNumber, SENDER, TENANT_BEHIND};
use complaint::case::recordable_event::RecordableEvent;
use complaint::case::representation::Connection;
use complaint::case::representation::{AuthorityState, Wait, authority_state, rule};
use complaint::case::state::CaseProjection;
use complaint::case::status::Actor;
use evidence::Scanner;
use proptest::prelude::*;
use service::{
    Dependencies as Parts, Secret, Settings,
    cases::{complaint_clock, submission},
    drafts,
    record::{housekeeping, log_keys::LogKeys},
};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use time::OffsetDateTime;

use super::*;
use crate::answers::{RESIDENT, key, representative_answers, save};
use crate::world::START;

/// Sends a complaint by Robin for Wren, with these answers in place of the usual ones.
async fn sent_with(services: &Services, how: &str, changed: &[(StepId, &str)]) -> Receipt {
    let token = drafts::create(services).await.unwrap().token;
    let mut answers = representative_answers(how, ROBIN, WREN);
    let own = |step: &StepId| changed.iter().find(|(there, _)| there == step);
    for (step, json) in &mut answers {
        if let Some((_, new)) = own(step) {
            (*new).clone_into(json);
        }
    }
    let at = answers.iter().position(|(step, _)| *step == StepId::RepresentativeWhy).unwrap() + 1;
    for (step, json) in changed.iter().rev() {
        if answers.iter().all(|(there, _)| there != step) {
            answers.insert(at, (*step, (*json).to_owned()));
        }
    }
    if changed
        .iter()
        .any(|(_, json)| json.contains("died") || json.contains("no_capacity"))
    {
        answers.retain(|(step, _)| *step != StepId::AuthorityScope);
    }
    for (step, json) in &answers {
        save(services, &token, *step, json).await;
    }
    for (step, json) in RESIDENT {
        if answers.iter().all(|(there, _)| *there != step) {
            save(services, &token, step, json).await;
        }
    }
    submission::submit(services, &token, &key("first")).await.unwrap()
}

const DIED: [(StepId, &str); 2] = [
    (StepId::RepresentativeWhy, r#"{"why":"died"}"#),
    (StepId::EstateBasis, r#"{"basis":"executor"}"#),
];
const NO_CAPACITY: [(StepId, &str); 2] = [
    (StepId::RepresentativeWhy, r#"{"why":"no_capacity"}"#),
    (StepId::CapacityBasis, r#"{"basis":"attorney"}"#),
];
const COUNCILLOR: [(StepId, &str); 1] = [(StepId::RepresentativeWhy, r#"{"why":"councillor"}"#)];

fn paper(basis: Basis) -> representation::desk::EstablishedAuthority {
    representation::desk::EstablishedAuthority {
        basis,
        ..found(ProofKind::Paper, None)
    }
}

fn wrong(refused: Result<contract::desk::DeskEvent, DeskError>) -> String {
    match refused {
        Err(DeskError::Invalid(errors)) => errors[0].code.to_string(),
        other => panic!("{other:?}"),
    }
}

fn tasks(case: &DeskCase) -> Vec<(DeskTaskKind, Option<String>)> {
    // Robin has no safe contact method, so there are tasks to notify Robin, which these tests are not about.
    let others = case.tasks.iter().filter(|task| task.task != DeskTaskKind::NotTold);
    others.map(|task| (task.task, task.due.map(iso_date::format))).collect()
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_tenant_who_cannot_agree_is_asked_by_no_door(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let desk = Caller::at_command_line("ash");
    for (why, document, scopes) in [
        (&DIED[..], Basis::Executor, vec![Scope::Decide]),
        (&NO_CAPACITY[..], Basis::Attorney, vec![Scope::Decide]),
        (&COUNCILLOR[..], Basis::Councillor, vec![Scope::Speak]),
    ] {
        world.clock.advance(Duration::minutes(1));
        let receipt = sent_with(services, "later", why).await;
        assert_eq!(receipt.claim.as_ref().unwrap().wait, Wait::Document, "{why:?}");
        assert_eq!(receipt.next.who_acts, Actor::You);
        let reference = receipt.reference.as_str();
        let robin = session_of(services, &receipt).await;
        let robins = people(&world, &robin, &receipt).await;
        assert!(!robins.may_ask && robins.may_add_paper, "{why:?}");
        for typed in ["", "wren@example.org"] {
            let asked = representation::ask_again(services, &viewer(services, &robin, reference).await, typed).await;
            assert!(matches!(asked, Err(ConsentError::NotAllowed)), "{why:?}");
        }
        let code = representation::desk::make_code(services, &desk, reference, SENDER).await;
        assert!(matches!(code, Err(DeskError::Invalid(_))), "{why:?}");
        let phone = representation::desk::EstablishedAuthority {
            basis: document,
            ..found(ProofKind::Phone, Some("7K3-M92-QFM".to_owned()))
        };
        assert_eq!(
            wrong(representation::desk::give(services, &desk, reference, &phone, None).await),
            "authority_way_closed"
        );
        if document == Basis::Councillor {
            let decides = representation::desk::give(services, &desk, reference, &paper(document), None).await;
            assert_eq!(wrong(decides), "authority_scope_closed");
        } else {
            let permission = representation::desk::give(services, &desk, reference, &paper(Basis::Permission), None).await;
            assert_eq!(wrong(permission), "authority_basis_closed");
        }
        let shown = representation::desk::EstablishedAuthority { scopes, ..paper(document) };
        representation::desk::give(services, &desk, reference, &shown, None).await.unwrap();
        assert_eq!(at_desk(&world, &receipt).await.status, Status::Received);
        let way_in = desk::new_code(services, &desk, reference, TENANT_BEHIND).await;
        assert_eq!(
            way_in.is_err(),
            document == Basis::Executor,
            "no access code is made for a tenant who has died"
        );
    }
    assert!(delivered(services, world.folder.path()).await.is_empty());
    assert_record_intact(&world).await;
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_link_that_was_made_before_the_tenant_was_known_to_have_died_opens_nothing(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let desk = Caller::at_command_line("ash");
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    let reference = receipt.reference.as_str();
    let robin = session_of(services, &receipt).await;
    let yes = says_yes(&world).await;
    let code = handover::make_code(services, &viewer(services, &robin, reference).await, Rights::full())
        .await
        .unwrap();
    world.clock.advance(Duration::minutes(1));
    let name = "Sam Example";
    let joined = handover::join(services, &code.code, name, Some(Connection::Adviser), None)
        .await
        .unwrap();
    assert_eq!(joined.wait, Some(Wait::Link));
    let link = newest_consent_token(&world).await;
    assert!(request::read_request(services, &link).await.unwrap().is_some());
    representation::desk::give(services, &desk, reference, &paper(Basis::Executor), None)
        .await
        .unwrap();
    assert_eq!(request::read_request(services, &link).await.unwrap(), None);
    for decision in [Decision::Agree(Rights::full()), Decision::Refuse, Decision::TakeOver] {
        let late = request::decide(services, &link, decision, &AnsweringBrowser::default()).await;
        assert!(matches!(late, Err(ConsentError::NotFound)), "{late:?}");
    }
    let late = request::grant_access(services, &yes).await;
    assert!(
        matches!(late, Err(ConsentError::NotFound)),
        "an earlier consent gives no access to a tenant who has died"
    );
    assert_eq!(tasks(&at_desk(&world, &receipt).await), [(DeskTaskKind::AskForDocument, None)]);
    assert_record_intact(&world).await;
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_tenant_who_agreed_by_phone_gets_into_their_own_case(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let desk = Caller::at_command_line("ash");
    let phone_only = [(StepId::AskResident, r#"{"phone":"07700 900123"}"#)];
    let receipt = sent_with(services, "ask_resident", &phone_only).await;
    let reference = receipt.reference.as_str();
    let claim = receipt.claim.clone().unwrap();
    assert_eq!(
        (claim.wait, claim.who_acts, receipt.next.who_acts),
        (Wait::AskedByOrganisation, Actor::Us, Actor::Us)
    );
    let case = at_desk(&world, &receipt).await;
    let monday = Some("2026-11-30".to_owned());
    assert_eq!(
        tasks(&case),
        [(DeskTaskKind::AskTenant, monday)],
        "the desk has five working days to ring"
    );
    assert_eq!(case.who_acts, Actor::Us);

    let made = representation::desk::make_code(services, &desk, reference, SENDER).await.unwrap();
    let said = found(ProofKind::Phone, Some(made.code.as_str().to_owned()));
    let more = representation::desk::EstablishedAuthority {
        scopes: vec![Scope::Letters],
        ..said.clone()
    };
    assert_eq!(
        wrong(representation::desk::give(services, &desk, reference, &more, None).await),
        "authority_scope_closed"
    );
    representation::desk::give(services, &desk, reference, &said, None).await.unwrap();
    let wrens = ContactPlan {
        email: Some("wren@example.org".into()),
        email_safe: true,
        way: Some(ContactMethod::Email),
        ..ContactPlan::default()
    };
    let says = |person, contact: &ContactPlan| RecordableEvent::ContactChanged {
        person,
        contact: contact.clone(),
    };
    let sender = desk::add_event(services, &desk, reference, says(SENDER, &wrens), None).await;
    assert_eq!(
        wrong(sender),
        "person_not_tenant",
        "the desk may set the contact plan of the tenant only"
    );
    let broken = ContactPlan {
        email: Some("wren".into()),
        ..ContactPlan::default()
    };
    let refused = desk::add_event(services, &desk, reference, says(TENANT_BEHIND, &broken), None).await;
    assert_eq!(wrong(refused), "email_not_plausible");
    desk::add_event(services, &desk, reference, says(TENANT_BEHIND, &wrens), None)
        .await
        .unwrap();
    let code = desk::new_code(services, &desk, reference, TENANT_BEHIND).await.unwrap();
    let wren = signed_in(services, reference, &code.access_code).await;
    let seen = people(&world, &wren, &receipt).await;
    assert!(seen.may_manage && seen.me == TENANT_BEHIND && seen.people[1].is_here);
    let again = desk::new_code(services, &desk, reference, TENANT_BEHIND).await.unwrap();
    assert!(sessions::sign_in(services, reference, &code.access_code).await.unwrap().is_none());
    let wren = signed_in(services, reference, &again.access_code).await;
    let message = RecordableEvent::MessageSent {
        message: "We looked at it.".into(),
    };
    desk::add_event(services, &desk, reference, message, None).await.unwrap();
    assert_eq!(
        delivered(services, world.folder.path()).await.len(),
        1,
        "the tenant is notified by her safe contact method"
    );
    representation::end(services, &viewer(services, &wren, reference).await, SENDER)
        .await
        .unwrap();
    assert!(matches!(
        desk::new_code(services, &desk, reference, PersonNumber(3)).await,
        Err(DeskError::NotFound)
    ));
    assert_record_intact(&world).await;
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_wait_that_runs_out_is_told_and_is_a_task_once(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let phone_only = [(StepId::AskResident, r#"{"phone":"07700 900123"}"#)];
    let by_phone = sent_with(services, "ask_resident", &phone_only).await;
    world.clock.advance(Duration::minutes(1));
    let (_, later) = send_as_representative(services, "later", ROBIN, WREN).await;
    world.clock.advance(Duration::days(14));
    assert_eq!(
        housekeeping::clean_up(services).await.unwrap().waits,
        0,
        "the last day of the wait is not over"
    );
    world.clock.advance(Duration::days(1));
    let (one, other) = tokio::join!(housekeeping::clean_up(services), housekeeping::clean_up(services));
    assert_eq!(one.unwrap().waits + other.unwrap().waits, 2);
    assert_eq!(housekeeping::clean_up(services).await.unwrap().waits, 0, "once");
    for receipt in [&by_phone, &later] {
        let case = at_desk(&world, receipt).await;
        let due = Some("2026-12-15".to_owned());
        assert_eq!(tasks(&case), [(DeskTaskKind::AuthorityRunOut, due.clone())]);
        assert_eq!((case.who_acts, case.due.map(iso_date::format)), (Actor::Us, due));
        let robin = session_of(services, receipt).await;
        let view = cases::view(services, &viewer(services, &robin, &receipt.reference).await)
            .await
            .unwrap();
        assert_eq!((view.claims[0].wait, view.who_acts), (Wait::Expired, Actor::Us));
        let state = people(&world, &robin, receipt).await.people[0].state;
        assert_eq!(state, AuthorityState::Unanswered);
        // After a new request the case waits again.
        representation::ask_again(services, &viewer(services, &robin, &receipt.reference).await, "wren@example.org")
            .await
            .unwrap();
        let view = cases::view(services, &viewer(services, &robin, &receipt.reference).await)
            .await
            .unwrap();
        assert_eq!((view.claims[0].wait, view.who_acts), (Wait::Link, Actor::Resident));
        assert!(tasks(&at_desk(&world, receipt).await).is_empty());
    }
    assert_record_intact(&world).await;
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn after_a_no_the_tenant_acts_or_the_desk_does(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let desk = Caller::at_command_line("ash");
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    let reference = receipt.reference.as_str();
    let token = newest_consent_token(&world).await;
    request::decide(services, &token, Decision::Refuse, &AnsweringBrowser::default())
        .await
        .unwrap();
    let case = at_desk(&world, &receipt).await;
    assert!(
        tasks(&case).iter().any(|(task, _)| *task == DeskTaskKind::NobodyActs),
        "{:?}",
        case.tasks
    );
    assert_eq!(case.who_acts, Actor::Us);
    let listed = desk::list(services, &desk, desk::Filter::default()).await.unwrap();
    assert_eq!(listed.cases[0].who_acts, Actor::Us, "the list of cases must agree with the case");
    let code = desk::new_code(services, &desk, reference, TENANT_BEHIND).await.unwrap();
    let wren = signed_in(services, reference, &code.access_code).await;
    let view = cases::view(services, &viewer(services, &wren, reference).await).await.unwrap();
    assert_eq!((view.who_acts, view.claims.len()), (Actor::You, 0));
    let case = at_desk(&world, &receipt).await;
    assert!(
        !tasks(&case).iter().any(|(task, _)| *task == DeskTaskKind::NobodyActs),
        "{:?}",
        case.tasks
    );
    assert_eq!(people(&world, &wren, &receipt).await.people[0].state, AuthorityState::Refused);
    representation::take_over(services, &viewer(services, &wren, reference).await)
        .await
        .unwrap();
    assert_eq!(at_desk(&world, &receipt).await.status, Status::Received);
    assert_record_intact(&world).await;
}

/// A clock that advances each time it is read, as a real clock does.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> OffsetDateTime {
        START + Duration::milliseconds(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

#[tokio::test]
async fn a_receipt_promises_nothing_that_waits_for_permission_while_time_goes_on() {
    let world = World::new(Sqlite).await.expect("tests on SQLite always run");
    let parts = Parts {
        store: Store::connect_with(&world.url, std::time::Duration::from_secs(20)).await.unwrap(),
        files: world.services.files().clone(),
        confined: world.services.sandbox().clone(),
        scanner: Scanner::NotConfigured,
        clock: Arc::new(Ticking(AtomicI64::new(0))),
        entropy: Arc::new(SeededEntropy::new(5)),
        secret: Secret::new([9; 32]),
        log_keys: LogKeys::new(&[8; 32], "2026-11-01T00:00:00.000000Z"),
    };
    let services = Services::new(parts, Settings::default()).unwrap();
    let (token, receipt) = send_as_representative(&services, "ask_resident", ROBIN, WREN).await;
    assert_eq!(receipt.next.status, Status::AwaitingAuthority);
    let claim = receipt.claim.expect("what it waits for");
    assert_eq!((claim.wait, claim.who_acts), (Wait::Link, Actor::Resident));
    let contact = iso_date::parse("2026-11-30").unwrap();
    let days = complaint_clock::days_ahead(&services, &token)
        .await
        .unwrap()
        .expect("the days of what was sent");
    assert!(
        days.iter().all(|day| day.date != contact),
        "the calendar has no contact day while the case waits"
    );
}

/// Rebuilds the case from its first `count` events, as the desk sees them.
fn before(case: &DeskCase, count: usize) -> CaseProjection {
    let bodies = case.events[..count].iter().map(|event| (event.n, &event.body));
    CaseProjection::replay(&case.answers, bodies).expect("the first event is the submission")
}

/// Runs random actions, each by a party that can take it, and checks the case after each.
async fn run(why: &[(StepId, &str)], acts: &[u8]) {
    let world = World::new(Sqlite).await.expect("tests on SQLite always run");
    let (services, desk) = (&world.services, Caller::at_command_line("ash"));
    let how = if why.is_empty() { "ask_resident" } else { "later" };
    let receipt = sent_with(services, how, why).await;
    let reference = receipt.reference.as_str();
    let robin_token = sessions::sign_in(services, reference, &receipt.access_code).await.unwrap().unwrap();
    let mut wren: Option<String> = None;
    let session = async |token: &str| match sessions::session(services, token).await.unwrap() {
        Some(session) => find_viewer(services, &session, reference).await,
        None => None,
    };
    let mut links: Vec<Token> = Vec::new();
    for act in acts {
        let robin = session(&robin_token.token.to_string()).await;
        let tenant = match &wren {
            Some(token) => session(token).await,
            None => None,
        };
        for message in delivered(services, world.folder.path()).await {
            if message.contains("/consent/") {
                let link = link(&message);
                links.extend(link.strip_prefix("/consent/").and_then(Token::parse));
            }
        }
        let newest = links.last().cloned();
        match (act, robin, tenant) {
            (0, Some(robin), _) => drop(representation::ask_again(services, &robin, "wren@example.org").await),
            (1, Some(robin), _) => drop(representation::end(services, &robin, SENDER).await),
            (2..=4, ..) => {
                if let Some(link) = newest {
                    let decision = match act {
                        2 => Decision::Agree(Rights::full()),
                        3 => Decision::Refuse,
                        _ => Decision::TakeOver,
                    };
                    drop(request::decide(services, &link, decision, &AnsweringBrowser::default()).await);
                }
            }
            (5, ..) => {
                if let Ok(made) = representation::desk::make_code(services, &desk, reference, SENDER).await {
                    let said = found(ProofKind::Phone, Some(made.code.as_str().to_owned()));
                    drop(representation::desk::give(services, &desk, reference, &said, None).await);
                }
            }
            (6..=8, ..) => {
                let basis = [Basis::Permission, Basis::Executor, Basis::Deputy][usize::from(act - 6)];
                drop(representation::desk::give(services, &desk, reference, &paper(basis), None).await);
            }
            (9, ..) => drop(representation::desk::end(services, &desk, reference, SENDER, "", None).await),
            (10, ..) => {
                if let Ok(code) = desk::new_code(services, &desk, reference, TENANT_BEHIND).await {
                    let new = sessions::sign_in(services, reference, &code.access_code).await.unwrap();
                    wren = new.map(|new| new.token.to_string());
                }
            }
            (11, _, Some(wren)) => drop(representation::set_rights(services, &wren, SENDER, Rights::full()).await),
            (12, _, Some(wren)) => drop(representation::end(services, &wren, SENDER).await),
            (13, _, Some(wren)) => drop(representation::take_over(services, &wren).await),
            (14, Some(robin), _) => {
                if let Ok(made) = handover::make_code(services, &robin, Rights::full()).await {
                    drop(handover::join(services, &made.code, "Sam Example", Some(Connection::Adviser), None).await);
                }
            }
            (15, ..) => world.clock.advance(Duration::days(8)),
            _ => {}
        }
        housekeeping::clean_up(services).await.unwrap();
        check(&world, &receipt).await;
    }
}

async fn check(world: &World, receipt: &Receipt) {
    let case = at_desk(world, receipt).await;
    let today = world.services.today();
    for (place, event) in case.events.iter().enumerate() {
        let file = before(&case, place.max(1));
        match &event.body {
            EventBody::AuthorityGiven { basis, by, .. } => {
                let open = rule(file.tenant_state(), *basis).is_some_and(|rule| rule.allows(*by));
                assert!(open, "authority was given in a way that the table forbids: {event:?}");
            }
            EventBody::AuthorityAsked { person, .. } => {
                let rule = file.person(*person).and_then(|person| file.rule_for(person));
                assert!(
                    rule.is_some_and(complaint::case::representation::AuthorityRule::tenant_can_be_asked),
                    "a tenant was asked whom the table forbids to ask: {event:?}"
                );
            }
            _ => {}
        }
    }
    let file = before(&case, case.events.len());
    let waits = matches!(case.status, Status::AwaitingAuthority | Status::AwaitingResident);
    match case.who_acts {
        Actor::You => {
            let here = file.people.iter().any(|person| person.has_scope(Scope::See, today));
            let link = case
                .claims
                .iter()
                .any(|claim| claim.wait == Wait::Link && claim.by.is_some_and(|by| by >= today));
            assert!(here || link, "the person who acts next must have access: {case:?}");
        }
        Actor::Us if waits => assert!(!case.tasks.is_empty(), "the organisation acts next and must have a task: {case:?}"),
        _ => {}
    }
    if !file.people.iter().any(|person| person.has_scope(Scope::See, today)) {
        let link = case.claims.iter().any(|claim| claim.wait == Wait::Link);
        assert!(
            link || !case.tasks.is_empty(),
            "a case on which no person can act must have a task: {case:?}"
        );
    }
    assert!(
        file.people
            .iter()
            .all(|person| authority_state(person, today) != AuthorityState::Tenant || person.number == TENANT_BEHIND)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..ProptestConfig::default() })]

    /// All parties act in any order while time passes. No action gets past the table, and on every case the next actor has
    /// access or a task.
    #[test]
    fn no_party_gets_past_the_table_and_no_case_goes_silent(
        why in prop::sample::select(vec![&[][..], &DIED[..], &NO_CAPACITY[..], &COUNCILLOR[..]]),
        acts in prop::collection::vec(0_u8..16, 1..9),
    ) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(run(why, &acts));
    }
}

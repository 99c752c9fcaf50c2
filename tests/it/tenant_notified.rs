//! Notifying the tenant of what a representative does, and how the task ends when the tenant cannot be notified.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use complaint::case::actions::CaseAction;
use complaint::case::desk_task::DeskTaskKind;
use complaint::case::event::LearnedBy;
use complaint::case::person_number::{PersonNumber, SENDER, TENANT_BEHIND};
use complaint::case::recordable_event::RecordableEvent;
use complaint::case::representation::{Basis, ProofKind, Rights, Scope};
use complaint::fields::form::Choice;
use complaint::questionnaire::question::Purpose;
use rstest::rstest;
use service::access::sessions::{self, Session};
use service::cases::actions;
use service::cases::desk::{self, Caller, DeskError};
use service::cases::news;
use service::files::{Incoming, add_file};
use service::representation;
use service::{Services, cases};
use time::Duration;

use crate::answers::send_as_representative;
use crate::mail::delivered;
use crate::pages::phone::Portal;
use crate::representatives::{RepresentedCase, representative};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, viewer,
};

async fn session(services: &Services, token: &str) -> Session {
    sessions::session(services, token).await.unwrap().expect("a session")
}

async fn does(services: &Services, who: &Session, at: &str, act: CaseAction) {
    actions::perform(services, &viewer(services, who, at).await, &act, None)
        .await
        .unwrap();
}

fn message() -> CaseAction {
    CaseAction::Message {
        message: "I am the adviser.".into(),
        files: Vec::new(),
    }
}

/// Returns the people for whom the case has a `not_told` task.
async fn not_told(services: &Services, at: &str) -> Vec<Option<PersonNumber>> {
    let case = desk::case(services, &Caller::at_command_line("ash"), at).await.unwrap().unwrap();
    let tasks = case.tasks.into_iter().filter(|task| task.task == DeskTaskKind::NotTold);
    tasks.map(|task| task.person).collect()
}

async fn says(services: &Services, at: &str, event: RecordableEvent) -> Result<(), DeskError> {
    desk::add_event(services, &Caller::at_command_line("ash"), at, event, None)
        .await
        .map(|_| ())
}

/// Gives the tenant a safe contact method, as the page for it does in the end.
async fn reaches(services: &Services, wren: &Session, at: &str) {
    use complaint::Fields;
    use complaint::case::contact_plan::wanted;
    let fields = [
        ("email", "wren@example.org"),
        ("email_safe", "yes"),
        ("post_safe", "no"),
        ("way", "email"),
    ];
    let fields = Fields(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    let wanted = wanted::check(&fields, services.today()).unwrap();
    let language = text::Language::default();
    service::cases::contact::save(services, &viewer(services, wren, at).await, &wanted, None, language)
        .await
        .unwrap();
    let case = desk::case(services, &Caller::at_command_line("ash"), at).await.unwrap().unwrap();
    let tenant = case.people.iter().find(|person| person.person == TENANT_BEHIND).unwrap();
    if let Some(waiting) = &tenant.waiting {
        let change = waiting.change;
        says(
            services,
            at,
            RecordableEvent::ContactChangeConfirmed {
                person: TENANT_BEHIND,
                change,
            },
        )
        .await
        .unwrap();
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_tenant_is_told_of_each_act_of_a_representative(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let (services, folder) = (&world.services, world.folder.path());
    let made = representative(&world, "Wren Example", Some(Rights::full()), false).await;
    let at = made.reference.as_str();
    let robin = session(services, &made.representative_session).await;
    let wren = session(services, made.tenant.as_deref().unwrap()).await;
    reaches(services, &wren, at).await;
    let to_wren = async || {
        world.clock.advance(Duration::minutes(11));
        let all = delivered(services, folder).await.into_iter();
        all.filter(|letter| letter.contains("To: wren@example.org") && letter.contains("/sign-in"))
            .count()
    };
    let mut before = to_wren().await;
    let file = Incoming {
        filename: "letter.txt".into(),
        purpose: Purpose::Evidence,
        declared_len: None,
    };
    let stream = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"Dear tenant"))]);
    add_file(services, &viewer(services, &robin, at).await, file, stream).await.unwrap();
    let now = to_wren().await;
    assert_eq!(now, before + 1, "the tenant is notified of a file");
    before = now;
    for act in [
        message(),
        CaseAction::Withdraw { reason: String::new() },
        CaseAction::UndoWithdrawal,
    ] {
        let kind = act.kind();
        does(services, &robin, at, act).await;
        let now = to_wren().await;
        assert_eq!(now, before + 1, "{kind:?}");
        before = now;
    }
    does(services, &wren, at, message()).await;
    assert_eq!(to_wren().await, before, "an own action causes no notification");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_is_decided_for_a_tenant_without_a_way_in_is_a_task_until_they_know(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_as_representative(services, "later", "Robin Example", "Wren Example").await;
    let at = receipt.reference.as_str();
    let paper = representation::desk::EstablishedAuthority {
        person: SENDER,
        basis: Basis::Permission,
        by: ProofKind::Paper,
        scopes: Scope::ALL.to_vec(),
        until: None,
        code: None,
    };
    representation::desk::give(services, &Caller::at_command_line("ash"), at, &paper, None)
        .await
        .unwrap();
    let new = sessions::sign_in(services, at, &receipt.access_code).await.unwrap().unwrap();
    let robin = session(services, &new.token.to_string()).await;
    does(services, &robin, at, message()).await;
    assert_eq!(not_told(services, at).await, [], "a message of the representative needs no task");
    does(services, &robin, at, CaseAction::Withdraw { reason: String::new() }).await;
    assert_eq!(not_told(services, at).await, [Some(TENANT_BEHIND)]);
    // Actions of other people do not end the task.
    does(services, &robin, at, message()).await;
    cases::view(services, &viewer(services, &robin, at).await).await.unwrap();
    assert_eq!(not_told(services, at).await, [Some(TENANT_BEHIND)]);

    let told = |person, how| RecordableEvent::InformedOtherwise {
        person,
        how,
        note: Some("Rang at noon.".into()),
    };
    for (person, how) in [(TENANT_BEHIND, LearnedBy::Portal), (PersonNumber(9), LearnedBy::Phone)] {
        assert!(matches!(says(services, at, told(person, how)).await, Err(DeskError::Invalid(_))));
    }
    says(services, at, told(SENDER, LearnedBy::Phone)).await.unwrap();
    assert_eq!(
        not_told(services, at).await,
        [Some(TENANT_BEHIND)],
        "notifying another person does not end the task"
    );
    says(services, at, told(TENANT_BEHIND, LearnedBy::Phone)).await.unwrap();
    assert_eq!(not_told(services, at).await, []);
    let timeline = cases::details(services, &viewer(services, &robin, at).await)
        .await
        .unwrap()
        .timeline;
    assert!(timeline.entries.iter().all(|entry| entry.kind != "told_by_other_way"));
    does(services, &robin, at, CaseAction::UndoWithdrawal).await;
    assert_eq!(not_told(services, at).await, [Some(TENANT_BEHIND)], "a new action makes a new task");
}

/// Makes a case on which Wren, who has no safe contact method, could not be notified of two actions.
async fn case_with_task(world: &World) -> RepresentedCase {
    let services = &world.services;
    let made = representative(world, "Wren Example", Some(Rights::full()), false).await;
    let at = made.reference.as_str();
    let robin = session(services, &made.representative_session).await;
    does(services, &robin, at, message()).await;
    world.clock.advance(Duration::minutes(11));
    delivered(services, world.folder.path()).await;
    assert!(not_told(services, at).await.contains(&Some(TENANT_BEHIND)));
    does(services, &robin, at, CaseAction::Withdraw { reason: String::new() }).await;
    assert!(not_told(services, at).await.contains(&Some(TENANT_BEHIND)));
    made
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_task_ends_when_the_person_reads_the_case_and_not_when_another_writes(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let made = case_with_task(&world).await;
    let at = made.reference.as_str();
    let wren = session(services, made.tenant.as_deref().unwrap()).await;
    news::version(services, &viewer(services, &wren, at).await).await.unwrap();
    assert!(not_told(services, at).await.contains(&Some(TENANT_BEHIND)));

    for _ in 0..2 {
        cases::view(services, &viewer(services, &wren, at).await).await.unwrap();
    }
    assert!(!not_told(services, at).await.contains(&Some(TENANT_BEHIND)));
    let case = desk::case(services, &Caller::at_command_line("ash"), at).await.unwrap().unwrap();
    let noted = case.events.iter().filter(|event| event.body.kind() == "told_by_other_way");
    assert_eq!(noted.count(), 1, "the reading must be recorded once");
}

/// An open page of a case asks for itself when there is news. No one may be looking at it then.
#[tokio::test]
async fn a_page_that_a_script_asks_for_in_the_background_is_not_read() {
    let portal = Portal::new().await;
    let made = case_with_task(&portal.world).await;
    let services = &portal.world.services;
    let page = format!("/cases/{}", made.reference);
    let mut phone = portal.phone();
    phone.cookies.insert("session".into(), made.tenant.unwrap());
    let request = Request::get(&page).header("x-in-background", "1");
    assert_eq!(phone.send(request, Body::empty()).await.status, StatusCode::OK);
    assert!(not_told(services, &made.reference).await.contains(&Some(TENANT_BEHIND)));
    assert_eq!(phone.get(&page).await.status, StatusCode::OK);
    assert!(!not_told(services, &made.reference).await.contains(&Some(TENANT_BEHIND)));
}

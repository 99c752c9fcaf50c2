use crate::answers::{save, send_complaint};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, find_viewer, viewer,
};
use complaint::{Actor, Status, StepId, case::event::ActorRole, case::recordable_event::RecordableEvent};
use rstest::rstest;
use service::{
    access::sessions,
    cases::{
        self,
        desk::{self, Caller},
        submission,
    },
};
use time::Duration;

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_code_on_the_receipt_opens_the_case_however_it_is_typed(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_complaint(services).await;
    let sloppy = |s: &str| s.to_lowercase().replace('0', "o").replace('1', "l").replace('-', "  ");
    let session = sessions::sign_in(services, &sloppy(&receipt.reference), &sloppy(&receipt.access_code))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(session.reference, receipt.reference);
    let token = session.token.to_string();
    let session = sessions::session(services, &token).await.unwrap().unwrap();
    let view = cases::view(services, &viewer(services, &session, &receipt.reference).await)
        .await
        .unwrap();
    assert_eq!(
        (view.status, view.who_acts, view.landlord.as_str()),
        (Status::Received, Actor::Us, "Example Homes")
    );
    assert_eq!(view.people[0].name, "Siân O'Neill");
    assert_eq!(view.issues[0].what_happened, "Mould in the bedroom since March.");
    assert_eq!(cases::list(services, &session).await.unwrap()[0].reference, receipt.reference);

    sessions::sign_out(services, &token).await.unwrap();
    assert!(sessions::session(services, &token).await.unwrap().is_none());
    sessions::sign_out(services, &token).await.unwrap();
    sessions::sign_out(services, "nonsense").await.unwrap();
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_wrong_code_and_an_unknown_reference_get_the_same_answer(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_complaint(services).await;
    let (_, other) = send_complaint(services).await;
    for (reference, code) in [
        (receipt.reference.as_str(), other.access_code.as_str()),
        (&receipt.reference, "0000-0000-0000"),
        (&receipt.reference, "not a code"),
        (&receipt.reference, ""),
        ("RC-0000-0000", &receipt.access_code),
        ("\0", &receipt.access_code),
        ("", ""),
    ] {
        assert!(
            sessions::sign_in(services, reference, code).await.unwrap().is_none(),
            "{reference:?} {code:?}"
        );
    }
    assert_eq!(world.count("sessions").await, 0);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_session_opens_its_own_case_for_an_hour(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, mine) = send_complaint(services).await;
    let (_, other) = send_complaint(services).await;
    let token = sessions::sign_in(services, &mine.reference, &mine.access_code)
        .await
        .unwrap()
        .unwrap()
        .token
        .to_string();
    let session = sessions::session(services, &token).await.unwrap().unwrap();
    assert!(find_viewer(services, &session, &other.reference).await.is_none());
    assert!(find_viewer(services, &session, "RC-0000-0000").await.is_none());
    assert_eq!(cases::list(services, &session).await.unwrap().len(), 1);
    world.clock.advance(Duration::minutes(60));
    assert!(sessions::session(services, &token).await.unwrap().is_none());
    sessions::sign_in(services, &mine.reference, &mine.access_code)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(world.count("sessions").await, 1, "the ended session is deleted");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_timeline_comes_page_by_page_without_internal_notes(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_complaint(services).await;
    let desk = Caller::at_command_line("ash");
    for event in [
        RecordableEvent::Note {
            note: "rang, no answer".into(),
        },
        RecordableEvent::StatusChanged {
            status: Status::AwaitingResident,
            due: None,
            reason: None,
            message: Some("Please ring us.".into()),
        },
        RecordableEvent::Note { note: "rang again".into() },
        RecordableEvent::MessageSent {
            message: "We tried to ring.".into(),
        },
        RecordableEvent::Note { note: "third time".into() },
    ] {
        world.clock.advance(Duration::hours(1));
        desk::add_event(services, &desk, &receipt.reference, event, None).await.unwrap();
    }
    let token = sessions::sign_in(services, &receipt.reference, &receipt.access_code)
        .await
        .unwrap()
        .unwrap()
        .token
        .to_string();
    let session = sessions::session(services, &token).await;
    // Five hours have passed. A sign-in lasts one hour, so this session is a new one.
    let session = session.unwrap().unwrap();
    let first = cases::timeline(services, &viewer(services, &session, &receipt.reference).await, None, Some(2))
        .await
        .unwrap();
    assert_eq!(
        first.entries.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(),
        ["submitted", "status_changed"]
    );
    assert_eq!(first.entries[0].actor_role, ActorRole::Resident);
    assert_eq!(first.entries[1].message.as_deref(), Some("Please ring us."));
    let second = cases::timeline(
        services,
        &viewer(services, &session, &receipt.reference).await,
        first.next_cursor.as_deref(),
        Some(2),
    )
    .await
    .unwrap();
    assert_eq!(second.entries.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(), ["message_sent"]);
    assert_eq!(second.next_cursor, None);
    let view = cases::view(services, &viewer(services, &session, &receipt.reference).await)
        .await
        .unwrap();
    assert_eq!((view.status, view.who_acts), (Status::AwaitingResident, Actor::You));
    assert_eq!(
        view.updated.at, "2026-11-23T11:30:00.000000Z",
        "internal notes do not change the time of the last update"
    );
    let line = &cases::list(services, &session).await.unwrap()[0];
    assert_eq!(
        line.updated_at, "2026-11-23T13:30:00.000000Z",
        "the last visible event is the message"
    );
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_representative_is_on_the_record_as_one(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = crate::answers::create_full_draft(services).await;
    save(services, &token, StepId::Role, r#"{"role":"representative"}"#).await;
    let about = r#"{"full_name":"Ade Sample","organisation":"Example Advice","connection":"adviser"}"#;
    save(services, &token, StepId::Representative, about).await;
    save(services, &token, StepId::Declaration, r#"{"agreed":true}"#).await;
    let receipt = submission::submit(services, &token, &crate::answers::key("k")).await.unwrap();
    let case = desk::case(services, &Caller::at_command_line("ash"), &receipt.reference)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(case.events[0].actor_role, ActorRole::Representative);
    assert_eq!(case.answers.text(StepId::Representative, "full_name"), "Ade Sample");
}

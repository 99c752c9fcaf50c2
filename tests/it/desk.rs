use crate::answers::{create_full_draft, key, save, send_complaint};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};
use complaint::case::outcome::Order;
use complaint::case::recordable_event::RecordableEvent;
use complaint::{Status, StepId, case::status::ClosedReason};
use record::desk_calls;
use rstest::rstest;
use service::{
    access::api_keys::{self, KeyError, Scope},
    cases::desk::{self, Caller, DeskError, Filter},
    cases::submission,
};
use time::Duration;

fn moved(status: Status) -> RecordableEvent {
    moved_by(status, None)
}

fn moved_by(status: Status, due: Option<time::Date>) -> RecordableEvent {
    RecordableEvent::StatusChanged {
        status,
        due,
        reason: None,
        message: None,
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_case_moves_only_where_its_status_allows(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_complaint(services).await;
    let desk = Caller::at_command_line("ash");
    let event = desk::add_event(services, &desk, &receipt.reference, moved(Status::Assessment), None)
        .await
        .unwrap();
    assert_eq!((event.n, event.actor_name.as_deref()), (2, Some("command line: ash")));
    match desk::add_event(services, &desk, &receipt.reference, moved(Status::Received), None).await {
        Err(DeskError::NotAllowed {
            from: Status::Assessment,
            to: Status::Received,
        }) => {}
        other => panic!("{other:?}"),
    }
    let case = desk::case(services, &desk, &receipt.reference).await.unwrap().unwrap();
    assert_eq!((case.status, case.events.len()), (Status::Assessment, 2));
    for (nonsense, code) in [
        (RecordableEvent::Note { note: " \n".into() }, "note_missing"),
        (
            RecordableEvent::MessageSent {
                message: "x".repeat(30_001),
            },
            "message_too_long",
        ),
        (
            RecordableEvent::StatusChanged {
                status: Status::Closed,
                due: None,
                reason: None,
                message: Some(String::new()),
            },
            "message_missing",
        ),
        (
            RecordableEvent::StatusChanged {
                status: Status::Investigation,
                due: None,
                reason: Some(ClosedReason::Complied),
                message: None,
            },
            "reason_only_when_closed",
        ),
    ] {
        match desk::add_event(services, &desk, &receipt.reference, nonsense, None).await {
            Err(DeskError::Invalid(errors)) => assert_eq!(errors[0].code, code),
            other => panic!("{code}: {other:?}"),
        }
    }
    for unknown in ["RC-0000-0000", "", "\0"] {
        let note = RecordableEvent::Note { note: "x".into() };
        assert!(
            matches!(
                desk::add_event(services, &desk, unknown, note, None).await,
                Err(DeskError::NotFound)
            ),
            "{unknown:?}"
        );
        assert_eq!(desk::case(services, &desk, unknown).await.unwrap(), None);
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_again_is_one_event(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let (_, receipt) = send_complaint(&world.services).await;
    let note = || RecordableEvent::Note { note: "rang".into() };
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (services, reference) = (world.services.clone(), receipt.reference.clone());
            tokio::spawn(
                async move { desk::add_event(&services, &Caller::at_command_line("ash"), &reference, note(), Some(&key("k"))).await },
            )
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap().unwrap());
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]));
    assert_eq!(world.count("case_events").await, 2);
    let other = RecordableEvent::Note { note: "wrote".into() };
    let again = desk::add_event(
        &world.services,
        &Caller::at_command_line("ash"),
        &receipt.reference,
        other,
        Some(&key("k")),
    )
    .await;
    assert!(matches!(again, Err(DeskError::KeyReused)), "{again:?}");
    let (_, second) = send_complaint(&world.services).await;
    let elsewhere = desk::add_event(
        &world.services,
        &Caller::at_command_line("ash"),
        &second.reference,
        note(),
        Some(&key("k")),
    )
    .await;
    assert!(matches!(elsewhere, Err(DeskError::KeyReused)), "{elsewhere:?}");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_to_one_case_queue(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let (_, receipt) = send_complaint(&world.services).await;
    let tasks: Vec<_> = (0..12)
        .map(|n| {
            let (services, reference) = (world.services.clone(), receipt.reference.clone());
            let note = RecordableEvent::Note { note: format!("note {n}") };
            tokio::spawn(async move { desk::add_event(&services, &Caller::at_command_line("ash"), &reference, note, None).await })
        })
        .collect();
    let mut places = Vec::new();
    for task in tasks {
        places.push(task.await.unwrap().unwrap().n);
    }
    places.sort_unstable();
    assert_eq!(places, (2..=13).collect::<Vec<_>>());
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn cases_are_listed_by_filter_and_page(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let desk = Caller::at_command_line("ash");
    let mut references = Vec::new();
    for _ in 0..5 {
        references.push(send_complaint(services).await.1.reference);
        world.clock.advance(Duration::minutes(1));
    }
    let half = services.now();
    desk::add_event(services, &desk, &references[0], moved(Status::Assessment), None)
        .await
        .unwrap();

    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = desk::list(
            services,
            &desk,
            Filter {
                cursor,
                limit: Some(2),
                ..Filter::default()
            },
        )
        .await
        .unwrap();
        seen.extend(page.cases.into_iter().map(|c| c.reference));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let by_update: Vec<_> = references[1..].iter().chain(&references[..1]).cloned().collect();
    assert_eq!(seen, by_update);
    let wanted = Filter {
        status: Some(Status::Assessment),
        ..Filter::default()
    };
    assert_eq!(desk::list(services, &desk, wanted).await.unwrap().cases[0].reference, references[0]);
    let wanted = Filter {
        updated_since: Some(half),
        ..Filter::default()
    };
    assert_eq!(desk::list(services, &desk, wanted).await.unwrap().cases.len(), 1);
    let wanted = Filter {
        cursor: Some("1_x".into()),
        ..Filter::default()
    };
    assert!(matches!(desk::list(services, &desk, wanted).await, Err(DeskError::BadCursor)));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn nothing_is_promised_for_a_day_that_has_gone_by(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_complaint(services).await;
    let desk = Caller::at_command_line("ash");
    let today = services.today();
    let yesterday = today.previous_day().unwrap();
    let event = |day| {
        [
            ("due", moved_by(Status::Assessment, Some(day))),
            (
                "due",
                RecordableEvent::InformationRequested {
                    questions: vec!["When?".into()],
                    due: day,
                },
            ),
        ]
    };
    for (field, late) in event(yesterday) {
        match desk::add_event(services, &desk, &receipt.reference, late, None).await {
            Err(DeskError::Invalid(errors)) => assert_eq!((&*errors[0].field, &*errors[0].code), (field, "day_past")),
            other => panic!("{other:?}"),
        }
    }
    let decision = |day| RecordableEvent::DecisionMade {
        message: "Upheld.".into(),
        findings: Vec::new(),
        review_until: day,
    };
    let orders = |day| RecordableEvent::OrdersMade {
        orders: vec![Order {
            what: "Mend the leak.".into(),
            due: day,
        }],
    };
    for (field, late) in [("review_until", decision(yesterday)), ("orders", orders(yesterday))] {
        match desk::add_event(services, &desk, &receipt.reference, late, None).await {
            Err(DeskError::Invalid(errors)) => assert_eq!((&*errors[0].field, &*errors[0].code), (field, "day_past")),
            other => panic!("{other:?}"),
        }
    }
    for (_, now) in event(today) {
        desk::add_event(services, &desk, &receipt.reference, now, None).await.unwrap();
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn keys_open_the_desk_and_every_call_is_noted(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_complaint(services).await;
    let secret = api_keys::add(services, " Case system ", &[Scope::Desk]).await.unwrap();
    assert!(secret.starts_with("ork_"));
    assert!(matches!(
        api_keys::add(services, "Case system", &[]).await,
        Err(KeyError::NameTaken)
    ));
    for name in ["", " \u{200B}", &"x".repeat(61)] {
        assert!(
            matches!(api_keys::add(services, name, &[]).await, Err(KeyError::NameNotUsable)),
            "{name:?}"
        );
    }
    let powerless = api_keys::add(services, "Reader", &[]).await.unwrap();
    let key = api_keys::authenticate(services, &powerless).await.unwrap().unwrap();
    assert_eq!(Caller::from_key(&key), None);

    let key = api_keys::authenticate(services, &secret).await.unwrap().unwrap();
    let caller = Caller::from_key(&key).unwrap();
    desk::list(services, &caller, Filter::default()).await.unwrap();
    desk::case(services, &caller, &receipt.reference).await.unwrap().unwrap();
    desk::case(services, &caller, "RC-0000-0000").await.unwrap();
    desk::add_event(services, &caller, &receipt.reference, moved(Status::Assessment), None)
        .await
        .unwrap();
    desk::feed(services, &caller, None, None).await.unwrap();
    desk::feed(services, &caller, Some("evt_999"), None).await.unwrap();
    let calls = desk_calls::list(&services.store().read, &desk_calls::Filter::default(), 10)
        .await
        .unwrap();
    let noted: Vec<_> = calls
        .iter()
        .rev()
        .map(|c| (c.key_name.as_str(), c.action.as_str(), c.case_reference.as_deref()))
        .collect();
    let about = Some(receipt.reference.as_str());
    let name = "Case system";
    assert_eq!(
        noted,
        [
            (name, "list", None),
            (name, "case", about),
            (name, "case", None),
            (name, "event", about),
            (name, "feed", about),
            (name, "feed", None)
        ]
    );

    assert!(api_keys::revoke(services, "Case system").await.unwrap().is_some());
    assert!(api_keys::revoke(services, "Case system").await.unwrap().is_none());
    for wrong in [secret.as_str(), "ork_", "", &secret[4..], &format!("{secret}A")] {
        assert_eq!(api_keys::authenticate(services, wrong).await.unwrap(), None);
    }
    assert!(api_keys::list(services).await.unwrap()[0].revoked_at.is_some());
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_risk_without_details_reaches_the_desk(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = create_full_draft(services).await;
    save(services, &token, StepId::Risk, r#"{"at_risk":"yes"}"#).await;
    let receipt = submission::submit(services, &token, &key("first")).await.expect("sent");
    let desk = Caller::at_command_line("ash");
    let case = desk::case(services, &desk, &receipt.reference).await.unwrap().unwrap();
    assert_eq!(case.risks, ["other"]);
}

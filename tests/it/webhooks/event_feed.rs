use std::collections::BTreeSet;
use std::time::Duration;

use complaint::Status;
use contract::desk::Feed;
use futures::future::join_all;
use record::cases;
use record::entropy::SeededEntropy;
use record::events::{self, NewEvent};
use rstest::rstest;
use service::Services;
use service::cases::desk::{self, DeskError};

use super::{caller, moved, note};
use crate::answers::send_complaint;
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};

async fn after(services: &Services, id: Option<&str>, limit: Option<u64>) -> Feed {
    desk::feed(services, &caller(), id, limit).await.unwrap()
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn everything_that_happens_comes_once_and_in_order(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, one) = send_complaint(services).await;
    let (_, two) = send_complaint(services).await;
    moved(services, &one.reference, Status::Assessment).await;
    note(services, &two.reference, "Called, no answer.").await;

    let first = after(services, None, Some(3)).await;
    assert!(first.more);
    let kinds =
        |feed: &Feed| -> Vec<(String, &'static str)> { feed.events.iter().map(|e| (e.reference.clone(), e.event.body.kind())).collect() };
    assert_eq!(
        kinds(&first),
        [
            (one.reference.clone(), "submitted"),
            (two.reference.clone(), "submitted"),
            (one.reference.clone(), "status_changed")
        ]
    );
    let last = first.events.last().unwrap().id.clone();
    let rest = after(services, Some(&last), None).await;
    assert_eq!((kinds(&rest), rest.more), (vec![(two.reference.clone(), "note")], false));
    let end = rest.events[0].id.clone();
    assert_eq!(after(services, Some(&end), None).await.events, []);
    for other in ["", "1", "evt_-1", "evt_01"] {
        let refused = desk::feed(services, &caller(), Some(other), None).await;
        assert!(matches!(refused, Err(DeskError::BadCursor)), "{other}");
    }
    assert_eq!(
        world.count("desk_calls WHERE action = 'feed'").await,
        4,
        "each case shown and each empty call must be recorded"
    );
}

/// A reader of the feed during open transactions must not get a later event and then miss an earlier one.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_passed_by_however_long_somebody_takes_to_commit(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = world.services.clone();
    let mut references = Vec::new();
    for _ in 0..4 {
        references.push(send_complaint(&services).await.1.reference);
    }
    let writers = join_all(references.iter().enumerate().map(|(i, reference)| {
        let services = services.clone();
        async move {
            for n in 0..5 {
                slow_note(&services, reference, &format!("{i}.{n}"), u64::try_from(i).unwrap() * 60).await;
            }
        }
    }));
    let reader = async {
        let mut seen = Vec::new();
        let mut last: Option<String> = None;
        for _ in 0..400 {
            let feed = after(&services, last.as_deref(), None).await;
            if let Some(event) = feed.events.last() {
                last = Some(event.id.clone());
            }
            seen.extend(feed.events.into_iter().map(|event| event.id));
            if seen.len() == 24 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        seen
    };
    let ((), seen) = futures::join!(async { drop(writers.await) }, reader);
    assert_eq!(
        seen.iter().collect::<BTreeSet<_>>().len(),
        24,
        "4 complaints and 20 notes, each once"
    );
    let all: Vec<String> = after(&services, None, None)
        .await
        .events
        .into_iter()
        .map(|event| event.id)
        .collect();
    assert_eq!(seen, all);
}

/// Adds a note whose transaction stays open for a while after the write.
async fn slow_note(services: &Services, reference: &str, text: &str, milliseconds: u64) {
    let write = services.store().begin().await.unwrap();
    let case = cases::lock(&write, reference).await.unwrap().unwrap();
    let event = NewEvent {
        kind: "note".into(),
        actor_role: "organisation".into(),
        actor_name: None,
        body: format!(r#"{{"type":"note","note":"{text}"}}"#),
        brought: Vec::new(),
    };
    let projection = cases::Projection {
        status: case.status.clone(),
        due: case.due.clone(),
    };
    let entropy = SeededEntropy::new(text.len() as u64);
    events::append(&write, &entropy, case.id, event, case.updated_at, &projection)
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    write.commit().await.unwrap();
}

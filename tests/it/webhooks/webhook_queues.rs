//! Webhooks with queues of their own, and what an operator does about an event that is not accepted.

use std::time::Duration as StdDuration;

use contract::desk::{WebhookState, WebhookView};
use rstest::rstest;
use service::webhooks::{self, Change, ChangeError, WebhookClient};
use time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

use super::{caller, delivered::deliver, note, receiver, webhook_caller};
use crate::answers::send_complaint;
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};

fn id(view: &WebhookView) -> Uuid {
    view.id.parse().unwrap()
}

/// The longest that an unresponsive receiver may delay others. It is less than one delivery's timeout.
const SOON: StdDuration = StdDuration::from_secs(8);

#[tokio::test]
async fn a_slow_address_delays_no_other() {
    let world = World::new(Sqlite).await.unwrap();
    let services = &world.services;
    let (_, case) = send_complaint(services).await;
    // A receiver that accepts connections and never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead = format!("http://{}/", silent.local_addr().unwrap());
    let (url, desk) = receiver::start().await;
    let news = webhook_caller(services, "news").await;
    for _ in 0..6 {
        webhooks::add(services, &news, &dead).await.unwrap();
    }
    let made = webhooks::add(services, &news, &url).await.unwrap();
    desk.secret.lock().unwrap().clone_from(&made.secret);
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(webhooks::run(services.clone(), WebhookClient::new().unwrap(), stopped));
    // Later events arrive too, while the unresponsive webhooks are being tried.
    for (n, text) in ["one", "two", "three"].iter().enumerate() {
        note(services, &case.reference, text).await;
        let arrived = tokio::time::timeout(SOON, async {
            while desk.taken.lock().unwrap().len() <= n {
                tokio::time::sleep(StdDuration::from_millis(20)).await;
            }
        });
        assert!(arrived.await.is_ok(), "{text} must not wait for another webhook");
    }
    let _ = stop.send(true);
    running.abort();
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn an_event_that_is_not_taken_is_shown_and_skipped(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, case) = send_complaint(services).await;
    let (url, desk) = receiver::start().await;
    let made = webhooks::add(services, &webhook_caller(services, "news").await, &url)
        .await
        .unwrap();
    desk.secret.lock().unwrap().clone_from(&made.secret);
    desk.answers.lock().unwrap().extend([400, 400]);
    for text in ["one", "two"] {
        note(services, &case.reference, text).await;
    }
    assert_eq!(deliver(services).await, 0);
    let view = webhooks::list(services, &caller()).await.unwrap().webhooks.remove(0);
    let held = view.held.clone().expect("a held event");
    assert_eq!(
        (view.last_error.as_deref(), held.reference.as_str()),
        (Some("status_400"), case.reference.as_str())
    );
    assert!(held.since.starts_with("2026-11-23T09:30"), "{held:?}");
    let next = held.next_try_at.as_deref().expect("the event must be retried");
    assert!(next > held.since.as_str(), "{held:?}");

    let address = id(&made.webhook);
    let change = |change: Change| async move { webhooks::change(services, &caller(), address, &change).await };
    // An immediate retry fails again.
    change(Change::Retry { from: None }).await.unwrap();
    assert_eq!(deliver(services).await, 0);
    for other in ["evt_0", "evt_999999"] {
        let refused = change(Change::Skip { event: other.to_owned() }).await;
        assert!(matches!(refused, Err(ChangeError::NotNext)), "{other}: {refused:?}");
    }
    for none in ["", "42", "evt_", "evt_-1"] {
        let refused = change(Change::Skip { event: none.to_owned() }).await;
        assert!(matches!(refused, Err(ChangeError::NoSuchEvent)), "{none}: {refused:?}");
    }
    let skipped = change(Change::Skip { event: held.id.clone() }).await.unwrap();
    assert_eq!((skipped.held, skipped.failures, skipped.state), (None, 0, WebhookState::Active));
    let again = change(Change::Skip { event: held.id.clone() }).await;
    assert!(
        matches!(again, Err(ChangeError::NotNext)),
        "a repeated call must not skip the next event"
    );
    assert_eq!(deliver(services).await, 1);
    let notes = |desk: &receiver::Receiver| -> Vec<String> {
        let taken = desk.taken.lock().unwrap();
        taken
            .iter()
            .map(|(_, event)| event["body"]["note"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(notes(&desk), ["two"]);
    // A retry from the skipped event delivers that event and all after it.
    change(Change::Retry {
        from: Some(held.id.clone()),
    })
    .await
    .unwrap();
    assert_eq!(deliver(services).await, 2);
    assert_eq!(notes(&desk), ["two", "one", "two"]);
    // Events from before the webhook was added cannot be requested.
    for before in ["evt_0", "evt_1", "evt_999999"] {
        let refused = change(Change::Retry {
            from: Some(before.to_owned()),
        })
        .await;
        assert!(matches!(refused, Err(ChangeError::NoSuchEvent)), "{before}: {refused:?}");
    }
}

#[tokio::test]
async fn an_address_that_says_it_is_gone_is_given_up_at_once_and_can_be_revived() {
    let world = World::new(Sqlite).await.unwrap();
    let services = &world.services;
    let (_, case) = send_complaint(services).await;
    let (url, desk) = receiver::start().await;
    let made = webhooks::add(services, &webhook_caller(services, "news").await, &url)
        .await
        .unwrap();
    desk.secret.lock().unwrap().clone_from(&made.secret);
    desk.answers.lock().unwrap().push(410);
    note(services, &case.reference, "one").await;
    assert_eq!(deliver(services).await, 0);
    let view = webhooks::list(services, &caller()).await.unwrap().webhooks.remove(0);
    assert_eq!(view.state, WebhookState::GivenUp);
    assert!(view.held.is_some_and(|held| held.next_try_at.is_none()));
    world.clock.advance(Duration::days(1));
    assert_eq!(deliver(services).await, 0);
    let revived = webhooks::change(services, &caller(), id(&made.webhook), &Change::Resume)
        .await
        .unwrap();
    assert_eq!(revived.state, WebhookState::Active);
    assert_eq!(deliver(services).await, 1);
}

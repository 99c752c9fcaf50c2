use complaint::Status;
use rstest::rstest;
use service::{
    Services,
    webhooks::{self, WebhookClient, WebhookError},
};
use time::Duration;

use super::{caller, moved, note, receiver, webhook_caller};
use crate::answers::send_complaint;
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};

pub async fn deliver(services: &Services) -> usize {
    webhooks::deliver_due(services, &WebhookClient::new().unwrap()).await.unwrap()
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_happens_from_now_on_arrives_signed_and_in_order(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, before) = send_complaint(services).await;
    let (url, desk) = receiver::start().await;
    let made = webhooks::add(services, &webhook_caller(services, "news").await, &url)
        .await
        .unwrap();
    desk.secret.lock().unwrap().clone_from(&made.secret);
    assert_eq!(deliver(services).await, 0, "earlier events are not delivered");

    moved(services, &before.reference, Status::Assessment).await;
    note(services, &before.reference, "Called.").await;
    assert_eq!(deliver(services).await, 2);
    assert_eq!(deliver(services).await, 0);
    let taken = desk.taken.lock().unwrap().clone();
    let kinds: Vec<_> = taken.iter().map(|(_, event)| event["body"]["type"].clone()).collect();
    assert_eq!(kinds, ["status_changed", "note"]);
    let (id, event) = &taken[0];
    assert_eq!(
        (event["id"].as_str(), event["reference"].as_str()),
        (Some(id.as_str()), Some(before.reference.as_str()))
    );

    let listed = webhooks::list(services, &caller()).await.unwrap().webhooks;
    assert_eq!((listed[0].delivered.as_deref(), listed[0].failures), (Some(taken[1].0.as_str()), 0));
    assert!(webhooks::remove(services, &caller(), listed[0].id.parse().unwrap()).await.unwrap());
    note(services, &before.reference, "Called again.").await;
    assert_eq!(deliver(services).await, 0);
    assert_eq!(world.count("desk_calls WHERE action LIKE 'webhook%'").await, 3);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_did_not_arrive_comes_again_later_and_before_what_is_newer(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, case) = send_complaint(services).await;
    let (url, desk) = receiver::start().await;
    let made = webhooks::add(services, &webhook_caller(services, "news").await, &url)
        .await
        .unwrap();
    desk.secret.lock().unwrap().clone_from(&made.secret);
    note(services, &case.reference, "one").await;
    note(services, &case.reference, "two").await;
    note(services, &case.reference, "three").await;
    // Redirects are not followed.
    desk.answers.lock().unwrap().extend([200, 503, 307]);
    assert_eq!(deliver(services).await, 1);
    assert_eq!(deliver(services).await, 0, "a failed delivery is not retried at once");
    let view = webhooks::list(services, &caller()).await.unwrap().webhooks.remove(0);
    assert_eq!((view.failures, view.last_error.as_deref()), (1, Some("status_503")));
    world.clock.advance(Duration::seconds(15));
    assert_eq!(deliver(services).await, 0);
    let view = webhooks::list(services, &caller()).await.unwrap().webhooks.remove(0);
    assert_eq!((view.failures, view.last_error.as_deref()), (2, Some("status_307")));
    world.clock.advance(Duration::seconds(30));
    assert_eq!(deliver(services).await, 2);
    let notes: Vec<_> = desk.taken.lock().unwrap().iter().map(|(_, e)| e["body"]["note"].clone()).collect();
    assert_eq!(notes, ["one", "two", "three"]);
}

#[tokio::test]
async fn an_address_that_is_silent_for_a_week_is_given_up() {
    let world = World::new(Sqlite).await.unwrap();
    let services = &world.services;
    let (_, case) = send_complaint(services).await;
    // No program listens at this address.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", taken.local_addr().unwrap());
    drop(taken);
    webhooks::add(services, &webhook_caller(services, "news").await, &url)
        .await
        .unwrap();
    note(services, &case.reference, "one").await;
    for _ in 0..40 {
        assert_eq!(deliver(services).await, 0);
        world.clock.advance(Duration::hours(8));
    }
    let view = webhooks::list(services, &caller()).await.unwrap().webhooks.remove(0);
    assert_eq!(view.last_error.as_deref(), Some("unreachable"));
    assert!(view.given_up_at.is_some());
    // Retries after 10 s, doubled up to 6 h, for a week.
    assert!((15..40).contains(&view.failures), "{}", view.failures);
}

#[tokio::test]
async fn two_servers_deliver_each_event_once() {
    let world = World::new(Sqlite).await.unwrap();
    let (_, case) = send_complaint(&world.services).await;
    let other = world.scanned_by(evidence::Scanner::NotConfigured).await;
    let (url, desk) = receiver::start().await;
    let made = webhooks::add(&world.services, &webhook_caller(&world.services, "news").await, &url)
        .await
        .unwrap();
    desk.secret.lock().unwrap().clone_from(&made.secret);
    for n in 0..10 {
        note(&world.services, &case.reference, &n.to_string()).await;
    }
    let (one, two) = futures::join!(deliver(&world.services), deliver(&other));
    assert_eq!(one + two, 10);
    assert_eq!(desk.taken.lock().unwrap().len(), 10);
}

#[tokio::test]
async fn an_address_that_cannot_be_is_refused() {
    let world = World::new(Sqlite).await.unwrap();
    let refused = webhooks::add(&world.services, &caller(), "http://casework.example.org/").await;
    let Err(WebhookError::Invalid(error)) = refused else { panic!() };
    assert_eq!(error.code, "webhook_url_invalid");
    assert_eq!(world.count("webhooks").await, 0);
}

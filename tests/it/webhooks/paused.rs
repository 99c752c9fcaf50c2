//! Deliveries that stop: the webhook's key is revoked, the organisation pauses it, or the receiver did not answer for too
//! long.

use complaint::case::person_number::SENDER;
use contract::desk::{WebhookState, WebhookView};
use rstest::rstest;
use service::{
    Services,
    access::api_keys,
    webhooks::{self, ChangeError},
};
use time::Duration;
use uuid::Uuid;

use super::{caller, delivered::deliver, note, receiver, webhook_caller};
use crate::answers::send_complaint;
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};

async fn listed(services: &Services) -> WebhookView {
    made_by(services, "news").await
}

async fn made_by(services: &Services, key: &str) -> WebhookView {
    let all = webhooks::list(services, &caller()).await.unwrap().webhooks;
    all.into_iter()
        .find(|webhook| webhook.made_by == key)
        .expect("an address of the key")
}

fn id(view: &WebhookView) -> Uuid {
    view.id.parse().unwrap()
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn nothing_is_delivered_once_the_key_that_made_the_address_is_revoked(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, case) = send_complaint(services).await;
    let (url, desk) = receiver::start().await;
    let made = webhooks::add(services, &webhook_caller(services, "leaked").await, &url)
        .await
        .unwrap();
    desk.secret.lock().unwrap().clone_from(&made.secret);
    let kept = webhook_caller(services, "kept").await;
    webhooks::add(services, &kept, "https://casework.example.org/").await.unwrap();
    assert_eq!(made_by(services, "leaked").await.state, WebhookState::Active);
    note(services, &case.reference, "one").await;

    let revoked = api_keys::revoke(services, "leaked").await.unwrap().unwrap();
    assert_eq!(revoked.stopped, [url]);
    assert!(revoked.made_codes_for.is_empty());
    assert!(api_keys::revoke(services, "leaked").await.unwrap().is_none(), "once");
    let view = made_by(services, "leaked").await;
    assert_eq!(view.state, WebhookState::KeyRevoked);
    let kept = made_by(services, "kept").await;
    assert_eq!(kept.state, WebhookState::Active);
    webhooks::remove(services, &caller(), id(&kept)).await.unwrap();
    assert_eq!(deliver(services).await, 0);
    assert!(desk.taken.lock().unwrap().is_empty());
    let refused = webhooks::resume(services, &caller(), id(&view)).await;
    assert!(matches!(refused, Err(ChangeError::KeyRevoked)));
    assert_eq!(deliver(services).await, 0);
}

#[tokio::test]
async fn a_key_that_is_revoked_while_events_are_delivered_stops_the_next_one() {
    let world = World::new(Sqlite).await.unwrap();
    let services = &world.services;
    let (_, case) = send_complaint(services).await;
    let (url, desk) = receiver::start().await;
    let made = webhooks::add(services, &webhook_caller(services, "news").await, &url)
        .await
        .unwrap();
    desk.secret.lock().unwrap().clone_from(&made.secret);
    note(services, &case.reference, "one").await;
    note(services, &case.reference, "two").await;
    *desk.on_delivery.lock().unwrap() = Some(services.clone());
    assert_eq!(deliver(services).await, 1);
    assert_eq!(desk.taken.lock().unwrap().len(), 1);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_paused_address_goes_on_where_it_stopped(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, case) = send_complaint(services).await;
    let (url, desk) = receiver::start().await;
    let made = webhooks::add(services, &webhook_caller(services, "news").await, &url)
        .await
        .unwrap();
    desk.secret.lock().unwrap().clone_from(&made.secret);
    note(services, &case.reference, "one").await;
    assert_eq!(deliver(services).await, 1);

    let paused = webhooks::pause(services, &caller(), id(&made.webhook)).await.unwrap();
    assert_eq!((paused.state, paused.paused_at.is_some()), (WebhookState::Paused, true));
    assert_eq!(listed(services).await.state, WebhookState::Paused);
    note(services, &case.reference, "two").await;
    assert_eq!(deliver(services).await, 0);

    let resumed = webhooks::resume(services, &caller(), id(&made.webhook)).await.unwrap();
    assert_eq!(resumed.state, WebhookState::Active);
    assert_eq!(deliver(services).await, 1);
    let notes: Vec<_> = desk.taken.lock().unwrap().iter().map(|(_, e)| e["body"]["note"].clone()).collect();
    assert_eq!(notes, ["one", "two"]);
    let unknown = webhooks::pause(services, &caller(), Uuid::from_u128(1)).await;
    assert!(matches!(unknown, Err(ChangeError::NotFound)));
    assert_eq!(
        world
            .count("desk_calls WHERE action IN ('webhook_paused', 'webhook_resumed')")
            .await,
        2
    );
}

#[tokio::test]
async fn an_address_that_was_given_up_goes_on_where_it_stopped() {
    let world = World::new(Sqlite).await.unwrap();
    let services = &world.services;
    let (_, case) = send_complaint(services).await;
    let (url, desk) = receiver::start().await;
    let made = webhooks::add(services, &webhook_caller(services, "news").await, &url)
        .await
        .unwrap();
    desk.secret.lock().unwrap().clone_from(&made.secret);
    desk.answers.lock().unwrap().extend([500; 40]);
    note(services, &case.reference, "one").await;
    for _ in 0..40 {
        assert_eq!(deliver(services).await, 0);
        world.clock.advance(Duration::hours(8));
    }
    assert_eq!(listed(services).await.state, WebhookState::GivenUp);
    desk.answers.lock().unwrap().clear();
    assert_eq!(deliver(services).await, 0);
    webhooks::resume(services, &caller(), id(&made.webhook)).await.unwrap();
    assert_eq!(deliver(services).await, 1);
    let view = listed(services).await;
    assert_eq!((view.state, view.failures, view.given_up_at), (WebhookState::Active, 0, None));
}

#[tokio::test]
async fn revoking_a_key_names_the_cases_whose_access_codes_it_made() {
    let world = World::new(Sqlite).await.unwrap();
    let services = &world.services;
    let (_, case) = send_complaint(services).await;
    let secret = api_keys::add(services, "leaked", &[api_keys::Scope::Desk]).await.unwrap();
    let key = api_keys::authenticate(services, &secret).await.unwrap().unwrap();
    let caller = service::cases::desk::Caller::from_key(&key).unwrap();
    for _ in 0..2 {
        service::cases::desk::new_code(services, &caller, &case.reference, SENDER)
            .await
            .unwrap();
    }
    let revoked = api_keys::revoke(services, "leaked").await.unwrap().unwrap();
    assert_eq!(revoked.made_codes_for, [case.reference]);
}

//! Held deliveries: a copy of a portal must not write to the people of the real one.

use rstest::rstest;
use service::{record::installation, webhooks};

use crate::answers::{create_full_draft, send_complaint};
use crate::mail::delivered;
use crate::webhooks::{deliver, note, receiver, webhook_caller};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn nothing_leaves_while_deliveries_are_held_and_all_of_it_afterwards(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, case) = send_complaint(services).await;
    let (url, desk) = receiver::start().await;
    let made = webhooks::add(services, &webhook_caller(services, "news").await, &url)
        .await
        .unwrap();
    desk.secret.lock().unwrap().clone_from(&made.secret);

    assert!(installation::hold_deliveries(services).await.unwrap());
    assert!(
        !installation::hold_deliveries(services).await.unwrap(),
        "deliveries were held already"
    );
    let token = create_full_draft(services).await;
    service::drafts::resume::send_link(services, &token, "wren@example.org", text::Language::default())
        .await
        .unwrap();
    note(services, &case.reference, "one").await;
    assert!(delivered(services, world.folder.path()).await.is_empty());
    assert_eq!(deliver(services).await, 0);

    assert!(installation::release_deliveries(services).await.unwrap());
    assert!(!installation::release_deliveries(services).await.unwrap());
    assert!(!delivered(services, world.folder.path()).await.is_empty());
    assert_eq!(deliver(services).await, 1);
    // The configuration of one server holds only that server's deliveries.
    note(services, &case.reference, "two").await;
    let copy = world.with_settings(|settings| settings.hold_deliveries = true).await;
    assert_eq!(deliver(&copy).await, 0);
    assert_eq!(deliver(services).await, 1);
}

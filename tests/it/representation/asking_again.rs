//! Asking the tenant again, at another address and at the same one.

use super::*;

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_request_elsewhere_ends_the_one_before_and_all_end_in_time(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    let first = newest_consent_token(&world).await;
    let robin = session_of(services, &receipt).await;
    world.clock.advance(Duration::minutes(1));
    representation::ask_again(
        services,
        &viewer(services, &robin, &receipt.reference).await,
        "wren.example@example.net",
    )
    .await
    .unwrap();
    let second = newest_consent_token(&world).await;
    assert_eq!(
        request::read_request(services, &first).await.unwrap(),
        None,
        "the link to the earlier address has ended"
    );
    let late = request::decide(services, &first, Decision::Refuse, &AnsweringBrowser::default()).await;
    assert!(matches!(late, Err(ConsentError::NotFound)));
    assert!(request::read_request(services, &second).await.unwrap().is_some());
    world.clock.advance(Duration::days(14));
    assert_eq!(request::read_request(services, &second).await.unwrap(), None);
    let late = request::decide(services, &second, Decision::Agree(Rights::full()), &AnsweringBrowser::default()).await;
    assert!(matches!(late, Err(ConsentError::NotFound)));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_same_asked_again_leaves_the_first_email_as_good_as_the_second(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    let robin = session_of(services, &receipt).await;
    // The button is pressed twice before the first email has left.
    representation::ask_again(services, &viewer(services, &robin, &receipt.reference).await, "")
        .await
        .unwrap();
    let first = newest_consent_token(&world).await;
    assert_eq!(delivered(services, world.folder.path()).await.len(), 1);
    world.clock.advance(Duration::minutes(1));
    representation::ask_again(services, &viewer(services, &robin, &receipt.reference).await, "Wren@Example.org")
        .await
        .unwrap();
    let second = newest_consent_token(&world).await;
    assert_ne!(first.to_string(), second.to_string());
    let kinds = at_desk(&world, &receipt).await.events;
    assert_eq!(kinds.iter().filter(|event| event.body.kind() == "authority_asked").count(), 2);
    let yes = Decision::Agree(Rights::full());
    request::decide(services, &first, yes, &AnsweringBrowser::default()).await.unwrap();
    assert_eq!(
        request::read_request(services, &second).await.unwrap(),
        None,
        "the decision ends the second link too"
    );
    let late = request::decide(services, &second, Decision::Refuse, &AnsweringBrowser::default()).await;
    assert!(matches!(late, Err(ConsentError::NotFound)));
}

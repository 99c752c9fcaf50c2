//! Consent that seems to come from the representative's own browser.

use super::*;
use ::record::sessions as rows;
use complaint::case::person_number::PersonNumber;
use complaint::case::representation::Connection;
use sea_orm::EntityTrait;

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_yes_from_the_representatives_own_browser_is_marked_and_opens_nothing(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    for by_session in [false, true] {
        world.clock.advance(Duration::minutes(1));
        let (draft, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
        let session = sessions::sign_in(services, &receipt.reference, &receipt.access_code)
            .await
            .unwrap()
            .unwrap();
        let device = AnsweringBrowser {
            drafts: if by_session { Vec::new() } else { vec![draft] },
            session: by_session.then(|| session.token.to_string()),
        };
        let token = newest_consent_token(&world).await;
        request::decide(services, &token, Decision::Agree(Rights::full()), &device)
            .await
            .unwrap();
        let case = at_desk(&world, &receipt).await;
        let last = &case.events.last().unwrap().body;
        assert!(matches!(last, EventBody::AuthorityGiven { own_device: true, .. }), "{last:?}");
        assert!(matches!(request::grant_access(services, &token).await, Err(ConsentError::NotFound)));
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_yes_to_an_address_of_the_representative_is_marked(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_as_representative(services, "later", ROBIN, WREN).await;
    let robin = session_of(services, &receipt).await;
    representation::ask_again(services, &viewer(services, &robin, &receipt.reference).await, "Robin@Example.org")
        .await
        .unwrap();
    let token = newest_consent_token(&world).await;
    let yes = Decision::Agree(Rights::full());
    request::decide(services, &token, yes, &AnsweringBrowser::default()).await.unwrap();
    let last = at_desk(&world, &receipt).await.events.pop().unwrap().body;
    assert!(matches!(last, EventBody::AuthorityGiven { own_device: true, .. }), "{last:?}");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_yes_from_the_browser_of_another_who_acts_is_marked_too(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    let token = newest_consent_token(&world).await;
    let yes = Decision::Agree(Rights::full());
    request::decide(services, &token, yes.clone(), &AnsweringBrowser::default())
        .await
        .unwrap();
    let new = sessions::sign_in(services, &receipt.reference, &receipt.access_code).await.unwrap();
    let robins = new.unwrap().token.to_string();
    let robin = sessions::session(services, &robins).await.unwrap().unwrap();
    let made = handover::make_code(services, &viewer(services, &robin, &receipt.reference).await, Rights::full())
        .await
        .unwrap();
    world.clock.advance(Duration::minutes(20));
    handover::join(services, &made.code, "Sam Example", Some(Connection::Friend), None)
        .await
        .unwrap();
    // Robin, who hands the case over, agrees in the tenant's place.
    let token = newest_consent_token(&world).await;
    let device = AnsweringBrowser {
        session: Some(robins.clone()),
        ..AnsweringBrowser::default()
    };
    request::decide(services, &token, yes, &device).await.unwrap();
    let given = at_desk(&world, &receipt).await.events;
    let given = given.iter().rev().find(|event| event.body.kind() == "authority_given").unwrap();
    assert!(
        matches!(
            given.body,
            EventBody::AuthorityGiven {
                person: PersonNumber(3),
                own_device: true,
                ..
            }
        ),
        "{given:?}"
    );
    let case = at_desk(&world, &receipt).await;
    let marked = |task: &DeskTask| task.task == DeskTaskKind::OwnDevice && task.person == Some(PersonNumber(3));
    assert!(case.tasks.iter().any(marked), "{:?}", case.tasks);
    // Recording that the sign-in was used is a write of its own, and happens before the case is locked.
    let rows = rows::Entity::find().all(&services.store().read).await.unwrap();
    assert!(rows.iter().any(|row| row.seen_at == world.clock_now()), "{rows:?}");
}

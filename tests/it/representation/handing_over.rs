//! Handing a case over to another representative.

use super::*;
use complaint::case::person_number::{PersonNumber, SENDER};
use complaint::case::representation::Connection;
use service::idempotency::IdempotencyKey;

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_case_is_handed_on_and_the_tenant_is_asked_first(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    let reference = receipt.reference.as_str();
    let robin = session_of(services, &receipt).await;
    let early = handover::make_code(services, &viewer(services, &robin, reference).await, Rights::full()).await;
    assert!(
        matches!(early, Err(ConsentError::NotAllowed)),
        "without authority, the case cannot be handed over"
    );
    let token = newest_consent_token(&world).await;
    let yes = Decision::Agree(some(&[Scope::See, Scope::Speak]));
    request::decide(services, &token, yes, &AnsweringBrowser::default()).await.unwrap();

    world.clock.advance(Duration::minutes(1));
    let made = handover::make_code(services, &viewer(services, &robin, reference).await, Rights::full())
        .await
        .unwrap();
    let joined = handover::join(services, &made.code, "Sam Example", Some(Connection::Adviser), None)
        .await
        .unwrap();
    assert!(joined.waits);
    let again = handover::join(services, &made.code, "Alex Example", Some(Connection::Friend), None).await;
    assert!(matches!(again, Err(ConsentError::NotFound)), "a code works only once");
    let sam = signed_in(services, &joined.reference, &joined.access_code).await;
    assert!(
        !sees(services, &sam, reference).await,
        "the new representative has no access before the tenant agrees"
    );
    assert!(
        sees(services, &robin, reference).await,
        "until then the earlier representative keeps access"
    );

    let token = newest_consent_token(&world).await;
    let Some(RequestState::Open(request)) = request::read_request(services, &token).await.unwrap() else {
        panic!("open")
    };
    assert_eq!(
        (request.name.as_str(), request.scopes.as_slice()),
        ("Sam Example", &[Scope::See, Scope::Speak][..])
    );
    request::decide(services, &token, Decision::Agree(Rights::full()), &AnsweringBrowser::default())
        .await
        .unwrap();
    assert!(sees(services, &sam, reference).await);
    assert!(
        !sees(services, &robin, reference).await,
        "the authority must move to the new representative"
    );

    // A tenant who makes the code has consented by making it.
    let way_in = request::grant_access(services, &token).await.unwrap();
    let wren = signed_in(services, &way_in.reference, &way_in.access_code).await;
    let made = handover::make_code(services, &viewer(services, &wren, reference).await, some(&[Scope::See]))
        .await
        .unwrap();
    let joined = handover::join(services, &made.code, "Alex Example", Some(Connection::Friend), None)
        .await
        .unwrap();
    assert!(!joined.waits);
    let alex = signed_in(services, &joined.reference, &joined.access_code).await;
    let all = people(&world, &alex, &receipt).await.people;
    assert_eq!(
        all.iter().map(|person| person.number).collect::<Vec<_>>(),
        [1, 2, 3, 4].map(PersonNumber)
    );
    assert_eq!(all[3].scopes, [Scope::See]);
    assert!(
        sees(services, &sam, reference).await,
        "the new representative joins, and the others keep access"
    );

    representation::take_over(services, &viewer(services, &wren, reference).await)
        .await
        .unwrap();
    for session in [&sam, &alex, &robin] {
        assert!(!sees(services, session, reference).await);
    }
    assert!(sees(services, &wren, reference).await);
    assert_record_intact(&world).await;
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_code_of_somebody_who_lost_their_right_opens_nothing(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    let token = newest_consent_token(&world).await;
    request::decide(services, &token, Decision::Agree(Rights::full()), &AnsweringBrowser::default())
        .await
        .unwrap();
    let robin = session_of(services, &receipt).await;
    let made = handover::make_code(services, &viewer(services, &robin, &receipt.reference).await, Rights::full())
        .await
        .unwrap();
    representation::desk::end(services, &Caller::at_command_line("ash"), &receipt.reference, SENDER, "", None)
        .await
        .unwrap();
    let late = handover::join(services, &made.code, "Sam Example", Some(Connection::Friend), None).await;
    assert!(matches!(late, Err(ConsentError::NotFound)));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn an_answer_that_was_lost_is_told_again_to_whoever_asked(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    says_yes(&world).await;
    let robin = session_of(services, &receipt).await;
    let made = handover::make_code(services, &viewer(services, &robin, &receipt.reference).await, Rights::full())
        .await
        .unwrap();
    // Messages are listed in order of time, so two must not share one instant.
    world.clock.advance(Duration::minutes(1));
    let mine = IdempotencyKey::parse("0193f5a0-0000-7000-8000-000000000001").unwrap();
    let others = IdempotencyKey::parse("0193f5a0-0000-7000-8000-000000000002").unwrap();
    let join = async |key| handover::join(services, &made.code, "Sam Example", Some(Connection::Friend), key).await;
    // Two requests at once, as from a browser whose connection broke, and one later.
    let (first, second) = tokio::join!(join(Some(&mine)), join(Some(&mine)));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first, second);
    assert_eq!(join(Some(&mine)).await.unwrap(), first);
    for other in [Some(&others), None] {
        assert!(matches!(join(other).await, Err(ConsentError::NotFound)), "{other:?}");
    }
    signed_in(services, &first.reference, &first.access_code).await;
    let joined = at_desk(&world, &receipt).await.events;
    let joined = joined.iter().filter(|event| event.body.kind() == "person_joined");
    assert_eq!(joined.count(), 1);

    says_yes(&world).await;
    assert!(
        !join(Some(&mine)).await.unwrap().waits,
        "the repeated response shows the current state"
    );
    desk::new_code(services, &Caller::at_command_line("ash"), &receipt.reference, PersonNumber(3))
        .await
        .unwrap();
    assert!(
        matches!(join(Some(&mine)).await, Err(ConsentError::NotFound)),
        "a replaced access code cannot be shown again"
    );
    world.clock.advance(Duration::days(2));
    assert!(matches!(join(Some(&mine)).await, Err(ConsentError::NotFound)));
    assert_record_intact(&world).await;
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn handing_over_ends_the_one_before_once_and_asks_a_tenant_who_is_here_by_no_link(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    let reference = receipt.reference.as_str();
    let token = says_yes(&world).await;
    let way_in = request::grant_access(services, &token).await.unwrap();
    let wren = signed_in(services, reference, &way_in.access_code).await;
    let robin = session_of(services, &receipt).await;
    let made = handover::make_code(services, &viewer(services, &robin, reference).await, Rights::full())
        .await
        .unwrap();
    let links = world.count("consents WHERE kind = 'link'").await;
    handover::join(services, &made.code, "Sam Example", Some(Connection::Friend), None)
        .await
        .unwrap();
    assert_eq!(
        world.count("consents WHERE kind = 'link'").await,
        links,
        "a tenant with access gets no link"
    );
    representation::set_rights(services, &viewer(services, &wren, reference).await, PersonNumber(3), Rights::full())
        .await
        .unwrap();
    let is_on = async |who: usize| people(&world, &wren, &receipt).await.people[who].state == AuthorityState::Given;
    assert!(
        !is_on(0).await && is_on(2).await,
        "the authority must move to the new representative"
    );

    // The tenant gives both of them rights again: neither ends the other's.
    representation::set_rights(services, &viewer(services, &wren, reference).await, SENDER, Rights::full())
        .await
        .unwrap();
    representation::end(services, &viewer(services, &wren, reference).await, PersonNumber(3))
        .await
        .unwrap();
    representation::set_rights(services, &viewer(services, &wren, reference).await, PersonNumber(3), Rights::full())
        .await
        .unwrap();
    assert!(is_on(0).await && is_on(2).await);
    assert_record_intact(&world).await;
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_key_that_could_be_guessed_tells_nobody_a_way_in(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    says_yes(&world).await;
    let robin = session_of(services, &receipt).await;
    let short = IdempotencyKey::parse("key-1").unwrap();
    let made = handover::make_code(services, &viewer(services, &robin, &receipt.reference).await, Rights::full())
        .await
        .unwrap();
    let join_short = async || handover::join(services, &made.code, "Alex Example", Some(Connection::Friend), Some(&short)).await;
    join_short().await.unwrap();
    assert!(
        matches!(join_short().await, Err(ConsentError::NotFound)),
        "a short idempotency key must not return an access code"
    );
}

//! Handing a case over to somebody else.

use super::*;
use onrecord::service::consent::handover::Connection;

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_case_is_handed_on_and_the_tenant_is_asked_first(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = sent_for(services, "ask_resident", ROBIN, WREN).await;
    let reference = receipt.reference.as_str();
    let robin = of(services, &receipt).await;
    let early = handover::make_code(services, &robin, reference, Rights::full()).await;
    assert!(matches!(early, Err(ConsentError::NotAllowed)), "there is nothing to hand over yet");
    let token = asked(&world).await;
    let yes = Decision::Agree(some(&[Scope::See, Scope::Speak]));
    request::decide(services, &token, yes, &Device::default()).await.unwrap();

    world.clock.advance(Duration::minutes(1));
    let made = handover::make_code(services, &robin, reference, Rights::full()).await.unwrap();
    let joined = handover::join(services, &made.code, "Sam Example", Some(Connection::Adviser))
        .await
        .unwrap();
    assert!(joined.waits);
    let again = handover::join(services, &made.code, "Alex Example", Some(Connection::Friend)).await;
    assert!(matches!(again, Err(ConsentError::NotFound)), "used once");
    let sam = signed_in(services, &joined.reference, &joined.access_code).await;
    assert!(!sees(services, &sam, reference).await, "not before the tenant says yes");
    assert!(sees(services, &robin, reference).await, "and until then the one before goes on");

    let token = asked(&world).await;
    let Some(Opened::Open(request)) = request::look(services, &token).await.unwrap() else {
        panic!("open")
    };
    assert_eq!(
        (request.name.as_str(), request.scopes.as_slice()),
        ("Sam Example", &[Scope::See, Scope::Speak][..])
    );
    request::decide(services, &token, Decision::Agree(Rights::full()), &Device::default())
        .await
        .unwrap();
    assert!(sees(services, &sam, reference).await);
    assert!(!sees(services, &robin, reference).await, "handed over");

    // A tenant who makes the code has said yes by that.
    let way_in = request::come_in(services, &token).await.unwrap();
    let wren = signed_in(services, &way_in.reference, &way_in.access_code).await;
    let made = handover::make_code(services, &wren, reference, some(&[Scope::See])).await.unwrap();
    let joined = handover::join(services, &made.code, "Alex Example", Some(Connection::Friend))
        .await
        .unwrap();
    assert!(!joined.waits);
    let alex = signed_in(services, &joined.reference, &joined.access_code).await;
    let all = people(&world, &alex, &receipt).await.people;
    assert_eq!(all.iter().map(|person| person.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(all[3].scopes, [Scope::See]);
    assert!(sees(services, &sam, reference).await, "one more, and nobody less");

    consent::take_over(services, &wren, reference).await.unwrap();
    for session in [&sam, &alex, &robin] {
        assert!(!sees(services, session, reference).await);
    }
    assert!(sees(services, &wren, reference).await);
    sound(&world).await;
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_code_of_somebody_who_lost_their_right_opens_nothing(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = sent_for(services, "ask_resident", ROBIN, WREN).await;
    let token = asked(&world).await;
    request::decide(services, &token, Decision::Agree(Rights::full()), &Device::default())
        .await
        .unwrap();
    let robin = of(services, &receipt).await;
    let made = handover::make_code(services, &robin, &receipt.reference, Rights::full())
        .await
        .unwrap();
    consent::desk::end(services, &Caller::command_line(), &receipt.reference, 1, "", None)
        .await
        .unwrap();
    let late = handover::join(services, &made.code, "Sam Example", Some(Connection::Friend)).await;
    assert!(matches!(late, Err(ConsentError::NotFound)));
}

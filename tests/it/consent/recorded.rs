//! Authority that the organisation records: from a paper, or from a call with the tenant.

use super::*;

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_organisation_records_a_paper_and_a_word_on_the_phone(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let desk = Caller::at_command_line("ash");
    let (_, receipt) = sent_for(services, "upload", ROBIN, WREN).await;
    let reference = receipt.reference.as_str();
    consent::desk::give(services, &desk, reference, &found(GivenBy::Paper, None), None)
        .await
        .unwrap();
    let case = at_desk(&world, &receipt).await;
    assert_eq!(case.status, Status::Received);
    let robin = of(services, &receipt).await;
    let sender = people(&world, &robin, &receipt).await.people.remove(0);
    assert_eq!(
        (sender.basis, sender.scopes.as_slice()),
        (Some(Basis::Attorney), &[Scope::Decide][..])
    );
    consent::desk::end(services, &desk, reference, 1, "The power was revoked.", None)
        .await
        .unwrap();
    assert!(!sees(services, &robin, reference).await);

    let (_, receipt) = sent_for(services, "ask_resident", ROBIN, WREN).await;
    let reference = receipt.reference.as_str();
    let token = asked(&world).await;
    let Some(Opened::Open(request)) = request::look(services, &token).await.unwrap() else {
        panic!("open")
    };
    for (by, code) in [
        (GivenBy::Phone, None),
        (GivenBy::Phone, Some("7K3-M92-QFM".to_owned())),
        (GivenBy::Link, Some(request.code.clone())),
        (GivenBy::Tenant, None),
    ] {
        let refused = consent::desk::give(services, &desk, reference, &found(by, code), None).await;
        assert!(matches!(refused, Err(DeskError::Invalid(_))), "{by:?}");
    }
    // The tenant reads out the code on their page.
    let spoken = request.code.to_lowercase().replace('-', " ");
    consent::desk::give(services, &desk, reference, &found(GivenBy::Phone, Some(spoken.clone())), None)
        .await
        .unwrap();
    let again = consent::desk::give(services, &desk, reference, &found(GivenBy::Phone, Some(spoken)), None).await;
    assert!(matches!(again, Err(DeskError::Invalid(_))), "used once");
    assert_eq!(request::look(services, &token).await.unwrap(), None, "the link is answered by it");

    // The organisation reads out the code that it made.
    let (_, receipt) = sent_for(services, "later", ROBIN, WREN).await;
    let made = consent::desk::make_code(services, &desk, &receipt.reference, 1).await.unwrap();
    let code = Some(made.code.as_str().to_owned());
    let (_, other) = sent_for(services, "later", ROBIN, WREN).await;
    let elsewhere = consent::desk::give(services, &desk, &other.reference, &found(GivenBy::Phone, code.clone()), None).await;
    assert!(matches!(elsewhere, Err(DeskError::Invalid(_))), "a code of another case");
    consent::desk::give(services, &desk, &receipt.reference, &found(GivenBy::Phone, code), None)
        .await
        .unwrap();
    assert_eq!(at_desk(&world, &receipt).await.status, Status::Received);
    sound(&world).await;
}

//! Authority that the organisation records: from a paper, or from a call with the tenant.

use super::*;
use complaint::case::person_number::SENDER;

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_organisation_records_a_paper_and_a_word_on_the_phone(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let desk = Caller::at_command_line("ash");
    let (_, receipt) = send_as_representative(services, "upload", ROBIN, WREN).await;
    let reference = receipt.reference.as_str();
    representation::desk::give(services, &desk, reference, &found(ProofKind::Paper, None), None)
        .await
        .unwrap();
    let case = at_desk(&world, &receipt).await;
    assert_eq!(case.status, Status::Received);
    let robin = session_of(services, &receipt).await;
    let sender = people(&world, &robin, &receipt).await.people.remove(0);
    assert_eq!(
        (sender.basis, sender.scopes.as_slice()),
        (Some(Basis::Attorney), &[Scope::Decide][..])
    );
    representation::desk::end(services, &desk, reference, SENDER, "The power was revoked.", None)
        .await
        .unwrap();
    assert!(!sees(services, &robin, reference).await);

    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    let reference = receipt.reference.as_str();
    let token = newest_consent_token(&world).await;
    let Some(RequestState::Open(request)) = request::read_request(services, &token).await.unwrap() else {
        panic!("open")
    };
    for (by, code) in [
        (ProofKind::Phone, None),
        (ProofKind::Phone, Some("7K3-M92-QFM".to_owned())),
        (ProofKind::Link, Some(request.code.clone())),
        (ProofKind::Tenant, None),
    ] {
        let refused = representation::desk::give(services, &desk, reference, &found(by, code), None).await;
        assert!(matches!(refused, Err(DeskError::Invalid(_))), "{by:?}");
    }
    // The tenant reads out the code on their page.
    let spoken = request.code.to_lowercase().replace('-', " ");
    representation::desk::give(services, &desk, reference, &found(ProofKind::Phone, Some(spoken.clone())), None)
        .await
        .unwrap();
    let again = representation::desk::give(services, &desk, reference, &found(ProofKind::Phone, Some(spoken)), None).await;
    assert!(matches!(again, Err(DeskError::Invalid(_))), "a code works only once");
    assert_eq!(
        request::read_request(services, &token).await.unwrap(),
        None,
        "the spoken code ends the link too"
    );

    // The organisation reads out the code that it made.
    let (_, receipt) = send_as_representative(services, "later", ROBIN, WREN).await;
    let made = representation::desk::make_code(services, &desk, &receipt.reference, SENDER)
        .await
        .unwrap();
    let code = Some(made.code.as_str().to_owned());
    let (_, other) = send_as_representative(services, "later", ROBIN, WREN).await;
    let elsewhere = representation::desk::give(services, &desk, &other.reference, &found(ProofKind::Phone, code.clone()), None).await;
    assert!(matches!(elsewhere, Err(DeskError::Invalid(_))), "a code of another case is invalid");
    representation::desk::give(services, &desk, &receipt.reference, &found(ProofKind::Phone, code), None)
        .await
        .unwrap();
    assert_eq!(at_desk(&world, &receipt).await.status, Status::Received);
    assert_record_intact(&world).await;
}

//! The email that asks the tenant for consent: delivery, bounces, and what follows from them.

use super::*;
use crate::mail::{MailServer, courier, decoded};
use ::record::outbox::{self, State};
use complaint::case::person_number::{SENDER, TENANT_BEHIND};
use notify::delivery_worker::MAX_ATTEMPTS;
use notify::{DeliveryWorker, MailTransport};
use service::notifications::bounces;

/// A mailbox that does not exist: the mail server refuses it.
const UNKNOWN_MAILBOX: &str = "never@example.org";

async fn deliver(courier: &DeliveryWorker) {
    while courier.deliver_due().await.unwrap() > 0 {}
}

async fn missing(world: &World, receipt: &Receipt) -> Option<Missing> {
    people(world, &session_of(&world.services, receipt).await, receipt).await.missing
}

async fn asks(world: &World, receipt: &Receipt, email: &str) {
    // Messages are listed in order of time, so two must not share one instant.
    world.clock.advance(Duration::milliseconds(1));
    let session = session_of(&world.services, receipt).await;
    representation::ask_again(&world.services, &viewer(&world.services, &session, &receipt.reference).await, email)
        .await
        .unwrap();
}

fn count(case: &DeskCase, kind: &str) -> usize {
    case.events.iter().filter(|event| event.body.kind() == kind).count()
}

fn has_task(case: &DeskCase) -> bool {
    let task = |task: &DeskTask| task.task == DeskTaskKind::TenantNotReached && task.person == Some(SENDER);
    case.tasks.iter().any(task)
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn one_that_is_refused_is_on_the_case_until_the_tenant_is_asked_again(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let mail = MailServer::start();
    let courier = courier(&world.services, mail.carrier());
    let (_, receipt) = send_as_representative(&world.services, "later", ROBIN, WREN).await;
    assert_eq!(missing(&world, &receipt).await, Some(Missing::Paper));
    asks(&world, &receipt, UNKNOWN_MAILBOX).await;
    deliver(&courier).await;
    let case = at_desk(&world, &receipt).await;
    assert!(has_task(&case) && count(&case, "consent_request_bounced") == 1, "{:?}", case.tasks);
    match &case
        .events
        .iter()
        .find(|event| event.body.kind() == "consent_request_bounced")
        .unwrap()
        .body
    {
        EventBody::ConsentRequestBounced { person: SENDER, reason } => assert_eq!(reason, "smtp_550"),
        other => panic!("{other:?}"),
    }
    let dead: Vec<_> = case.undelivered.iter().map(|dead| (dead.person, dead.reason.as_str())).collect();
    assert_eq!(dead, [(TENANT_BEHIND, "smtp_550")]);
    assert_eq!(missing(&world, &receipt).await, Some(Missing::CameBack));
    // The representative should be notified, but has no safe contact method here, so the organisation has a task.
    let told = |body: &EventBody| matches!(body, EventBody::NotTold { person: SENDER, about } if about == "consent_request_bounced");
    assert!(case.events.iter().any(|event| told(&event.body)));

    let session = session_of(&world.services, &receipt).await;
    match representation::ask_again(&world.services, &viewer(&world.services, &session, &receipt.reference).await, "").await {
        Err(ConsentError::Wrong(errors)) => assert_eq!(errors[0].code, "consent_email_came_back"),
        other => panic!("{other:?}"),
    }
    assert!(has_task(&at_desk(&world, &receipt).await));
    assert_eq!(missing(&world, &receipt).await, Some(Missing::CameBack));

    asks(&world, &receipt, "wren@example.org").await;
    deliver(&courier).await;
    assert_eq!(missing(&world, &receipt).await, Some(Missing::Answer));
    let case = at_desk(&world, &receipt).await;
    assert!(!has_task(&case) && count(&case, "consent_request_bounced") == 1);
    assert_record_intact(&world).await;
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn one_that_comes_back_later_counts_once_and_only_while_its_answer_is_waited_for(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let mut mail = MailServer::start();
    let courier = courier(services, mail.carrier());
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    deliver(&courier).await;
    asks(&world, &receipt, "wren.example@example.net").await;
    deliver(&courier).await;
    let ids: Vec<_> = mail
        .taken()
        .iter()
        .map(|message| {
            let text = decoded(message["text"].as_str().unwrap());
            let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap();
            bounces::message_id(id).unwrap()
        })
        .collect();
    let [replaced, newest] = ids[..] else { panic!("{ids:?}") };
    let desk = Caller::at_command_line("ash");
    assert!(bounces::report(services, &desk, replaced, "5.1.1").await.unwrap());
    assert_eq!(
        count(&at_desk(&world, &receipt).await, "consent_request_bounced"),
        0,
        "a bounce of a replaced request is not recorded"
    );
    for _ in 0..2 {
        assert!(bounces::report(services, &desk, newest, "5.1.1").await.unwrap());
    }
    let case = at_desk(&world, &receipt).await;
    assert!(has_task(&case) && count(&case, "consent_request_bounced") == 1);

    // In the end the organisation gives authority because of a paper.
    let paper = found(ProofKind::Paper, None);
    representation::desk::give(services, &desk, &receipt.reference, &paper, None)
        .await
        .unwrap();
    assert!(!has_task(&at_desk(&world, &receipt).await));
    assert_record_intact(&world).await;
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn one_whose_question_is_answered_or_asked_anew_does_not_leave(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let mut mail = MailServer::start();
    let courier = courier(services, mail.carrier());
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    asks(&world, &receipt, "wren.example@example.net").await;
    deliver(&courier).await;
    let to: Vec<_> = mail.taken().into_iter().map(|message| message["to"][0].clone()).collect();
    assert_eq!(to, ["wren.example@example.net"], "only the newest request is sent");

    asks(&world, &receipt, "wren@example.org").await;
    let paper = found(ProofKind::Paper, None);
    representation::desk::give(services, &Caller::at_command_line("ash"), &receipt.reference, &paper, None)
        .await
        .unwrap();
    deliver(&courier).await;
    let consents: Vec<_> = outbox::list(&services.store().read).await.unwrap();
    let consents = consents.iter().filter(|row| row.consent_id.is_some());
    let ends: Vec<_> = consents.map(|row| (row.state, row.last_error.as_deref())).collect();
    let not_sent = (State::GivenUp, Some("no_right"));
    assert_eq!(ends, [not_sent, (State::Delivered, None), not_sent]);
    let case = at_desk(&world, &receipt).await;
    assert!(
        case.undelivered.is_empty(),
        "an unneeded message is not listed as undelivered: {:?}",
        case.undelivered
    );
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn one_that_is_given_up_after_a_day_is_on_the_case_too(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (_, receipt) = send_as_representative(services, "ask_resident", ROBIN, WREN).await;
    // No mail server listens at this address.
    let away = MailTransport::smtp("smtp://127.0.0.1:9", None).unwrap();
    let courier = courier(services, away);
    for _ in 0..MAX_ATTEMPTS {
        assert_eq!(count(&at_desk(&world, &receipt).await, "consent_request_bounced"), 0);
        deliver(&courier).await;
        world.clock.advance(Duration::hours(8));
    }
    let case = at_desk(&world, &receipt).await;
    assert!(has_task(&case) && count(&case, "consent_request_bounced") == 1, "{:?}", case.tasks);
    assert_eq!(case.undelivered.len(), 1);
}

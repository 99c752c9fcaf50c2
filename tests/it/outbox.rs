use std::collections::BTreeSet;
use std::sync::Arc;

use crate::answers::{create_full_draft, key};
use crate::mail::{MailServer, courier, decoded, link};
use crate::people::{BY_MAIL, sent};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};
use complaint::case::recordable_event::RecordableEvent;
use futures::future::{BoxFuture, join_all};
use notify::delivery_worker::MAX_ATTEMPTS;
use notify::{MailTransport, RecipientRouter, Route};
use record::RecordError;
use record::outbox::{self, Model, State, case_messages::CONFIRMATION};
use rstest::rstest;
use service::cases::desk::{self, Caller};
use service::{
    cases::submission,
    drafts::{self, resume},
    notifications::messages,
    record::housekeeping,
};
use text::Language;
use time::Duration;

/// Creates a draft and sends a resume link to this address.
async fn asked(world: &World, to: &str) -> service::access::token::DraftToken {
    let token = create_full_draft(&world.services).await;
    resume::send_link(&world.services, &token, to, Language::default()).await.unwrap();
    token
}

/// Returns the messages in the outbox except confirmations.
async fn rows(world: &World) -> Vec<Model> {
    let mut rows = outbox::list(&world.services.store().read).await.unwrap();
    rows.retain(|row| row.channel != CONFIRMATION);
    rows
}

/// Looks addresses up as the service does, but panics for one message.
struct BreaksFor {
    message: uuid::Uuid,
    services: service::Services,
}

impl RecipientRouter for BreaksFor {
    fn route<'a>(&'a self, message: &'a Model, texts: bool) -> BoxFuture<'a, Result<Route, RecordError>> {
        assert!(message.id != self.message, "made up");
        self.services.route(message, texts)
    }

    fn not_sent<'a>(&'a self, message: &'a Model, about: &'a str, why: &'static str) -> BoxFuture<'a, Result<(), RecordError>> {
        self.services.not_sent(message, about, why)
    }

    fn refused<'a>(
        &'a self,
        message: &'a Model,
        about: &'a str,
        way: &'static str,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<(), RecordError>> {
        self.services.refused(message, about, way, reason)
    }

    fn given_up<'a>(&'a self, message: &'a Model, about: &'a str, reason: &'a str) -> BoxFuture<'a, Result<(), RecordError>> {
        self.services.given_up(message, about, reason)
    }
}

#[tokio::test]
async fn a_message_that_makes_the_program_panic_holds_up_no_other() {
    let world = World::new(Sqlite).await.unwrap();
    // A notice about a case, whose address is looked up when it leaves, and a resume link, which holds its address.
    let receipt = sent(&world.services, BY_MAIL).await;
    let word = RecordableEvent::MessageSent {
        message: "The landlord Example Homes has answered.".into(),
    };
    desk::add_event(&world.services, &Caller::at_command_line("ash"), &receipt.reference, word, None)
        .await
        .unwrap();
    let noticed = rows(&world).await;
    let [notice] = &noticed[..] else { panic!("{noticed:?}") };
    asked(&world, "wren@example.org").await;
    let carrier = MailTransport::folder(&world.folder.path().join("mail")).unwrap();
    let mut courier = courier(&world.services, carrier);
    courier.addressing = Arc::new(BreaksFor {
        message: notice.id,
        services: world.services.clone(),
    });
    assert_eq!(courier.deliver_due().await.unwrap(), 2);
    let rows = rows(&world).await;
    let (broken, other): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.id == notice.id);
    assert_eq!((broken[0].state, broken[0].last_error.as_deref()), (State::Waiting, Some("panic")));
    assert_eq!(other[0].state, State::Delivered);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_message_leaves_once_and_what_it_said_is_forgotten(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let mut server = MailServer::start();
    let url = format!("smtp://portal:p%40ss%20word@127.0.0.1:{}", server.port);
    let courier = courier(&world.services, MailTransport::smtp(&url, None).unwrap());
    asked(&world, "wren@example.org").await;
    let [waiting] = &rows(&world).await[..] else { panic!() };
    let sealed = waiting.payload.as_ref().unwrap();
    assert!(
        !String::from_utf8_lossy(sealed).contains("wren"),
        "the stored message must be encrypted"
    );

    assert_eq!(courier.deliver_due().await.unwrap(), 1);
    assert_eq!(courier.deliver_due().await.unwrap(), 0);
    let [message] = &server.taken()[..] else { panic!() };
    assert_eq!(
        (message["from"].as_str(), message["to"][0].as_str(), message["user"].as_str()),
        (Some("post@example.com"), Some("wren@example.org"), Some("portal"))
    );
    let text = decoded(message["text"].as_str().unwrap());
    assert!(text.contains("Subject: You have a message\r\n"), "{text}");
    assert!(link(&text).starts_with("/return/"));
    let [sent] = &rows(&world).await[..] else { panic!() };
    assert_eq!((sent.state, sent.payload.as_ref(), sent.attempts), (State::Delivered, None, 1));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_cannot_be_delivered_yet_is_tried_again_later_and_later(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let mut server = MailServer::start();
    let courier = courier(&world.services, server.carrier());
    asked(&world, "later@example.org").await;
    let mut waits = Vec::new();
    for _ in 0..2 {
        assert_eq!(courier.deliver_due().await.unwrap(), 1);
        assert_eq!(courier.deliver_due().await.unwrap(), 0, "a message is not retried before its time");
        let [waiting] = &rows(&world).await[..] else { panic!() };
        assert_eq!((waiting.state, waiting.last_error.as_deref()), (State::Waiting, Some("smtp_451")));
        let wait = waiting.due_at.time() - world.services.now();
        waits.push(wait);
        world.clock.advance(wait);
    }
    assert!(waits[0] >= Duration::seconds(30) && waits[1] >= Duration::minutes(1), "{waits:?}");
    assert!(server.taken().is_empty());
    assert_eq!(courier.deliver_due().await.unwrap(), 1);
    assert_eq!(server.taken().len(), 1);
    assert_eq!(rows(&world).await[0].state, State::Delivered);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_is_refused_for_good_or_too_often_is_given_up(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let server = MailServer::start();
    asked(&world, "never@example.org").await;
    courier(&world.services, server.carrier()).deliver_due().await.unwrap();
    let [refused] = &rows(&world).await[..] else { panic!() };
    assert_eq!((refused.state, refused.last_error.as_deref()), (State::GivenUp, Some("smtp_550")));
    assert!(refused.payload.is_some(), "the encrypted message is kept while its link works");

    // No mail server at all, and one that expects another password: the operator may fix both, so the message is tried again.
    drop(server);
    let server = MailServer::start();
    let locked = MailTransport::smtp(&format!("smtp://portal:wrong@127.0.0.1:{}", server.port), None).unwrap();
    let away = MailTransport::smtp("smtp://127.0.0.1:1", None).unwrap();
    asked(&world, "wren@example.org").await;
    for (carrier, code) in [(locked, "smtp_535"), (away.clone(), "connection")] {
        assert_eq!(courier(&world.services, carrier).deliver_due().await.unwrap(), 1);
        let waiting = &rows(&world).await[1];
        assert_eq!((waiting.state, waiting.last_error.as_deref()), (State::Waiting, Some(code)));
        world.clock.set(waiting.due_at.time());
    }
    let courier = courier(&world.services, away);
    for _ in 2..MAX_ATTEMPTS {
        assert_eq!(courier.deliver_due().await.unwrap(), 1);
        world.clock.set(rows(&world).await[1].due_at.time());
    }
    let given_up = &rows(&world).await[1];
    assert_eq!((given_up.state, given_up.attempts), (State::GivenUp, MAX_ATTEMPTS));
    let tried_for = world.services.now() - given_up.created_at.time();
    assert!(tried_for > Duration::hours(20) && tried_for < Duration::hours(48), "{tried_for}");
    assert_eq!(courier.deliver_due().await.unwrap(), 0);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_was_given_up_is_listed_without_its_secrets_and_can_be_tried_anew(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let server = MailServer::start();
    let courier = courier(services, server.carrier());
    asked(&world, "never@example.org").await;
    let [waiting] = &messages::list(services, false).await.unwrap()[..] else {
        panic!()
    };
    assert_eq!((waiting.state, waiting.can_retry), (State::Waiting, false));
    let id = waiting.id;
    assert!(!messages::retry(services, id).await.unwrap(), "a waiting message cannot be retried");
    courier.deliver_due().await.unwrap();
    let [given_up] = &messages::list(services, true).await.unwrap()[..] else {
        panic!()
    };
    assert_eq!(
        (given_up.id, given_up.last_error.as_deref(), given_up.can_retry),
        (id, Some("smtp_550"), true)
    );
    assert!(!format!("{given_up:?}").contains("example.org"));

    assert!(messages::retry(services, id).await.unwrap());
    assert!(!messages::retry(services, id).await.unwrap(), "a message cannot be retried twice");
    assert_eq!(messages::list(services, true).await.unwrap(), []);
    assert_eq!(courier.deliver_due().await.unwrap(), 1, "a retried message is sent at once");
    let [again] = &rows(&world).await[..] else { panic!() };
    assert_eq!((again.state, again.attempts), (State::GivenUp, 1));

    // Once the link has expired, the message's content is deleted.
    world.clock.advance(Duration::days(7));
    assert!(!messages::list(services, true).await.unwrap()[0].can_retry);
    assert!(!messages::retry(services, id).await.unwrap());
    housekeeping::clean_up(services).await.unwrap();
    assert_eq!(rows(&world).await[0].payload, None);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn several_servers_deliver_each_message_once(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let mut server = MailServer::start();
    let token = create_full_draft(&world.services).await;
    let everybody: BTreeSet<String> = (0..24).map(|n| format!("wren{n}@example.org")).collect();
    for to in &everybody {
        resume::send_link(&world.services, &token, to, Language::default()).await.unwrap();
    }
    let couriers = (0..4).map(|_| {
        let courier = courier(&world.services, server.carrier());
        tokio::spawn(async move { while courier.deliver_due().await.unwrap() > 0 {} })
    });
    for done in join_all(couriers.collect::<Vec<_>>()).await {
        done.unwrap();
    }
    // A worker that finds nothing due stops, even while others are still delivering.
    let taken = server.taken();
    let to: BTreeSet<String> = taken.iter().map(|m| m["to"][0].as_str().unwrap().to_owned()).collect();
    assert_eq!((taken.len(), to), (everybody.len(), everybody));
    assert!(rows(&world).await.iter().all(|m| m.state == State::Delivered && m.attempts == 1));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_a_server_died_with_is_delivered_by_another(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let mut server = MailServer::start();
    let store = world.services.store();
    asked(&world, "wren@example.org").await;
    // The message was taken for delivery, and that server was not heard of again.
    let write = store.begin().await.unwrap();
    let now = world.services.now();
    let taken = outbox::take_due(&write, now.into(), Duration::minutes(5), 4).await.unwrap();
    write.commit().await.unwrap();
    let courier = courier(&world.services, server.carrier());
    assert_eq!(
        courier.deliver_due().await.unwrap(),
        0,
        "a leased message is not taken by another server"
    );
    world.clock.advance(Duration::minutes(5));
    assert_eq!(courier.deliver_due().await.unwrap(), 1);
    assert_eq!(server.taken().len(), 1);
    // The first server comes back; its result no longer counts.
    let write = store.begin().await.unwrap();
    let put_off = outbox::postpone(&write, &taken[0], now.into(), "timeout").await.unwrap();
    let ended = outbox::end(&write, &taken[0], State::GivenUp, now.into(), None).await.unwrap();
    write.commit().await.unwrap();
    assert!(!put_off && !ended);
    let [message] = &rows(&world).await[..] else { panic!() };
    assert_eq!((message.state, message.attempts), (State::Delivered, 2));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_nobody_wants_any_more_does_not_leave(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let mut server = MailServer::start();
    let services = &world.services;
    let courier = courier(services, server.carrier());
    let forgotten = asked(&world, "one@example.org").await;
    assert!(drafts::forget(services, &forgotten).await.unwrap());
    let sent = asked(&world, "two@example.org").await;
    submission::submit(services, &sent, &key("first")).await.unwrap();
    let ended = asked(&world, "three@example.org").await;
    resume::end_links(services, &ended).await.unwrap();
    assert_eq!(rows(&world).await, []);

    asked(&world, "four@example.org").await;
    world.clock.advance(Duration::days(7));
    assert_eq!(courier.deliver_due().await.unwrap(), 1);
    let [late] = &rows(&world).await[..] else { panic!() };
    assert_eq!((late.state, late.last_error.as_deref()), (State::GivenUp, Some("too_late")));
    assert!(server.taken().is_empty());
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_message_that_should_have_left_an_hour_ago_counts_as_late(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let counted = async || outbox::count(&services.store().read, world.clock_now()).await.unwrap();
    asked(&world, "wren@example.org").await;
    assert_eq!((counted().await.waiting, counted().await.late), (1, 0));
    // No delivery worker runs.
    world.clock.advance(Duration::minutes(59));
    assert_eq!(counted().await.late, 0);
    world.clock.advance(Duration::minutes(2));
    assert_eq!(counted().await.late, 1);
    // With a mail server that is away, a message counts as late once it has been tried for an hour.
    let courier = courier(services, MailTransport::smtp("smtp://127.0.0.1:1", None).unwrap());
    let mut tried_for = Duration::ZERO;
    for _ in 0..MAX_ATTEMPTS - 1 {
        courier.deliver_due().await.unwrap();
        let late = counted().await.late == 1;
        assert_eq!(late, tried_for >= Duration::minutes(60), "after {tried_for}");
        let due = rows(&world).await[0].due_at.time() - world.clock_now().time();
        world.clock.advance(due);
        tried_for += due;
    }
    assert_eq!(counted().await.late, 1);
}

#[tokio::test]
async fn a_mail_server_is_greeted_by_the_name_that_was_set() {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let greeted = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 strict.example.org ESMTP\r\n").await.unwrap();
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        stream.write_all(b"550 no\r\n").await.unwrap();
        line
    });
    let carrier = MailTransport::smtp(&url, Some("complaints.example.org")).unwrap();
    assert_eq!(carrier.check_connection().await, Err("smtp_550".to_owned()));
    assert_eq!(greeted.await.unwrap(), "EHLO complaints.example.org\r\n");
}

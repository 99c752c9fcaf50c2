use std::sync::{Arc, Mutex};

use crate::mail::{MailServer, all_delivered, courier, decoded, delivered};
use crate::people::{BY_MAIL, ContactAnswers, MOBILE, contact_changed_event, send_message, sent, sent_unconfirmed, signed_in};
use crate::world::{
    START,
    TestDatabase::{self, Postgres, Sqlite},
    World, viewer,
};
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::{Engine, engine::general_purpose::STANDARD};
use complaint::case::person_number::SENDER;
use complaint::case::recordable_event::RecordableEvent;
use complaint::{Status, case::event::EventBody};
use contract::{Receipt, desk::DeskCase};
use hmac::{Hmac, Mac};
use notify::{DeliveryWorker, SmsGateway};
use record::outbox::{self, Model, State, case_messages::CONFIRMATION};
use rstest::rstest;
use secrecy::SecretString;
use serde_json::Value;
use service::{
    cases::{
        self,
        desk::{self, Caller},
    },
    notifications::bounces,
};
use sha2::Sha256;
use time::Duration;

const BY_TEXT: ContactAnswers = ContactAnswers {
    email: "",
    email_safe: "no",
    phone: MOBILE,
    phone_safe: "yes",
    way: "text",
    language: "en",
};

async fn add(world: &World, receipt: &Receipt, event: RecordableEvent) {
    desk::add_event(&world.services, &Caller::at_command_line("ash"), &receipt.reference, event, None)
        .await
        .unwrap();
}

fn word() -> RecordableEvent {
    RecordableEvent::MessageSent {
        message: "The landlord Example Homes has answered.".into(),
    }
}

/// Returns the messages in the outbox except confirmations.
async fn rows(world: &World) -> Vec<Model> {
    let mut rows = outbox::list(&world.services.store().read).await.unwrap();
    rows.retain(|row| row.channel != CONFIRMATION);
    rows
}

async fn shown(world: &World, receipt: &Receipt) -> DeskCase {
    let case = desk::case(&world.services, &Caller::at_command_line("ash"), &receipt.reference).await;
    case.unwrap().unwrap()
}

fn kinds(case: &DeskCase) -> Vec<&'static str> {
    case.events.iter().map(|event| event.body.kind()).collect()
}

async fn deliver(courier: &DeliveryWorker) {
    while courier.deliver_due().await.unwrap() > 0 {}
}

/// Changes how the person is reached by appending the event directly.
async fn append_contact_event(world: &World, receipt: &Receipt, event: EventBody) {
    use record::{cases as rows, entropy::SeededEntropy, events};
    let write = world.services.store().begin().await.unwrap();
    let case = rows::lock(&write, &receipt.reference).await.unwrap().unwrap();
    let new = events::NewEvent {
        kind: event.kind().to_owned(),
        actor_role: "resident".into(),
        actor_name: None,
        body: serde_json::to_string(&event).unwrap(),
        brought: Vec::new(),
    };
    let now_says = rows::Projection {
        status: case.status.clone(),
        due: case.due.clone(),
    };
    events::append(&write, &SeededEntropy::new(1), case.id, new, world.clock_now(), &now_says)
        .await
        .unwrap();
    write.commit().await.unwrap();
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_sent_complaint_is_confirmed_to_a_safe_address_with_its_reference_and_without_its_code(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let unsafe_email = ContactAnswers {
        email_safe: "not_sure",
        ..BY_MAIL
    };
    let online = ContactAnswers { way: "online", ..BY_MAIL };
    for how in [unsafe_email, online] {
        sent_unconfirmed(services, how).await;
    }
    assert_eq!(all_delivered(services, world.folder.path()).await, [""; 0]);
    let receipt = sent_unconfirmed(services, BY_MAIL).await;
    let [letter] = &all_delivered(services, world.folder.path()).await[..] else {
        panic!("one confirmation")
    };
    let (head, body) = letter.split_once("\r\n\r\n").unwrap();
    assert!(
        head.contains("To: wren@example.org\r\n") && head.contains("Subject: You have a message\r\n"),
        "{head}"
    );
    assert!(
        body.contains(&receipt.reference) && body.contains("http://portal.test/sign-in\r\n"),
        "{body}"
    );
    assert!(body.contains("contact you by 30 November 2026."), "{body}");
    for telling in [receipt.access_code.as_str(), "complain", "landlord", "Wren"] {
        assert!(!body.contains(telling), "{telling} in {body}");
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn whoever_did_not_do_it_is_told_and_nothing_is_given_away(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let receipt = sent(services, ContactAnswers { language: "cy", ..BY_MAIL }).await;
    assert_eq!(rows(&world).await.len(), 0);
    let (_, session) = signed_in(services, &receipt).await;
    send_message(services, &receipt, &session).await;
    add(&world, &receipt, RecordableEvent::Note { note: "rang".into() }).await;
    assert_eq!(rows(&world).await.len(), 0, "an own action and an internal note cause no message");
    add(&world, &receipt, word()).await;
    let [waiting] = &rows(&world).await[..] else { panic!() };
    let sealed = waiting.payload.as_ref().unwrap();
    assert!(
        !String::from_utf8_lossy(sealed).contains("message"),
        "the stored message must be encrypted"
    );

    let [letter] = &delivered(services, world.folder.path()).await[..] else {
        panic!()
    };
    let subject = "Subject: Mae gennych neges\r\n";
    assert!(letter.contains(subject) && letter.contains("To: wren@example.org\r\n"), "{letter}");
    assert!(letter.contains("http://portal.test/sign-in\r\n"), "{letter}");
    for telling in [receipt.reference.as_str(), "Example Homes", "landlord", "complain", "cwyn", "Wren"] {
        assert!(!letter.replace("wren@example.org", "").contains(telling), "{telling} in {letter}");
    }
    let [left] = &rows(&world).await[..] else { panic!() };
    assert_eq!(
        (left.state, left.way.as_deref(), left.payload.as_ref()),
        (State::Delivered, Some("email"), None)
    );
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn three_things_in_ten_minutes_are_one_message_or_two(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let receipt = sent(services, BY_MAIL).await;
    for _ in 0..3 {
        add(&world, &receipt, word()).await;
    }
    assert_eq!(delivered(services, world.folder.path()).await.len(), 1);
    // Events after the message has left cause one more message, and not at once.
    world.clock.advance(Duration::minutes(1));
    for _ in 0..3 {
        add(&world, &receipt, word()).await;
    }
    assert_eq!(delivered(services, world.folder.path()).await.len(), 1);
    world.clock.advance(Duration::minutes(9));
    assert_eq!(delivered(services, world.folder.path()).await.len(), 2);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_plan_counts_as_it_is_when_the_message_leaves(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (unsafe_now, elsewhere) = (sent(services, BY_MAIL).await, sent(services, BY_MAIL).await);
    add(&world, &unsafe_now, word()).await;
    add(&world, &elsewhere, word()).await;
    append_contact_event(&world, &unsafe_now, contact_changed_event("wren@example.org", false)).await;
    append_contact_event(&world, &elsewhere, contact_changed_event("new@example.org", true)).await;
    let [letter] = &delivered(services, world.folder.path()).await[..] else {
        panic!()
    };
    assert!(letter.contains("To: new@example.org\r\n"), "{letter}");
    let case = shown(&world, &unsafe_now).await;
    match &case.events.last().unwrap().body {
        EventBody::NotTold { person: SENDER, about } => assert_eq!(about, "message_sent"),
        other => panic!("{other:?}"),
    }
    assert_eq!(case.undelivered, [], "an unwanted message is not listed as undelivered");
    // The person's timeline shows what happened, and not the organisation's task.
    let (_, session) = signed_in(services, &unsafe_now).await;
    let timeline = cases::timeline(services, &viewer(services, &session, &unsafe_now.reference).await, None, None).await;
    assert!(timeline.unwrap().entries.iter().all(|entry| entry.kind != "not_told"));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn without_a_safe_way_it_is_a_task_and_by_choice_it_is_none(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let unsure = ContactAnswers {
        email_safe: "not_sure",
        ..BY_MAIL
    };
    let (unsure, online) = (
        sent(services, unsure).await,
        sent(services, ContactAnswers { way: "online", ..BY_MAIL }).await,
    );
    add(&world, &unsure, word()).await;
    add(&world, &online, word()).await;
    assert_eq!(delivered(services, world.folder.path()).await, Vec::<String>::new());
    assert_eq!(kinds(&shown(&world, &unsure).await), ["submitted", "message_sent", "not_told"]);
    assert_eq!(kinds(&shown(&world, &online).await), ["submitted", "message_sent"]);
}

type Taken = Arc<Mutex<Vec<(HeaderMap, String)>>>;

/// A gateway for text messages in this process. It answers with a status that the test sets, and keeps what it receives.
struct TextGateway {
    url: String,
    taken: Taken,
    answer: Arc<Mutex<StatusCode>>,
}

const SECRET: &str = "a secret of the organisation";

impl TextGateway {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let (taken, answer) = (Arc::default(), Arc::new(Mutex::new(StatusCode::NO_CONTENT)));
        let (keep, say): (Taken, Arc<Mutex<StatusCode>>) = (Arc::clone(&taken), Arc::clone(&answer));
        let handler = move |headers: HeaderMap, body: String| {
            keep.lock().unwrap().push((headers, body));
            let say = *say.lock().unwrap();
            async move { say }
        };
        let app = Router::new().route("/send", post(handler));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, taken, answer }
    }

    fn courier(&self, world: &World, mail: &MailServer) -> DeliveryWorker {
        let mut courier = courier(&world.services, mail.carrier());
        courier.texts = Some(SmsGateway::new(&self.url, Some(&SecretString::from(SECRET))).unwrap());
        courier
    }

    /// Returns the last request body, after checking its signature.
    fn last(&self) -> Value {
        let taken = self.taken.lock().unwrap();
        let (headers, body) = taken.last().expect("a message");
        let header = |name: &str| headers[name].to_str().unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(format!("{}.{}.{body}", header("webhook-id"), header("webhook-timestamp")).as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        assert_eq!(header("webhook-signature"), expected);
        let value: Value = serde_json::from_str(body).unwrap();
        assert_eq!(value["id"], header("webhook-id"));
        value
    }

    fn count(&self) -> usize {
        self.taken.lock().unwrap().len()
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn texts_leave_by_the_gateway_at_the_hours_that_were_chosen(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let (texts, mut mail) = (TextGateway::start().await, MailServer::start());
    let courier = texts.courier(&world, &mail);
    let receipt = sent(&world.services, BY_TEXT).await;
    // It is afternoon, and the person has chosen the morning.
    world.clock.set(START + Duration::hours(4));
    add(&world, &receipt, word()).await;
    deliver(&courier).await;
    assert_eq!(texts.count(), 0);
    let due = rows(&world).await[0].due_at;
    assert_eq!(due.rfc3339(), "2026-11-24T09:00:00.000000Z");
    // Events until the morning are covered by that one text.
    world.clock.advance(Duration::hours(1));
    add(&world, &receipt, word()).await;
    deliver(&courier).await;
    assert_eq!(rows(&world).await.len(), 1);
    world.clock.set(due.time());
    *texts.answer.lock().unwrap() = StatusCode::SERVICE_UNAVAILABLE;
    deliver(&courier).await;
    let first = texts.last();
    *texts.answer.lock().unwrap() = StatusCode::OK;
    world.clock.set(rows(&world).await[0].due_at.time());
    deliver(&courier).await;
    assert_eq!(
        (texts.count(), &texts.last()),
        (2, &first),
        "a repeated message must have the same id"
    );
    assert_eq!(first["to"], "+447700900123");
    assert_eq!(first["voicemail"], false);
    assert_eq!(first["text"], "You have a message. Sign in to read it: http://portal.test/sign-in");
    let row = &rows(&world).await[0];
    assert_eq!((row.state, row.way.as_deref()), (State::Delivered, Some("text")));
    assert!(mail.taken().is_empty());
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_is_refused_for_good_is_on_the_case_and_another_way_is_tried(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (texts, mail) = (TextGateway::start().await, MailServer::start());
    let courier = texts.courier(&world, &mail);
    let both = ContactAnswers {
        email: "never@example.org",
        phone: MOBILE,
        phone_safe: "yes",
        ..BY_MAIL
    };
    let receipt = sent(services, both).await;
    add(&world, &receipt, word()).await;
    deliver(&courier).await;
    assert_eq!(
        kinds(&shown(&world, &receipt).await),
        ["submitted", "message_sent", "message_bounced"]
    );
    assert_eq!(texts.count(), 1, "the person must be notified by text");
    // The mobile number is wrong too, so no contact method is left.
    *texts.answer.lock().unwrap() = StatusCode::UNPROCESSABLE_ENTITY;
    world.clock.advance(Duration::minutes(20));
    add(&world, &receipt, word()).await;
    deliver(&courier).await;
    let case = shown(&world, &receipt).await;
    let since: Vec<_> = kinds(&case).split_off(3);
    assert_eq!(since, ["message_sent", "message_bounced", "not_told"]);
    let dead: Vec<_> = case
        .undelivered
        .iter()
        .map(|d| (d.person, d.way.as_deref(), d.reason.as_str()))
        .collect();
    assert_eq!(dead, [(SENDER, Some("email"), "smtp_550"), (SENDER, Some("text"), "sms_422")]);
    let (_, session) = signed_in(services, &receipt).await;
    let view = cases::view(services, &viewer(services, &session, &receipt.reference).await)
        .await
        .unwrap();
    assert_eq!(view.unreached, ["email", "text"]);
    // The warning is gone once the person has given a new contact method.
    append_contact_event(&world, &receipt, contact_changed_event("new@example.org", true)).await;
    let view = cases::view(services, &viewer(services, &session, &receipt.reference).await)
        .await
        .unwrap();
    assert_eq!(view.unreached, Vec::<String>::new());
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_bounce_that_is_reported_later_is_noted_once(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let mut mail = MailServer::start();
    let courier = courier(services, mail.carrier());
    let receipt = sent(services, BY_MAIL).await;
    add(&world, &receipt, word()).await;
    deliver(&courier).await;
    let [message] = &mail.taken()[..] else { panic!() };
    let text = decoded(message["text"].as_str().unwrap());
    let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap();
    let id = bounces::message_id(id).unwrap();
    let desk = Caller::at_command_line("ash");
    for _ in 0..2 {
        assert!(bounces::report(services, &desk, id, "5.1.1").await.unwrap());
    }
    assert!(!bounces::report(services, &desk, uuid::Uuid::nil(), "5.1.1").await.unwrap());
    let case = shown(&world, &receipt).await;
    match &case.events[2].body {
        EventBody::MessageBounced {
            person: SENDER,
            way,
            reason,
        } => assert_eq!((way.as_str(), reason.as_str()), ("email", "5.1.1")),
        other => panic!("{other:?}"),
    }
    deliver(&courier).await;
    assert!(mail.taken().is_empty(), "no second email goes to the bounced address");
    assert_eq!(
        kinds(&shown(&world, &receipt).await),
        ["submitted", "message_sent", "message_bounced", "not_told"]
    );
    assert_eq!(case.undelivered[0].reason, "bounced");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn an_event_that_is_undone_tells_nobody(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let receipt = sent(&world.services, BY_MAIL).await;
    let back = RecordableEvent::StatusChanged {
        status: Status::UnderReview,
        due: None,
        reason: None,
        message: None,
    };
    let refused = desk::add_event(&world.services, &Caller::at_command_line("ash"), &receipt.reference, back, None).await;
    assert!(refused.is_err());
    assert_eq!(
        (world.count("case_events").await, world.count("outbox").await),
        (1, 1),
        "the confirmation"
    );
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn whatever_notice_is_given_up_is_on_the_case_and_a_task(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    // A mail server that is away for more than a day, a message that is delivered too late, and one that this server cannot
    // decrypt.
    let nothing_there = crate::mail::courier(services, notify::MailTransport::smtp("smtp://127.0.0.1:9", None).unwrap());
    for (case, reason) in [("away", "connection"), ("late", "too_late"), ("sealed", "unreadable")] {
        let receipt = sent(services, BY_MAIL).await;
        add(&world, &receipt, word()).await;
        match case {
            "away" => {
                for _ in 0..notify::delivery_worker::MAX_ATTEMPTS {
                    deliver(&nothing_there).await;
                    world.clock.advance(Duration::hours(8));
                }
            }
            "late" => world.clock.advance(Duration::days(15)),
            _ => {
                let write = services.store().begin().await.unwrap();
                sea_orm::ConnectionTrait::execute_unprepared(&write.tx(), "UPDATE outbox SET payload = recipient WHERE state = 'waiting'")
                    .await
                    .unwrap();
                write.commit().await.unwrap();
            }
        }
        deliver(&nothing_there).await;
        let shown = shown(&world, &receipt).await;
        assert_eq!(kinds(&shown), ["submitted", "message_sent", "not_told"], "{case}");
        assert!(
            shown
                .tasks
                .iter()
                .any(|task| task.task == complaint::case::desk_task::DeskTaskKind::NotTold),
            "{case}: {:?}",
            shown.tasks
        );
        let reasons: Vec<_> = shown.undelivered.iter().map(|message| message.reason.as_str()).collect();
        assert_eq!(reasons, [reason], "{case}");
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn an_address_with_an_accent_is_written_to_or_said_to_be_out_of_reach(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let mut mail = MailServer::start();
    let courier = crate::mail::courier(services, mail.carrier());
    let with = |email| ContactAnswers { email, ..BY_MAIL };
    let domain = sent(services, with("wren@t\u{177}.cymru")).await;
    add(&world, &domain, word()).await;
    deliver(&courier).await;
    let [message] = &mail.taken()[..] else {
        panic!("expected one message")
    };
    assert!(
        message["text"].as_str().unwrap().contains("To: wren@xn--t-foa.cymru\r\n"),
        "{message}"
    );
    assert_eq!(kinds(&shown(&world, &domain).await), ["submitted", "message_sent"]);
    let name = sent(services, with("jos\u{e9}@t\u{177}.cymru")).await;
    add(&world, &name, word()).await;
    deliver(&courier).await;
    let [message] = &mail.taken()[..] else {
        panic!("expected one message")
    };
    // The test mail server reports domains in Unicode.
    assert_eq!(message["to"][0], "jos\u{e9}@t\u{177}.cymru", "the address needs SMTPUTF8");

    // A mail server without SMTPUTF8: the message fails at once, without a day of retries, and the case records why.
    let mail = MailServer::ascii_only();
    let courier = crate::mail::courier(services, mail.carrier());
    world.clock.advance(Duration::hours(1));
    add(&world, &name, word()).await;
    deliver(&courier).await;
    let case = shown(&world, &name).await;
    assert_eq!(kinds(&case).split_off(2), ["message_sent", "message_bounced", "not_told"]);
    assert_eq!(case.undelivered[0].reason, "smtputf8");
}

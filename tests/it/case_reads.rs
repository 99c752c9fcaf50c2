//! A request reads the events of its case in full once. What happened on the case since then is read on from there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::pages::phone::Portal;
use crate::people::{BY_MAIL, sent, signed_in};
use crate::representatives::representative;
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, viewer,
};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use complaint::case::actions::CaseAction;
use complaint::case::person_number::SENDER;
use complaint::case::recordable_event::RecordableEvent;
use complaint::case::representation::Rights;
use complaint::fields::iso_date;
use rstest::rstest;
use serde_json::json;
use service::access::{api_keys, sessions};
use service::cases::actions::{self, CaseActionError};
use service::cases::desk::{self, Caller};
use service::representation::{self, ConsentError, handover};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// Counts the spans of `record::events::list` that begin at the first event. All reads of a case's events go through it.
#[derive(Clone, Default)]
struct FullReads(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for FullReads {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target() == "record::events" && metadata.name() == "list"
    }

    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut after = After(None);
        span.record(&mut after);
        self.0.fetch_add(usize::from(after.0 == Some(0)), Ordering::Relaxed);
    }
}

/// The field `after` of a span.
struct After(Option<i64>);

impl Visit for After {
    fn record_i64(&mut self, field: &Field, value: i64) {
        if field.name() == "after" {
            self.0 = Some(value);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

#[tokio::test]
async fn a_request_reads_its_case_once() {
    let portal = Portal::new().await;
    let services = &portal.world.services;
    let receipt = sent(services, BY_MAIL).await;
    let mut phone = portal.phone();
    let typed = [("reference", &*receipt.reference), ("access_code", &*receipt.access_code)];
    phone.post("/sign-in", &typed).await.leads_to();
    let desk_key = api_keys::add(services, "desk", &[api_keys::Scope::Desk]).await.unwrap();
    let (page, rest) = (
        format!("/cases/{}", receipt.reference),
        format!("/api/v1/cases/{}", receipt.reference),
    );
    let with_body = |path: String, key: &str| {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        request.header("idempotency-key", key)
    };
    let form = |fields: &[(&str, &str)]| {
        let mut form = form_urlencoded::Serializer::new(String::new());
        Body::from(form.extend_pairs(fields).finish())
    };
    let form_post = |path: String| Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let plan = [
        ("key", "form-2"),
        ("email", "wren@example.org"),
        ("email_safe", "yes"),
        ("post_safe", "no"),
        ("way", "email"),
    ];
    let note = json!({ "type": "note", "note": "Rang the landlord." });
    let desk = with_body(format!("/api/v1/desk/cases/{}/events", receipt.reference), "k1")
        .header(header::AUTHORIZATION, format!("Bearer {desk_key}"));
    let requests = [
        ("the list of one case", Request::get("/cases"), Body::empty(), StatusCode::SEE_OTHER),
        ("the case's page", Request::get(&page), Body::empty(), StatusCode::OK),
        (
            "the contact page",
            Request::get(format!("{page}/contact")),
            Body::empty(),
            StatusCode::OK,
        ),
        (
            "the people's page",
            Request::get(format!("{page}/people")),
            Body::empty(),
            StatusCode::OK,
        ),
        ("the case", Request::get(&rest), Body::empty(), StatusCode::OK),
        (
            "the timeline",
            Request::get(format!("{rest}/timeline")),
            Body::empty(),
            StatusCode::OK,
        ),
        (
            "a message by a form",
            form_post(format!("{page}/message")),
            form(&[("key", "form-1"), ("message", "No one came.")]),
            StatusCode::SEE_OTHER,
        ),
        (
            "a message",
            with_body(format!("{rest}/messages"), "k2"),
            Body::from(json!({ "message": "No one." }).to_string()),
            StatusCode::CREATED,
        ),
        (
            "a message that is refused",
            form_post(format!("{page}/message")),
            form(&[("key", "form-3"), ("message", " ")]),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            "a contact plan by a form",
            form_post(format!("{page}/contact")),
            form(&plan),
            StatusCode::SEE_OTHER,
        ),
        ("an event of the desk", desk, Body::from(note.to_string()), StatusCode::CREATED),
        (
            "a withdrawal",
            with_body(format!("{rest}/withdrawal"), "k3"),
            Body::from("{}"),
            StatusCode::CREATED,
        ),
    ];
    let reads = FullReads::default();
    // With a single subscriber, tracing asks the thread that first meets the span, and that of another test would disable it for all.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(reads.clone()));
    for (what, request, body, status) in requests {
        reads.0.store(0, Ordering::Relaxed);
        let response = phone.send(request, body).await;
        assert_eq!(response.status, status, "{what}: {}", response.html);
        assert_eq!(reads.0.load(Ordering::Relaxed), 1, "full reads for {what}");
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_happened_since_is_read_on(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let receipt = sent(services, BY_MAIL).await;
    let (_, session) = signed_in(services, &receipt).await;
    let before = viewer(services, &session, &receipt.reference).await;
    let asked = RecordableEvent::InformationRequested {
        questions: vec!["Which room?".to_owned()],
        due: iso_date::parse("2026-12-10").unwrap(),
    };
    let ash = Caller::at_command_line("ash");
    desk::add_event(services, &ash, &receipt.reference, asked, None).await.unwrap();
    let answer = CaseAction::Answer {
        request: 1,
        answers: vec!["The bedroom.".to_owned()],
        files: Vec::new(),
    };
    actions::perform(services, &before, &answer, None).await.unwrap();
    let again = actions::perform(services, &before, &answer, None).await;
    assert!(again.is_err(), "the request is answered by now");
    let case = desk::case(services, &ash, &receipt.reference).await.unwrap().unwrap();
    let numbers: Vec<i32> = case.events.iter().map(|event| event.n).collect();
    assert!((1..).zip(&numbers).all(|(n, number)| n == *number), "{numbers:?}");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn access_that_ended_since_is_gone(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let made = representative(&world, "Wren Example", Some(Rights::full()), false).await;
    let session = async |token: &str| sessions::session(services, token).await.unwrap().unwrap();
    let robin = session(&made.representative_session).await;
    let wren = session(made.tenant.as_deref().unwrap()).await;
    let robin = viewer(services, &robin, &made.reference).await;
    let wren = viewer(services, &wren, &made.reference).await;
    representation::end(services, &wren, SENDER).await.unwrap();
    for done in [
        representation::end(services, &robin, SENDER).await,
        representation::set_rights(services, &robin, SENDER, Rights::full()).await,
        representation::take_over(services, &robin).await,
        representation::ask_again(services, &robin, "").await,
        handover::make_code(services, &robin, Rights::full()).await.map(|_| ()),
    ] {
        assert!(matches!(done, Err(ConsentError::NotFound)), "{done:?}");
    }
    let message = CaseAction::Message {
        message: "No one came.".to_owned(),
        files: Vec::new(),
    };
    let sent = actions::perform(services, &robin, &message, None).await;
    assert!(matches!(sent, Err(CaseActionError::NotFound)), "{sent:?}");
    actions::perform(services, &wren, &message, None).await.unwrap();
}

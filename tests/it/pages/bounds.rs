//! Limits on what one client sends: fields, files, saves, and pages at once.

use std::collections::BTreeSet;
use std::io;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode, header};
use complaint::case::actions::CaseActionKind;
use complaint::fields::form::Choice;
use complaint::questionnaire::{questions, steps};
use futures::{StreamExt, future, stream};
use onrecord::http::body_arrival::TakesFiles;
use onrecord::http::limits::Quota;
use onrecord::http::pages;
use serde_json::Value;
use tower::ServiceExt;

use super::case_actions::signed_in;
use super::phone::{Portal, RESIDENT};

/// Returns the routes that take files, with their method.
fn with_files() -> BTreeSet<String> {
    let questions = questions::all().filter(|question| steps::takes_files(question.step));
    let questions = questions.map(|question| format!("POST {}", question.step.path()));
    let acts = CaseActionKind::ALL.iter().filter(|kind| kind.takes_files());
    let acts = acts.map(|kind| format!("POST /cases/{{reference}}/{}", kind.slug()));
    let others = [
        "POST /cases/{reference}/people",
        "POST /api/v1/uploads",
        "PATCH /api/v1/uploads/{id}",
    ];
    questions.chain(acts).chain(others.map(str::to_owned)).collect()
}

/// Returns each route with each of its methods, as `POST /path`.
async fn routes(portal: &Portal) -> Vec<String> {
    let forms = pages::addresses().into_iter();
    let mut routes: Vec<String> = forms
        .flat_map(|address| [format!("GET {address}"), format!("POST {address}")])
        .collect();
    let description = portal.phone().get("/api/v1/openapi.json").await;
    let description: Value = serde_json::from_str(&description.html).unwrap();
    for (path, item) in description["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().keys().map(|method| method.to_uppercase());
        let methods = methods.filter(|method| ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&&**method));
        routes.extend(methods.map(|method| format!("{method} {path}")));
    }
    routes
}

#[tokio::test]
async fn each_route_that_takes_files_may_take_its_time_and_no_other() {
    let portal = Portal::new().await;
    let mut marked = BTreeSet::new();
    let routes = routes(&portal).await;
    assert!(routes.len() > 100, "{routes:?}");
    for route in routes {
        let (method, path) = route.split_once(' ').unwrap();
        let path = path
            .replace("{reference}", "RC-0000-0000")
            .replace("{person}", "1")
            .replace("{issue}", "2");
        let path = path
            .replace("{slug}", "check-answers")
            .replace("{token}", &"A".repeat(43))
            .replace("{step}", "role");
        let path = path.replace("{id}", "00000000-0000-4000-8000-000000000000").replace(['{', '}'], "");
        let form = "--edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\nDear\r\n--edge--\r\n";
        let request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(&path)
            .header(header::HOST, "portal.test")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .body(Body::from(form))
            .unwrap();
        let response = portal.app.clone().oneshot(request).await.unwrap();
        // A route that reads a form with files but is not marked answers with a server error.
        assert_ne!(response.status(), StatusCode::INTERNAL_SERVER_ERROR, "{route}");
        if response.extensions().get::<TakesFiles>().is_some() {
            marked.insert(route);
        }
    }
    assert_eq!(marked, with_files());
}

#[tokio::test]
async fn words_are_shown_again_when_the_file_behind_them_breaks_off() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let address = format!("/cases/{}/message", receipt.reference);
    let form = "--edge\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk1\r\n\
                --edge\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nThe photo shows the wall.\r\n\
                --edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"wall.txt\"\r\n\r\nDear";
    let begun = stream::once(async move { Ok(Bytes::from_static(form.as_bytes())) });
    // The break comes later than the text, as on a connection that goes quiet: the parser has already read what came.
    let broken = stream::once(async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(io::Error::from(io::ErrorKind::TimedOut))
    });
    let page = phone.upload_body(&address, Body::from_stream(begun.chain(broken))).await;
    let page = page.reads(StatusCode::BAD_REQUEST);
    assert!(
        page.contains("The photo shows the wall.") && page.contains(r#"value="k1""#),
        "{page}"
    );
}

#[tokio::test]
async fn a_form_of_too_many_fields_is_refused_and_unknown_fields_are_not_shown_again() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let address = format!("/cases/{}/message", receipt.reference);
    let many = vec![("file", "1"); 40_000];
    assert_eq!(phone.post(&address, &many).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(phone.post("/sign-in", &many).await.status, StatusCode::PAYLOAD_TOO_LARGE);

    let mut stranger = portal.phone();
    let page = stranger
        .post(&address, &[("message", "Hello"), ("unknown_field", "unknown value")])
        .await;
    let page = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Hello") && !page.contains("unknown"), "{page}");
}

#[tokio::test]
async fn a_draft_is_not_saved_without_end() {
    let portal = Portal::with(7, |config| config.limits.saves = Quota::new(3, 1)).await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..4]).await;
    let page = phone.post("/complaint/landlord", &[("name", "Example Homes")]).await;
    assert!((1..=61).contains(&page.header("retry-after").parse::<u64>().unwrap()));
    assert!(page.reads(StatusCode::TOO_MANY_REQUESTS).contains("Example Homes"));
    phone.get("/complaint/tasks").await.reads(StatusCode::OK);
    // Another resident is not slowed down.
    portal.phone().answer(&RESIDENT[..2]).await;
}

#[tokio::test]
async fn more_pages_than_wait_are_answered_at_once() {
    let portal = Portal::with(7, |config| {
        config.pages.at_once = NonZeroU32::MIN;
        config.pages.waiting = 20;
    })
    .await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..1]).await;
    let pages = (0..60).map(|_| {
        let mut phone = phone.clone();
        async move { phone.get("/complaint/name").await }
    });
    let pages = future::join_all(pages).await;
    let drawn = pages.iter().filter(|page| page.status == StatusCode::OK).count();
    assert!(drawn >= 20, "only {drawn} pages were rendered");
    assert!(drawn < 60, "some pages must be refused at once");
    for page in pages.iter().filter(|page| page.status != StatusCode::OK) {
        assert_eq!(page.header("retry-after"), "5");
        page.reads(StatusCode::SERVICE_UNAVAILABLE);
    }
    phone.get("/complaint/name").await.reads(StatusCode::OK);
}

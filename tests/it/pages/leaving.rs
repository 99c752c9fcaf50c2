//! *Exit this page*, and what the Back button shows afterwards.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::phone::{Phone, Portal, RESIDENT};
use super::questionnaire::sent;

const WEATHER: &str = "https://www.bbc.co.uk/weather";

/// Requests a page as a browser does when the person goes back to it.
async fn back(phone: &mut Phone, path: &str) -> super::phone::Page {
    let request = Request::get(path)
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-site", "same-origin");
    phone.send(request, Body::empty()).await
}

#[tokio::test]
async fn every_page_after_the_start_has_the_way_out_once() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    assert!(!phone.get("/").await.html.contains("id=\"exit\""));
    phone.answer(&RESIDENT[..1]).await;
    for path in [
        "/complaint/name",
        "/complaint/check-answers",
        "/complaint/sent",
        "/sign-in",
        "/help",
        "/about-this-site",
        "/this-phone",
        "/nothing",
    ] {
        let page = phone.get(path).await;
        let head = page.html.find("</header>").unwrap();
        let exit = page
            .html
            .find("<form id=\"exit\"")
            .unwrap_or_else(|| panic!("{path}: the page has no exit button"));
        assert!(head < exit && exit < page.html.find("<main").unwrap(), "{path}");
        assert_eq!(page.html.matches("action=\"/exit\"").count(), 1, "{path}");
        // The skip link is a button of the same form.
        assert_eq!(page.html.matches("form=\"exit\"").count(), 1, "{path}");
        assert!(
            page.html.contains(&format!("data-to=\"{WEATHER}\"")) && page.html.contains("/assets/exit-0.js"),
            "{path}"
        );
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
    }
    let refused = phone.post("/help", &[]).await;
    assert!(
        refused.html.contains("action=\"/exit\"") && refused.html.contains("/assets/exit-0.js"),
        "an error page must have the exit button"
    );
    assert!(refused.header("content-security-policy").contains("script-src 'self';"));
}

#[tokio::test]
async fn leaving_ends_the_session_and_keeps_the_draft() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..2]).await;
    let draft = phone.cookies["draft"].clone();
    phone.cookies.insert("session".into(), "not-one-of-ours".into());
    let page = phone.post("/exit", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("refresh"), format!("0; url={WEATHER}"));
    assert_eq!(page.header("clear-site-data"), "\"cache\", \"storage\"");
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(
        !page.html.contains("On Record") && page.html.contains("<title>www.bbc.co.uk</title>"),
        "{}",
        page.html
    );
    assert_eq!(phone.cookies.keys().collect::<Vec<_>>(), ["left"]);

    // Nothing was deleted: a browser that still has the cookie's value resumes the draft.
    let mut other = portal.phone();
    other.cookies.insert("draft".into(), draft);
    assert!(other.get("/complaint/name").await.reads(StatusCode::OK).contains("Siân O'Neill"));
}

#[tokio::test]
async fn leaving_ends_the_session_for_whoever_kept_its_cookie() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = sent(&portal).await;
    let fields = [("reference", &*receipt.reference), ("access_code", &*receipt.access_code)];
    let case = phone.post("/sign-in", &fields).await.leads_to().to_owned();
    phone.get(&case).await.reads(StatusCode::OK);
    let mut kept = phone.clone();
    phone.post("/exit", &[]).await;
    assert_eq!(portal.world.count("sessions").await, 0);
    assert_eq!(kept.get(&case).await.leads_to(), "/sign-in");
}

#[tokio::test]
async fn back_leads_away_again_and_coming_back_starts_afresh() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..2]).await;
    // The page set the cookie `left`, but its request did not reach the server.
    phone.cookies.insert("left".into(), "1".into());
    for path in ["/complaint/name", "/", "/help", "/nothing"] {
        let page = back(&mut phone, path).await;
        assert_eq!(page.leads_to(), WEATHER, "{path}");
        assert!(page.html.is_empty(), "{path}");
    }
    assert!(phone.cookies.contains_key("left"), "the mark must stay for further presses of Back");
    let denied = phone.get("/api/v1/drafts/current").await;
    assert!(denied.status.is_client_error() && !denied.html.contains("Siân"));

    // The browser sends no `Sec-Fetch` headers: a page in the middle is treated as a return by the Back button.
    for path in ["/complaint/name", "/cases"] {
        assert_eq!(phone.get(path).await.leads_to(), WEATHER, "{path}");
    }
    // A request for an image or script is not a return.
    let beside = Request::get("/favicon.ico").header("sec-fetch-mode", "no-cors");
    phone.send(beside, Body::empty()).await;
    assert!(phone.cookies.contains_key("left"));

    phone.get("/").await.reads(StatusCode::OK);
    assert_eq!(phone.cookies.len(), 0, "{:?}", phone.cookies);
    let page = phone.get("/complaint/name").await.reads(StatusCode::OK);
    assert!(
        !page.contains("Siân O'Neill") && page.contains("We do not have your answers here"),
        "{page}"
    );
    // A draft that is begun after that works as usual.
    phone.answer(&RESIDENT[..1]).await;
    assert_eq!(back(&mut phone, "/complaint/who-are-you").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_last_words_before_leaving_are_stored_and_nothing_is_shown() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..2]).await;
    // The browser sent the text after the page had set the cookie.
    phone.cookies.insert("left".into(), "1".into());
    let request = Request::put("/api/v1/drafts/current/typed/what_happened").header("content-type", "application/json");
    let text = r#"{"fields":{"what_happened":["He is coming."]}}"#;
    let page = phone.send(request, Body::from(text)).await;
    assert_eq!(page.status, StatusCode::NO_CONTENT, "{}", page.html);
    assert!(phone.cookies.contains_key("left"));
    assert!(phone.get("/api/v1/drafts/current").await.status.is_client_error());
    phone.cookies.remove("left");
    let draft = phone.get("/api/v1/drafts/current").await;
    assert!(draft.html.contains("He is coming."), "{}", draft.html);
}

#[tokio::test]
async fn an_answer_given_after_leaving_is_a_new_beginning() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..2]).await;
    let before = phone.cookies["draft"].clone();
    phone.cookies.insert("left".into(), "1".into());
    phone.post("/complaint/who-are-you", &[("role", "resident")]).await;
    assert_ne!(phone.cookies["draft"], before);
    assert!(!phone.cookies.contains_key("left"));
}

#[tokio::test]
async fn the_way_out_is_the_organisations_choice() {
    let portal = Portal::with(7, |config| config.safety.exit_url = "https://www.example.org/a?b=c&d=\"".into()).await;
    let mut phone = portal.phone();
    let page = phone.get("/help").await;
    assert!(
        page.html.contains("data-to=\"https://www.example.org/a?b=c&amp;d=&quot;\""),
        "{}",
        page.html
    );
    let page = phone.post("/exit", &[]).await;
    assert!(
        page.html.contains("href=\"https://www.example.org/a?b=c&amp;d=&quot;\""),
        "{}",
        page.html
    );
}

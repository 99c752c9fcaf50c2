//! Headers and error pages of every response.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::phone::{Portal, RESIDENT};

#[tokio::test]
async fn every_answer_is_guarded() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    for path in [
        "/",
        "/complaint/who-are-you",
        "/nothing-here",
        "/assets/main-0.css",
        "/livez",
        "/cases",
    ] {
        let page = phone.get(path).await;
        assert_eq!(page.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("x-frame-options"), "DENY", "{path}");
        assert!(page.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(!page.header("content-security-policy").contains("unsafe-inline"), "{path}");
        assert!(
            page.header("strict-transport-security").is_empty(),
            "HSTS must not be sent over http"
        );
        assert_eq!(page.header("x-request-id").len(), 36, "{path}");
    }
}

#[tokio::test]
async fn scripts_and_styles_carry_the_nonce_of_the_policy_and_each_page_has_its_own() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..2 {
        let page = phone.get("/complaint/who-are-you?draft=1").await;
        let policy = page.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        for tag in page.html.split("<script").skip(1).chain(page.html.split("<style").skip(1)) {
            assert!(tag.split('>').next().unwrap().contains(&format!("nonce=\"{nonce}\"")), "{tag}");
        }
        assert!(seen.insert(nonce));
    }
}

#[tokio::test]
async fn a_first_visit_finds_its_styles_in_the_page_and_a_later_one_does_not() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    assert!(phone.get("/").await.html.contains("/* first-0.css */"));
    phone.answer(&RESIDENT[..1]).await;
    let page = phone.get("/complaint/name").await;
    assert!(!page.html.contains("/* first-0.css */") && page.html.contains("/assets/main-0.css"));
}

#[tokio::test]
async fn what_another_site_sends_is_not_acted_on() {
    let portal = Portal::new().await;
    let fields = || Body::from("role=resident");
    let post = |name: &str, value: &str| {
        let request = Request::post("/complaint/who-are-you").header("content-type", "application/x-www-form-urlencoded");
        request.header(name, value)
    };
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.test"),
        ("origin", "null"),
    ] {
        let page = portal.phone().send(post(name, value), fields()).await;
        assert!(
            page.reads(StatusCode::FORBIDDEN).contains("did not come from our pages"),
            "{name}: {value}"
        );
    }
    for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", "http://portal.test")] {
        let page = portal.phone().send(post(name, value), fields()).await;
        assert_eq!(page.leads_to(), "/complaint/name", "{name}: {value}");
    }
    assert_eq!(portal.world.count("drafts").await, 2);
}

#[tokio::test]
async fn addresses_with_nothing_behind_them_say_so() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    for path in [
        "/nothing",
        "/complaint/nothing",
        "/complaint",
        "/cases/a/b",
        "/assets/none.css",
        "/%00",
        "/.env",
    ] {
        let page = phone.get(path).await.reads(StatusCode::NOT_FOUND);
        assert!(page.contains("Page not found"), "{path}: {page}");
    }
    let page = phone.post("/complaint/nothing", &[]).await;
    page.reads(StatusCode::NOT_FOUND);
    let page = phone.post("/help", &[]).await;
    assert_eq!(page.header("allow"), "GET,HEAD");
    page.reads(StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn pages_come_compressed() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let plain = phone.get("/").await;
    for encoding in ["br", "gzip"] {
        let page = phone
            .send(Request::get("/").header("accept-encoding", encoding), Body::empty())
            .await;
        assert_eq!(page.header("content-encoding"), encoding);
        let length: usize = page.header("content-length").parse().unwrap();
        assert!(length * 2 < plain.html.len(), "{length} of {}", plain.html.len());
    }
    assert!(plain.header("vary").contains("accept-encoding"));
}

#[tokio::test]
async fn over_https_cookies_are_for_https_only() {
    let portal = Portal::with(7, |config| config.public_url = Some("https://complaints.example.org".into())).await;
    let page = portal.phone().post("/complaint/who-are-you", &[("role", "resident")]).await;
    let cookie = page.header("set-cookie");
    assert!(cookie.starts_with("__Host-draft="), "{cookie}");
    for attribute in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(page.header("strict-transport-security").contains("max-age="));
}

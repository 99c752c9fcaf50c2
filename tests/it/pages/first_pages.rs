//! Pages that are rendered once for all first visitors.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::{Engine, engine::general_purpose::STANDARD};
use onrecord::server::FIRST_PAGES;
use sha2::{Digest, Sha256};

use super::phone::{Page, Portal};

/// Asks for a page as a first visitor until it is no longer rendered for each.
async fn kept(portal: &Portal, path: &str) -> Page {
    let mut before = portal.phone().get(path).await;
    for _ in 0..200 {
        let page = portal.phone().get(path).await;
        if page.html == before.html {
            return page;
        }
        before = page;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{path} is rendered for each visitor");
}

/// Returns the number of the draft that a page names.
fn number(page: &Page) -> &str {
    page.html.split("data-draft=\"").nth(1).unwrap().split('"').next().unwrap()
}

#[tokio::test]
async fn first_visitors_get_the_page_that_is_rendered_for_one_of_them() {
    let portal = Portal::new().await;
    for path in FIRST_PAGES {
        let page = kept(&portal, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.html.contains(" nonce="), "{path}");
        // A cookie of another program on this host: the page is rendered for this visitor alone.
        let alone = portal
            .phone()
            .send(Request::get(path).header("cookie", "other=1"), Body::empty())
            .await;
        let policy = alone.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
        let theirs = alone
            .html
            .replace(&format!(" nonce=\"{nonce}\""), "")
            .replace(number(&alone), "NUMBER");
        let shared = page.html.replace(number(&page), "NUMBER");
        let differs = shared.bytes().zip(theirs.bytes()).position(|(a, b)| a != b);
        assert!(
            shared == theirs,
            "{path}: {:?}",
            differs.map(|at| (shared.get(at..at + 60), theirs.get(at..at + 60)))
        );
        for name in ["content-type", "cache-control", "referrer-policy", "x-frame-options"] {
            assert_eq!(page.header(name), alone.header(name), "{path}: {name}");
        }
        assert!(page.header("set-cookie").is_empty());
    }
}

#[tokio::test]
async fn their_inline_scripts_and_styles_are_allowed_by_their_hashes() {
    let portal = Portal::new().await;
    for path in FIRST_PAGES {
        // The first one was rendered for this visitor, the second for all.
        for page in [portal.phone().get(path).await, kept(&portal, path).await] {
            let policy = page.header("content-security-policy");
            assert!(!policy.contains("nonce") && !policy.contains("unsafe-inline"), "{policy}");
            for (start, end) in [("<script", "</script>"), ("<style", "</style>")] {
                for element in page.html.split(start).skip(1) {
                    let (_, rest) = element.split_once('>').unwrap();
                    let (content, _) = rest.split_once(end).unwrap();
                    let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(content)));
                    assert!(content.is_empty() || policy.contains(&hash), "{path}: {content}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_page_with_something_of_a_person_is_rendered_for_them_alone() {
    let portal = Portal::new().await;
    let shared = kept(&portal, "/").await;
    let welsh = portal
        .phone()
        .send(Request::get("/").header("accept-language", "cy"), Body::empty())
        .await;
    assert!(welsh.html.contains("lang=\"cy\"") && number(&welsh) != number(&shared));
    for request in [
        Request::get("/?from=leaflet"),
        Request::get("/").header("cookie", "language=en"),
        Request::get("/").header("authorization", "Bearer x"),
    ] {
        let page = portal.phone().send(request, Body::empty()).await;
        assert!(!page.html.contains(&format!("data-draft=\"{}\"", number(&shared))));
    }
    let head = portal.phone().send(Request::head("/"), Body::empty()).await;
    assert!(head.html.is_empty() && head.header("content-length") == shared.html.len().to_string());
}

#[tokio::test]
async fn they_come_as_small_as_they_get() {
    let portal = Portal::new().await;
    let page = kept(&portal, "/").await;
    for encoding in ["br", "gzip"] {
        let request = |cookie| Request::get("/").header("accept-encoding", encoding).header("cookie", cookie);
        let alone = portal.phone().send(request("other=1"), Body::empty()).await;
        let shared = portal
            .phone()
            .send(Request::get("/").header("accept-encoding", encoding), Body::empty())
            .await;
        let length = |page: &Page| page.header("content-length").parse::<usize>().unwrap();
        assert_eq!(shared.header("content-encoding"), encoding);
        assert!(length(&shared) <= length(&alone) && length(&shared) * 2 < page.html.len());
    }
}

use std::collections::BTreeSet;

use axum::http::StatusCode;
use insta::assert_snapshot;
use onrecord::http::api::{description, problem::Kind};
use serde_json::Value;
use text::Language;

use super::caller::Api;

#[tokio::test]
async fn nothing_but_problems_leaves_the_api() {
    let api = Api::new().await;
    assert_snapshot!("nothing_here", api.ask("GET /api/v1/nothing", "").await.written());
    assert_snapshot!("method_not_allowed", api.ask("PATCH /api/v1/drafts", "").await.written());
    assert_eq!(api.ask("PATCH /api/v1/drafts/current", "").await.header("allow"), "GET,HEAD");
    for line in [
        "GET /api",
        "GET /api/",
        "POST /api/v1/drafts/",
        "TRACE /api/v1/cases",
        "GET /api/v1/cases/%ff",
    ] {
        let answer = api.ask(line, "").await;
        assert!(answer.status.is_client_error(), "{line}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{line}");
    }
}

#[tokio::test]
async fn a_database_that_is_gone_is_said_to_be() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    api.world.services.store().clone().close().await.unwrap();
    assert_snapshot!("unavailable", api.ask(&format!("GET {draft}"), &token).await.written());
    let answer = api.ask("POST /api/v1/drafts", "").await;
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (StatusCode::SERVICE_UNAVAILABLE, "5")
    );
}

#[tokio::test]
async fn the_description_is_served_as_it_was_reviewed() {
    let api = Api::new().await;
    let served = api.ask("GET /api/v1/openapi.json", "").await;
    assert_eq!(&served.json(), description::document());
    assert_eq!(served.json()["openapi"], "3.1.0");
    assert_snapshot!("openapi", format!("{:#}", served.json()));
}

#[test]
fn every_reference_in_the_description_leads_somewhere() {
    fn walk<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(members) => {
                let properties = members.get("properties").and_then(Value::as_object).into_iter().flatten();
                for (name, property) in properties {
                    assert!(
                        property.is_object() || property.is_boolean(),
                        "{name} must have a schema: {property}"
                    );
                }
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|v| walk(v, found));
            }
            Value::Array(items) => items.iter().for_each(|v| walk(v, found)),
            _ => {}
        }
    }
    let document = description::document();
    let mut found = BTreeSet::new();
    walk(document, &mut found);
    assert!(found.len() > 20, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap_or(reference);
        assert!(document.pointer(pointer).is_some_and(Value::is_object), "{reference}");
    }
}

#[tokio::test]
async fn the_page_for_people_needs_nothing_from_elsewhere() {
    let api = Api::new().await;
    let page = api.ask("GET /api/docs", "").await;
    let html = String::from_utf8(page.bytes).unwrap();
    assert!(html.contains("<code>PUT /api/v1/drafts/{id}/answers/home_address</code>"));
    assert!(html.contains("href=\"#DraftView\""));
    for forbidden in ["<script", "<style", "style=", "http:", "https:", "src="] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert_eq!(api.ask("GET /api/docs.css", "").await.status, StatusCode::OK);
}

#[test]
fn every_problem_has_its_words_and_its_own_address() {
    let mut addresses = BTreeSet::new();
    for kind in Kind::ALL {
        assert!(kind.status().is_client_error() || kind.status().is_server_error(), "{kind:?}");
        assert!(addresses.insert(kind.uri()), "{kind:?}");
        for part in ["title", "detail"] {
            let key = format!("problems.{}.{part}", kind.code());
            assert_ne!(Language::default().say(&key), key);
        }
    }
}

use axum::body::Body;
use axum::http::StatusCode;
use insta::assert_snapshot;
use onrecord::http::limits::{Quota, Quotas};
use serde_json::json;
use service::Settings;
use time::Duration;

use super::caller::Api;

#[tokio::test]
async fn a_draft_is_started_saved_and_shown() {
    let api = Api::new().await;
    assert_snapshot!("started", api.ask("POST /api/v1/drafts", "").await.written());
    let (draft, token) = api.draft().await;
    assert_snapshot!("empty", api.ask(&format!("GET {draft}"), &token).await.written());
    let saved = api
        .send(&format!("PUT {draft}/answers/role"), &token, &json!({ "role": "representative" }))
        .await;
    assert_snapshot!("saved", saved.written());
    let cookie = format!("draft={token}");
    let current = api.call("GET /api/v1/drafts/current", &[("cookie", &cookie)], Body::empty()).await;
    assert_eq!(current.json(), saved.json());
    assert_eq!(current.header("etag"), "\"1\"");
}

#[tokio::test]
async fn what_a_rule_refuses_is_named_in_the_order_of_the_page() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    let address = json!({ "line_1": "", "town": " \u{0} ", "postcode": "not one" });
    let answer = api.send(&format!("PUT {draft}/answers/home_address"), &token, &address).await;
    assert_snapshot!("rules", answer.written());
    let long = json!({ "name": "x".repeat(201) });
    let answer = api.send(&format!("PUT {draft}/answers/landlord"), &token, &long).await;
    assert_snapshot!("too_long", answer.written());
}

#[tokio::test]
async fn a_body_of_another_form_is_refused_precisely() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    let line = format!("PUT {draft}/answers/role");
    let bearer = format!("Bearer {token}");
    let send = async |media_type: &str, body: String| {
        let headers = [("authorization", bearer.as_str()), ("content-type", media_type)];
        api.call(&line, &headers, body).await
    };
    let json = "application/json";
    assert_snapshot!("not_json", send(json, "{\"role\":".into()).await.written());
    assert_snapshot!(
        "unknown_member",
        send(json, r#"{"role":"resident","colour":"red"}"#.into()).await.written()
    );
    assert_snapshot!("another_type", send(json, r#"{"role":7}"#.into()).await.written());
    assert_snapshot!(
        "not_said_to_be_json",
        send("text/plain", r#"{"role":"resident"}"#.into()).await.written()
    );
    assert_snapshot!(
        "too_large",
        send(json, format!("{{\"role\":\"{}\"}}", "x".repeat(2_000_000))).await.written()
    );
    assert_eq!(
        send("application/json; charset=utf-8", r#"{"role":"resident"}"#.into())
            .await
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn another_device_is_noticed() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    let line = format!("PUT {draft}/answers/role");
    let bearer = format!("Bearer {token}");
    let save = async |revision: &str| {
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("if-match", revision),
        ];
        api.call(&line, &headers, r#"{"role":"resident"}"#).await
    };
    assert_eq!(save("\"0\"").await.header("etag"), "\"1\"");
    assert_snapshot!("changed_elsewhere", save("\"0\"").await.written());
    assert_eq!(save("*").await.header("etag"), "\"2\"");
    assert_snapshot!("revision_unreadable", save("two").await.written());
}

/// Version 1 accepts a best way that is not safe, as it always did. It is not stored.
#[tokio::test]
async fn a_best_way_that_is_not_safe_is_accepted_and_not_stored() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    let bearer = format!("Bearer {token}");
    let save = async |step: &str, seen: &str, body: serde_json::Value| {
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("answer-seen", seen),
        ];
        let saved = api.call(&format!("PUT {draft}/answers/{step}"), &headers, body.to_string()).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.written());
        (
            saved.header("answer-mark").to_owned(),
            saved.json()["answers"]["contact_choice"].clone(),
        )
    };
    save("contact", "", json!({ "email": "wren@example.org", "phone": "01632 960123" })).await;
    save("email_safety", "", json!({ "safe": "no" })).await;
    let (mark, stored) = save("contact_choice", "", json!({ "way": "email", "times": ["evening"] })).await;
    assert_eq!(stored, json!({ "times": ["evening"] }));
    // The mark is that of the stored answer.
    let (_, stored) = save("contact_choice", &mark, json!({ "way": "phone" })).await;
    assert_eq!(stored, json!({ "way": "phone" }));
    let (_, stored) = save("phone_safety", "", json!({ "safe": "no", "message": "no" })).await;
    assert_eq!(stored, json!({}), "a stored way that became unsafe is not used");
}

#[tokio::test]
async fn an_answer_changed_on_another_device_is_not_written_over() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    let bearer = format!("Bearer {token}");
    let save = async |step: &str, seen: &str, body: &str| {
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("answer-seen", seen),
        ];
        api.call(&format!("PUT {draft}/answers/{step}"), &headers, body.to_owned()).await
    };
    let first = save("landlord", "", r#"{"name":"First Homes"}"#).await;
    let mark = first.header("answer-mark").to_owned();
    // An answer to another question does not change the mark.
    assert_eq!(save("role", "", r#"{"role":"resident"}"#).await.status, StatusCode::OK);
    let second = save("landlord", &mark, r#"{"name":"Second Homes"}"#).await;
    assert_eq!(second.status, StatusCode::OK);
    let late = save("landlord", &mark, r#"{"name":"Third Homes"}"#).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    // Saving the same answer again is no conflict, however old the page is.
    assert_eq!(save("landlord", "", r#"{"name":"Second Homes"}"#).await.status, StatusCode::OK);
    let now = api.ask(&format!("GET {draft}"), &token).await.json();
    assert_eq!(now["answers"]["landlord"]["name"], "Second Homes");
}

#[tokio::test]
async fn a_draft_that_is_not_theirs_is_one_that_does_not_exist() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    let (_, other) = api.draft().await;
    let unknown = "GET /api/v1/drafts/0193f5a0-0000-7000-8000-000000000000";
    let expected = api.ask(unknown, &token).await.written();
    assert_snapshot!("not_theirs", expected);
    for (line, token) in [
        (format!("GET {draft}"), other.as_str()),
        (format!("DELETE {draft}"), other.as_str()),
        ("GET /api/v1/drafts/rubbish".into(), token.as_str()),
        (
            format!("GET {}", draft.to_uppercase().replace("/API/V1/DRAFTS", "/api/v1/drafts")),
            token.as_str(),
        ),
        ("GET /api/v1/drafts/current".into(), ""),
        (format!("PUT {draft}/answers/role"), other.as_str()),
    ] {
        assert_eq!(api.ask(&line, token).await.written(), expected, "{line}");
    }
    let sent = api.send(&format!("POST {draft}/submission"), &other, &json!(null)).await;
    assert_eq!(sent.written(), expected);
    assert_snapshot!("without_a_token", api.ask(&format!("GET {draft}"), "").await.written());
    for (line, token) in [(format!("GET {draft}"), "rubbish"), (unknown.into(), "")] {
        assert_eq!(api.ask(&line, token).await.status, StatusCode::UNAUTHORIZED, "{line}");
    }
    api.world.clock.advance(Duration::days(29));
    assert_eq!(api.ask(&format!("GET {draft}"), &token).await.written(), expected, "expired");
}

#[tokio::test]
async fn a_forgotten_draft_is_gone() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    assert_snapshot!("forgotten", api.ask(&format!("DELETE {draft}"), &token).await.written());
    for line in [format!("GET {draft}"), format!("DELETE {draft}")] {
        assert_eq!(api.ask(&line, &token).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn too_many_drafts_have_to_wait() {
    let quotas = Quotas {
        draft_creation: Quota::new(2, 1),
        ..Quotas::default()
    };
    let api = Api::with(Settings::default(), quotas).await;
    for _ in 0..2 {
        api.draft().await;
    }
    let refused = api.ask("POST /api/v1/drafts", "").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=61).contains(&wait), "{wait}");
    assert_eq!(refused.json()["type"], "/problems/too-many-requests");
}

#[tokio::test]
async fn landlords_are_found_with_typing_errors() {
    let api = Api::new().await;
    let found = api.ask("GET /api/v1/landlords?q=peabdy", "").await;
    assert!(
        found.json()[0]["name"].as_str().is_some_and(|n| n.contains("Peabody")),
        "{}",
        found.written()
    );
    assert_eq!(api.ask("GET /api/v1/landlords?q=", "").await.json(), json!([]));
    for wrong in ["", "?q=a&q=b", &format!("?q={}", "x".repeat(201))] {
        let refused = api.ask(&format!("GET /api/v1/landlords{wrong}"), "").await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn a_landlord_found_under_another_name_comes_with_the_reason_in_the_callers_language() {
    let api = Api::new().await;
    let line = "GET /api/v1/landlords?q=my+landlord+is+lewisham+homes";
    let found = api.ask(line, "").await;
    assert_eq!(found.header("vary"), "accept-language, cookie");
    assert_eq!(found.json()[0]["registration_number"], "00AZ");
    let why = found.json()[0]["why"].as_str().unwrap_or_default().to_owned();
    assert!(why.starts_with("Lewisham Homes used to look after homes"), "{why}");
    let welsh = api.call(line, &[("accept-language", "cy")], Body::empty()).await;
    assert!(
        welsh.json()[0]["why"]
            .as_str()
            .is_some_and(|why| why.starts_with("Roedd Lewisham Homes")),
        "{}",
        welsh.written()
    );
    let plain = api.ask("GET /api/v1/landlords?q=leeds+city+council", "").await;
    assert!(plain.json()[0].get("why").is_none(), "{}", plain.written());
}

#[tokio::test]
async fn a_landlords_whole_name_is_saved_with_its_number() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    let save = async |body: serde_json::Value| {
        let saved = api.send(&format!("PUT {draft}/answers/landlord"), &token, &body).await;
        saved.json()["answers"]["landlord"].clone()
    };
    let leeds = json!({ "name": "leeds city council", "registration_number": "00DA" });
    assert_eq!(save(json!({ "name": "leeds city council" })).await, leeds);
    let cumberland = json!({ "name": "Cumberland Council", "ons_code": "E06000063" });
    assert_eq!(save(json!({ "name": "Cumberland Council" })).await, cumberland);
    let example = json!({ "name": "Example Homes" });
    assert_eq!(save(example.clone()).await, example);
    let own = json!({ "name": "Leeds City Council", "registration_number": "X1" });
    assert_eq!(save(own.clone()).await, own);
}

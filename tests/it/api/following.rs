use axum::body::Body;
use axum::http::StatusCode;
use complaint::fields::reference::Reference;
use http_body_util::BodyExt;
use insta::assert_snapshot;
use onrecord::http::limits::{Quota, Quotas};
use serde_json::{Value, json};
use service::Settings;
use service::cases::news;

use super::caller::{Answer, Api};

async fn sign_in(api: &Api, reference: &str, access_code: &str) -> Answer {
    let body = json!({ "reference": reference, "access_code": access_code });
    api.send("POST /api/v1/sessions", "", &body).await
}

#[tokio::test]
async fn a_case_is_followed_with_its_reference_and_access_code() {
    let api = Api::new().await;
    let receipt = api.sent().await;
    let [reference, code] = ["reference", "access_code"].map(|n| receipt[n].as_str().unwrap());
    let typed = reference.to_lowercase().replace('0', "O").replace('-', " ");
    assert_snapshot!("signed_in", sign_in(&api, &typed, code).await.written());
    let session = api.signed_in(&receipt).await;
    assert_snapshot!("cases", api.ask("GET /api/v1/cases", &session).await.written());
    assert_snapshot!("case", api.ask(&format!("GET /api/v1/cases/{reference}"), &session).await.written());
    assert_snapshot!(
        "timeline",
        api.ask(&format!("GET /api/v1/cases/{reference}/timeline"), &session)
            .await
            .written()
    );

    assert_snapshot!("signed_out", api.ask("DELETE /api/v1/sessions/current", &session).await.written());
    assert_snapshot!("not_signed_in", api.ask("GET /api/v1/cases", &session).await.written());
}

#[tokio::test]
async fn nobody_learns_whether_a_reference_exists() {
    let api = Api::new().await;
    let receipt = api.sent().await;
    let reference = receipt["reference"].as_str().unwrap();
    let unknown = Reference::from_draw([3; 7]).to_string();
    let wrong_code = sign_in(&api, reference, "0000-0000-0000").await.written();
    assert_snapshot!("sign_in_failed", wrong_code);
    for (reference, code) in [
        (unknown.as_str(), "0000-0000-0000"),
        ("rubbish", "rubbish"),
        ("", ""),
        (reference, ""),
    ] {
        assert_eq!(sign_in(&api, reference, code).await.written(), wrong_code, "{reference} {code}");
    }
}

#[tokio::test]
async fn a_session_sees_its_own_case_only() {
    let api = Api::new().await;
    let (mine, theirs) = (api.sent().await, api.sent().await);
    let session = api.signed_in(&mine).await;
    let theirs = theirs["reference"].as_str().unwrap();
    let unknown = Reference::from_draw([3; 7]).to_string();
    for tail in ["", "/timeline", "/news"] {
        let their = api.ask(&format!("GET /api/v1/cases/{theirs}{tail}"), &session).await;
        let none = api.ask(&format!("GET /api/v1/cases/{unknown}{tail}"), &session).await;
        assert_eq!(their.status, StatusCode::NOT_FOUND);
        assert_eq!(their.written(), none.written());
    }
}

#[tokio::test]
async fn news_are_asked_for_with_the_tag_of_the_last_answer() {
    let api = Api::new().await;
    let receipt = api.sent().await;
    let reference = receipt["reference"].as_str().unwrap();
    let session = api.signed_in(&receipt).await;
    let path = format!("/api/v1/cases/{reference}/news");
    let first = api.ask(&format!("GET {path}"), &session).await;
    assert_snapshot!("news", first.written());
    let bearer = format!("Bearer {session}");
    let tags = format!("\"x\", W/{}", first.header("etag"));
    let again = async || {
        let headers = [("authorization", bearer.as_str()), ("if-none-match", &tags)];
        api.call(&format!("GET {path}"), &headers, Body::empty()).await
    };
    assert_snapshot!("no_news", again().await.written());
    api.send(
        &format!("POST /api/v1/cases/{reference}/messages"),
        &session,
        &json!({ "message": "Is there news?" }),
    )
    .await;
    let changed = again().await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.header("etag"), first.header("etag"));
}

#[tokio::test]
async fn a_stream_brings_each_new_version() {
    let api = Api::new().await;
    let receipt = api.sent().await;
    let reference = receipt["reference"].as_str().unwrap();
    let session = api.signed_in(&receipt).await;
    let path = format!("/api/v1/cases/{reference}/news");
    let event = async |of: &mut Body| {
        let frame = of.frame().await.expect("an event").unwrap();
        String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
    };
    let version = async || {
        api.ask(&format!("GET {path}"), &session).await.json()["version"]
            .as_str()
            .unwrap()
            .to_owned()
    };

    let response = api.stream(&path, &session).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.into_body();
    assert_eq!(
        event(&mut stream).await,
        format!("event: version\nretry: 2000\ndata: {}\n\n", version().await)
    );
    api.send(
        &format!("POST /api/v1/cases/{reference}/messages"),
        &session,
        &json!({ "message": "Is there news?" }),
    )
    .await;
    news::look(&api.world.services).await.unwrap();
    assert_eq!(
        event(&mut stream).await,
        format!("event: version\nretry: 2000\ndata: {}\n\n", version().await)
    );

    // One person may have as many streams as devices, and no more.
    let second = api.stream(&path, &session).await;
    let third = api.stream(&path, &session).await;
    assert_eq!((second.status(), third.status()), (StatusCode::OK, StatusCode::TOO_MANY_REQUESTS));
    drop(stream);
    assert_eq!(api.stream(&path, &session).await.status(), StatusCode::OK);
    assert_eq!(api.stream(&path, "").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_timeline_comes_in_parts() {
    let api = Api::new().await;
    let receipt = api.sent().await;
    let reference = receipt["reference"].as_str().unwrap();
    let session = api.signed_in(&receipt).await;
    let key = api.desk_key("desk").await;
    for n in 1..=3 {
        let body = json!({ "type": "message_sent", "message": format!("Message {n}") });
        let headers = [
            ("authorization", key.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", &n.to_string()),
        ];
        let line = format!("POST /api/v1/desk/cases/{reference}/events");
        assert_eq!(api.call(&line, &headers, body.to_string()).await.status, StatusCode::CREATED);
    }
    let part = async |query: &str| api.ask(&format!("GET /api/v1/cases/{reference}/timeline{query}"), &session).await;
    let whole = part("").await.json();
    let mut seen = Vec::new();
    let mut query = "?limit=3".to_owned();
    loop {
        let part = part(&query).await.json();
        seen.extend(part["entries"].as_array().unwrap().clone());
        let Some(cursor) = part["next_cursor"].as_str() else { break };
        query = format!("?limit=3&cursor={cursor}");
    }
    assert_eq!(seen.len(), 4);
    assert_eq!(Value::from(seen), whole["entries"]);
    for wrong in ["?limit=0", "?limit=51", "?limit=x", "?cursor=", "?cursor=x", "?limit=1&limit=2"] {
        assert_eq!(part(wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn too_many_tries_have_to_wait() {
    let quotas = Quotas {
        sign_in: Quota::new(2, 1),
        ..Quotas::default()
    };
    let api = Api::with(Settings::default(), quotas).await;
    for _ in 0..2 {
        // Text that cannot be a code does not count as a try.
        assert_eq!(sign_in(&api, "rubbish", "rubbish").await.status, StatusCode::UNAUTHORIZED);
        let wrong = sign_in(&api, "RC-7K3M-92Q5", "AAAA-BBBB-CCCC").await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    }
    let refused = sign_in(&api, "RC-7K3M-92Q5", "AAAA-BBBB-CCCC").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|s| (1..=61).contains(&s)));
}

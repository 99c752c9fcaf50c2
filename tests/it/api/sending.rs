use axum::body::Body;
use axum::http::StatusCode;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::caller::Api;

#[tokio::test]
async fn a_complaint_is_sent_once_however_often_it_is_sent() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    let line = format!("POST {draft}/submission");
    api.send(&format!("PUT {draft}/answers/role"), &token, &json!({ "role": "resident" }))
        .await;
    assert_snapshot!("incomplete", api.send(&line, &token, &Value::Null).await.written());
    assert_eq!(
        api.ask("GET /api/v1/drafts/current/receipt", &token).await.status,
        StatusCode::NOT_FOUND
    );

    api.fill(&draft, &token).await;
    assert_snapshot!("without_a_key", api.ask(&line, &token).await.written());
    let sent = api.send(&line, &token, &Value::Null).await;
    assert_snapshot!("sent", sent.written());
    let bearer = format!("Bearer {token}");
    for key in ["key-1", "another-key"] {
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", key)];
        let again = api.call(&line, &headers, Body::empty()).await;
        assert_eq!(again.written(), sent.written(), "{key}");
    }
    assert_eq!(api.ask("GET /api/v1/drafts/current/receipt", &token).await.json(), sent.json());
    assert_eq!(api.world.count("cases").await, 1);

    let late = api
        .send(&format!("PUT {draft}/answers/role"), &token, &json!({ "role": "resident" }))
        .await;
    assert_snapshot!("already_sent", late.written());
    assert_eq!(
        api.ask(&format!("GET {draft}"), &token).await.json()["sent"],
        sent.json()["reference"]
    );
}

#[tokio::test]
async fn words_come_back_as_they_were_meant() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    api.fill(&draft, &token).await;
    let answers = &api.ask(&format!("GET {draft}"), &token).await.json()["answers"];
    assert_snapshot!("answers", format!("{answers:#}"));
}

//! The devices on which a draft is open, through the REST API.

use axum::http::StatusCode;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::caller::Api;

/// Opens the draft with a resume code on a device that sends a `User-Agent`. Returns its token.
async fn elsewhere(api: &Api, draft: &str, token: &str) -> String {
    let code = api.ask(&format!("POST {draft}/return-codes"), token).await.json()["code"].clone();
    let agent = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/143.0.0.0 Mobile Safari/537.36";
    let headers = [("content-type", "application/json"), ("user-agent", agent)];
    let opened = api
        .call("POST /api/v1/returns", &headers, json!({ "code": code }).to_string())
        .await;
    opened.json()["token"].as_str().expect("a token").to_owned()
}

/// Returns the id of the other device of two.
async fn other(api: &Api, draft: &str, token: &str) -> String {
    let list = api.ask(&format!("GET {draft}/devices"), token).await.json();
    let found = list["devices"].as_array().unwrap().iter().find(|device| device["here"] == false);
    found.expect("another one")["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn devices_are_listed_and_ended() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    let tablet = elsewhere(&api, &draft, &token).await;
    assert_snapshot!("listed", api.ask(&format!("GET {draft}/devices"), &tablet).await.written());
    let id = other(&api, &draft, &token).await;
    assert_snapshot!("ended", api.ask(&format!("DELETE {draft}/devices/{id}"), &token).await.written());
    assert_snapshot!("no_draft_for_it", api.ask(&format!("GET {draft}"), &tablet).await.written());
    let save = format!("PUT {draft}/answers/put_right");
    let body = json!({ "put_right": "Mend the window." });
    assert_eq!(api.send(&save, &tablet, &body).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.send(&save, &token, &body).await.status, StatusCode::OK);
    for nothing in [id.as_str(), "nonsense", "00000000-0000-0000-0000-000000000001"] {
        let answer = api.ask(&format!("DELETE {draft}/devices/{nothing}"), &token).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}");
    }

    let tablet = elsewhere(&api, &draft, &token).await;
    let others = api.ask(&format!("DELETE {draft}/devices/others"), &token).await;
    assert_eq!(others.status, StatusCode::NO_CONTENT);
    assert_eq!(api.ask(&format!("GET {draft}"), &tablet).await.status, StatusCode::NOT_FOUND);
    let tablet = elsewhere(&api, &draft, &token).await;
    let own = other(&api, &draft, &tablet).await;
    let ended = api.ask(&format!("DELETE {draft}/devices/{own}"), &token).await;
    assert!(ended.header("set-cookie").starts_with("draft=; "), "{}", ended.written());
    assert_eq!(api.ask(&format!("GET {draft}"), &token).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.ask(&format!("GET {draft}"), &tablet).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_receipt_is_for_the_device_that_sent() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    api.fill(&draft, &token).await;
    let tablet = elsewhere(&api, &draft, &token).await;
    api.ask(&format!("DELETE {draft}/resume-links"), &token).await;
    let send = format!("POST {draft}/submission");
    let sent = api.send(&send, &token, &Value::Null).await;
    assert_eq!(sent.status, StatusCode::CREATED);
    let receipt = "GET /api/v1/drafts/current/receipt";
    assert_eq!(api.ask(receipt, &token).await.json(), sent.json());
    assert_eq!(
        api.send(&send, &token, &Value::Null).await.json(),
        sent.json(),
        "a repeated submission has the same response"
    );
    let mut answers = Vec::new();
    for call in [
        receipt,
        &format!("GET {draft}"),
        &format!("GET {draft}/devices"),
        "GET /api/v1/drafts/current",
    ] {
        answers.push(api.ask(call, &tablet).await);
    }
    answers.push(api.send(&send, &tablet, &Value::Null).await);
    let told: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(told, [404, 200, 409, 200, 409]);
    assert_snapshot!("sent_elsewhere", answers[1].written());
    for secret in [&sent.json()["reference"], &sent.json()["access_code"], &json!("Example Homes")] {
        let secret = secret.as_str().unwrap();
        assert!(answers.iter().all(|answer| !answer.written().contains(secret)), "{secret}");
    }
}

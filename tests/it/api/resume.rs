use axum::http::StatusCode;
use insta::assert_snapshot;
use onrecord::http::limits::{Quota, Quotas};
use serde_json::{Value, json};
use service::Settings;

use super::caller::Api;
use crate::mail::{delivered, link};

#[tokio::test]
async fn a_link_is_sent_and_opens_the_draft() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    let line = format!("POST {draft}/resume-links");
    let email = json!({ "email": "wren@example.org" });
    assert_snapshot!("link_sent", api.send(&line, &token, &email).await.written());
    assert_snapshot!(
        "not_an_address",
        api.send(&line, &token, &json!({ "email": "wren" })).await.written()
    );
    let (_, other) = api.draft().await;
    assert_eq!(api.send(&line, &other, &email).await.status, StatusCode::NOT_FOUND);
    let messages = delivered(&api.world.services, api.world.folder.path()).await;
    assert_eq!(messages.len(), 1);
    let secret = link(&messages[0]).replace("/return/", "");
    let opened = api.send("POST /api/v1/returns", "", &json!({ "link": secret })).await;
    assert_snapshot!("opened", opened.written());
    assert_ne!(opened.json()["token"], Value::from(token.as_str()), "each device has its own key");
    assert_eq!(
        Value::from(format!("/api/v1/drafts/{}", opened.json()["id"].as_str().unwrap())),
        draft.as_str()
    );
    assert_eq!(
        api.ask(&format!("DELETE {draft}/resume-links"), &token).await.status,
        StatusCode::NO_CONTENT
    );
    let ended = api.send("POST /api/v1/returns", "", &json!({ "link": secret })).await;
    assert_snapshot!("ended", ended.written());
    for nothing in [
        json!({ "link": "nonsense" }),
        json!({ "code": "7K3" }),
        json!({ "code": "000-000-000" }),
    ] {
        let answer = api.send("POST /api/v1/returns", "", &nothing).await;
        assert_eq!(answer.written(), ended.written(), "{nothing}");
    }
    let both = json!({ "link": secret, "code": "000-000-000" });
    assert_eq!(
        api.send("POST /api/v1/returns", "", &both).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn a_code_is_made_and_opens_the_draft() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    let made = api.ask(&format!("POST {draft}/return-codes"), &token).await;
    assert_snapshot!("code_made", made.written());
    let opened = api.send("POST /api/v1/returns", "", &json!({ "code": made.json()["code"] })).await;
    let other = opened.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(api.ask(&format!("GET {draft}"), &other).await.status, StatusCode::OK);
    assert!(opened.header("set-cookie").starts_with("draft-"));
}

#[tokio::test]
async fn a_draft_is_kept_longer() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    api.world.clock.advance(time::Duration::days(3));
    assert_snapshot!("extended", api.ask(&format!("POST {draft}/extension"), &token).await.written());
    api.fill(&draft, &token).await;
    api.send(&format!("POST {draft}/submission"), &token, &Value::Null).await;
    for call in ["extension", "return-codes"] {
        let late = api.ask(&format!("POST {draft}/{call}"), &token).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{call}");
    }
    let late = api
        .send(
            &format!("POST {draft}/resume-links"),
            &token,
            &json!({ "email": "wren@example.org" }),
        )
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn too_many_have_to_wait() {
    let quotas = Quotas {
        return_ticket: Quota::new(2, 1),
        return_try: Quota::new(2, 1),
        ..Quotas::default()
    };
    let api = Api::with(Settings::default(), quotas).await;
    let (draft, token) = api.draft().await;
    let make = format!("POST {draft}/return-codes");
    for _ in 0..2 {
        assert_eq!(api.ask(&make, &token).await.status, StatusCode::CREATED);
    }
    assert_eq!(api.ask(&make, &token).await.status, StatusCode::TOO_MANY_REQUESTS);
    let mail = json!({ "email": "wren@example.org" });
    let refused = api.send(&format!("POST {draft}/resume-links"), &token, &mail).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let wrong = json!({ "code": "000-000-000" });
    for _ in 0..2 {
        assert_eq!(api.send("POST /api/v1/returns", "", &wrong).await.status, StatusCode::NOT_FOUND);
    }
    let refused = api.send("POST /api/v1/returns", "", &wrong).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!refused.header("retry-after").is_empty());
}

//! Sign-in codes by email, sessions, and what the organisation reports about undelivered messages.

use axum::http::StatusCode;
use serde_json::json;

use super::caller::Api;
use crate::mail::delivered;
use crate::people::{BY_MAIL, sent};

#[tokio::test]
async fn a_code_is_asked_for_and_used_by_either_way() {
    let api = Api::new().await;
    let services = &api.world.services;
    let receipt = sent(services, BY_MAIL).await;
    let ask = async |body: serde_json::Value| {
        let answer = api.send("POST /api/v1/sign-in-codes", "", &body).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.written());
        let body = answer.json();
        assert_eq!(body.as_object().unwrap().len(), 1, "the response must not depend on the caller");
        body["asked"].as_str().unwrap().to_owned()
    };
    let first = ask(json!({ "reference": receipt.reference, "email": "wren@example.org" })).await;
    let mut unknown = Vec::new();
    for other in [
        json!({ "reference": "RC-AAAA-AAAA", "email": "wren@example.org" }),
        json!({ "reference": "rubbish", "email": "else@example.org" }),
        json!({ "email": "wren@example.org" }),
    ] {
        unknown.push(ask(other).await);
    }
    let code = async || {
        let letters = delivered(services, api.world.folder.path()).await;
        let letter = letters.last().expect("a letter").clone();
        let code = letter.lines().find(|line| line.len() == 9 && line.as_bytes()[4] == b' ');
        code.expect("a code").to_owned()
    };
    let mut refused = String::new();
    for asked in unknown.iter().map(String::as_str).chain(["", "AAAA"]) {
        let never = json!({ "asked": asked, "email_code": code().await });
        let never = api.send("POST /api/v1/sessions", "", &never).await;
        assert_eq!(never.status, StatusCode::UNAUTHORIZED, "{asked}");
        assert!(refused.is_empty() || never.written() == refused, "{asked}");
        refused = never.written();
    }
    let body = json!({ "asked": first, "email_code": code().await });
    let answer = api.send("POST /api/v1/sessions", "", &body).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.written());
    let again = api.send("POST /api/v1/sessions", "", &body).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED, "a code works only once");
    assert_eq!(again.written(), refused, "every refusal has the same response");

    api.world.clock.advance(time::Duration::seconds(1));
    let asked = ask(json!({ "email": "wren@example.org" })).await;
    let body = json!({ "asked": asked, "email_code": code().await });
    let answer = api.send("POST /api/v1/sessions", "", &body).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.written());
    for nonsense in [
        json!({}),
        json!({ "reference": "RC-AAAA-AAAA" }),
        json!({ "reference": "a", "asked": "b", "email_code": "c" }),
    ] {
        let answer = api.send("POST /api/v1/sessions", "", &nonsense).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{nonsense}");
    }
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let api = Api::new().await;
    let receipt = api.sent().await;
    let (here, there) = (api.signed_in(&receipt).await, api.signed_in(&receipt).await);
    let list = api.ask("GET /api/v1/sessions", &here).await.json();
    let sessions = list["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let other = sessions.iter().find(|session| session["here"] == false).unwrap();
    let end = format!("DELETE /api/v1/sessions/{}", other["id"].as_str().unwrap());
    assert_eq!(api.ask(&end, &here).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.ask(&end, &here).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.ask("GET /api/v1/cases", &there).await.status, StatusCode::UNAUTHORIZED);
    let third = api.signed_in(&receipt).await;
    assert_eq!(
        api.ask("DELETE /api/v1/sessions/others", &here).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(api.ask("GET /api/v1/cases", &third).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(api.ask("GET /api/v1/cases", &here).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_organisation_replaces_a_code_and_reports_a_bounce() {
    let api = Api::new().await;
    let receipt = api.sent().await;
    let key = api.desk_key("desk").await.replace("Bearer ", "");
    let path = format!("POST /api/v1/desk/cases/{}/access-codes", receipt["reference"].as_str().unwrap());
    let answer = api.send(&path, &key, &json!({ "person": 1 })).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let code = answer.json()["access_code"].as_str().unwrap().to_owned();
    let body = json!({ "reference": receipt["reference"], "access_code": code });
    assert_eq!(api.send("POST /api/v1/sessions", "", &body).await.status, StatusCode::NO_CONTENT);
    for nobody in [2, 9] {
        let answer = api.send(&path, &key, &json!({ "person": nobody })).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "a resident's own case has no other tenant");
    }
    for message in ["rubbish", "00000000-0000-0000-0000-000000000000"] {
        let answer = api.send("POST /api/v1/desk/bounces", &key, &json!({ "message": message })).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{message}");
    }
}

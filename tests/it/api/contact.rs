use axum::http::StatusCode;
use contract::Receipt;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::caller::Api;
use crate::mail::delivered;
use crate::people::{BY_MAIL, sent};

async fn signed_in(api: &Api, receipt: &Receipt) -> String {
    let receipt = json!({ "reference": receipt.reference, "access_code": receipt.access_code });
    api.signed_in(&receipt).await
}

async fn code(api: &Api) -> String {
    let letters = delivered(&api.world.services, api.world.folder.path()).await;
    let is_code = |line: &&str| line.len() == 9 && line.as_bytes()[4] == b' ';
    let letter = letters.last().expect("a letter");
    letter.lines().find(is_code).expect("a code").to_owned()
}

#[tokio::test]
async fn contact_details_are_shown_changed_and_confirmed() {
    let api = Api::new().await;
    let receipt = sent(&api.world.services, BY_MAIL).await;
    let token = signed_in(&api, &receipt).await;
    let contact = format!("/api/v1/cases/{}/contact", receipt.reference);
    let get = format!("GET {contact}");
    assert_snapshot!("contact", api.ask(&get, &token).await.written());
    let new = json!({ "email": "wren@example.net", "email_safe": true, "way": "email" });
    let saved = api.send(&format!("PUT {contact}"), &token, &new).await;
    assert_snapshot!("contact_saved", saved.written());
    let again = api.send(&format!("PUT {contact}"), &token, &new).await;
    assert_eq!(again.written(), saved.written(), "a repeated request has the same response");
    let other = api.send(&format!("PUT {contact}"), &token, &json!({ "way": "online" })).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.written());
    assert_snapshot!("contact_waits", api.ask(&get, &token).await.written());

    let wrong = api
        .send(&format!("POST {contact}/code"), &token, &json!({ "code": "0000 0000" }))
        .await;
    assert_snapshot!("contact_code_wrong", wrong.written());
    api.world.clock.advance(time::Duration::milliseconds(1));
    let sent = api.ask(&format!("POST {contact}/new-code"), &token).await;
    assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.written());
    let code = json!({ "code": code(&api).await });
    let right = api.send(&format!("POST {contact}/code"), &token, &code).await;
    assert_eq!(right.status, StatusCode::NO_CONTENT, "{}", right.written());
    let used = api.send(&format!("POST {contact}/code"), &token, &code).await;
    assert_eq!(used.status, StatusCode::CONFLICT);
    let cancel = format!("DELETE {contact}/change");
    assert_eq!(api.ask(&cancel, &token).await.status, StatusCode::CONFLICT, "no change waits");
    let now = api.ask(&get, &token).await.json();
    assert_eq!(
        (&now["contact"]["email"], &now["waiting"]),
        (&json!("wren@example.net"), &Value::Null)
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_plan_is_said_and_the_desk_answers_what_waits() {
    let api = Api::new().await;
    let receipt = sent(&api.world.services, BY_MAIL).await;
    let token = signed_in(&api, &receipt).await;
    let contact = format!("PUT /api/v1/cases/{}/contact", receipt.reference);
    let wrong = json!({ "email": "wren", "phone": "1", "stop": ["email"] });
    assert_snapshot!("contact_wrong", api.send(&contact, &token, &wrong).await.written());
    for shapeless in [json!({ "times": ["midnight"] }), json!({ "stop": ["fax"] }), json!({ "fax": "1" })] {
        let answer = api.send(&contact, &token, &shapeless).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{shapeless}");
    }
    let new = json!({ "email": "wren@example.net", "email_safe": true, "way": "email", "stop": ["email"] });
    let saved = api.send(&contact, &token, &new).await.json();
    assert_eq!(saved, json!({ "saved": "organisation" }));
    let key = api.desk_key("desk").await.replace("Bearer ", "");
    let case = format!("/api/v1/desk/cases/{}", receipt.reference);
    let waiting = api.ask(&format!("GET {case}"), &key).await.json()["people"][0]["waiting"].clone();
    assert_eq!((&waiting["confirm"], &waiting["change"]), (&json!("organisation"), &json!(3)));
    let event = |change: i32| json!({ "type": "contact_change_confirmed", "person": 1, "change": change });
    let gone = api.send(&format!("POST {case}/events"), &key, &event(2)).await;
    assert_snapshot!("contact_change_gone", gone.written());
    let done = api.send(&format!("POST {case}/events"), &key, &event(3)).await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.written());
}

use std::fmt::Write;

use axum::http::StatusCode;
use complaint::case::person_number::SENDER;
use complaint::case::representation::Connection;
use complaint::case::representation::{Basis, ProofKind, Rights, Scope};
use complaint::fields::form::Choice;
use complaint::fields::iso_date;
use contract::Receipt;
use insta::assert_snapshot;
use onrecord::http::api::description;
use serde_json::{Value, json};
use service::access::sessions;
use service::access::token::Token;
use service::cases::desk::Caller;
use service::representation::AnsweringBrowser;
use service::representation::desk::{self, EstablishedAuthority};
use service::representation::handover;
use service::representation::request::{self, Decision};
use time::Duration;

use super::caller::Api;
use crate::answers::send_as_representative;
use crate::mail::{delivered, link};
use crate::world::{find_viewer, viewer};

async fn newest_token(api: &Api) -> String {
    let messages = delivered(&api.world.services, api.world.folder.path()).await;
    let path = link(messages.last().expect("a message"));
    path.strip_prefix("/consent/").expect("a request").to_owned()
}

async fn sign_in(api: &Api, reference: &str, code: &str) -> String {
    let session = sessions::sign_in(&api.world.services, reference, code).await.unwrap();
    session.expect("signed in").token.to_string()
}

#[tokio::test]
async fn a_request_is_opened_answered_and_leads_in() {
    let api = Api::new().await;
    let (_, receipt) = send_as_representative(&api.world.services, "ask_resident", "Robin Example", "Wren Example").await;
    let robin = sign_in(&api, &receipt.reference, &receipt.access_code).await;
    let people = format!("/api/v1/cases/{}/people", receipt.reference);
    assert_snapshot!("people_waiting", api.ask(&format!("GET {people}"), &robin).await.written());
    let token = newest_token(&api).await;
    let opened = api.send("POST /api/v1/consents", "", &json!({ "token": token })).await;
    assert_snapshot!("request", opened.written());
    let none = json!({ "answer": "agree", "token": token, "scopes": [] });
    let none = api.send("POST /api/v1/consents/answers", "", &none).await;
    assert_snapshot!("nothing_ticked", none.written());
    let some = json!({ "answer": "agree", "token": token, "scopes": ["see"], "until": "2026-12-24" });
    assert_eq!(
        api.send("POST /api/v1/consents/answers", "", &some).await.status,
        StatusCode::NO_CONTENT
    );
    let again = api.send("POST /api/v1/consents/answers", "", &some).await;
    assert_snapshot!("answered_before", again.written());
    let opened = api.send("POST /api/v1/consents", "", &json!({ "token": token })).await;
    assert_snapshot!("answered", opened.written());
    let way_in = api.send("POST /api/v1/consents/ways-in", "", &json!({ "token": token })).await;
    assert_snapshot!("way_in", way_in.written());
    let wren = api.signed_in(&way_in.json()).await;
    assert_snapshot!("people_given", api.ask(&format!("GET {people}"), &wren).await.written());

    let code = json!({ "scopes": ["see"] });
    let code = api.send(&format!("POST {people}/codes"), &wren, &code).await;
    assert_snapshot!("handover_code", code.written());
    let join = json!({ "code": code.json()["code"], "full_name": "Sam Example", "connection": "adviser" });
    let joins = async |key: &str| {
        let headers = [("idempotency-key", key), ("content-type", "application/json")];
        let answer = api.call("POST /api/v1/joins", &headers, join.to_string()).await;
        answer.written()
    };
    let joined = joins("0193f5a0-0000-7000-8000-000000000001").await;
    assert_snapshot!("joined", joined);
    assert_eq!(
        joins("0193f5a0-0000-7000-8000-000000000001").await,
        joined,
        "a repeated request has the same response"
    );
    assert_snapshot!("joined_before", joins("key-2").await);

    let put = format!("PUT {people}/1/authority");
    let more = json!({ "scopes": ["decide"] });
    assert_snapshot!("not_theirs_to_do", api.send(&put, &robin, &more).await.written());
    assert_eq!(api.send(&put, &wren, &more).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        api.ask(&format!("DELETE {people}/1/authority"), &wren).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        api.ask(&format!("GET {people}"), &robin).await.status,
        StatusCode::NOT_FOUND,
        "an open session loses its access"
    );
}

#[tokio::test]
async fn the_organisation_gives_and_ends_authority() {
    let api = Api::new().await;
    let key = api.desk_key("desk").await.replace("Bearer ", "");
    let (_, receipt) = send_as_representative(&api.world.services, "later", "Robin Example", "Wren Example").await;
    let case = format!("/api/v1/desk/cases/{}", receipt.reference);
    let code = api.send(&format!("POST {case}/consent-codes"), &key, &json!({ "person": 1 })).await;
    assert_snapshot!("phone_code", code.written());
    let phone = json!({ "person": 1, "basis": "permission", "by": "phone", "scopes": ["speak"], "code": "000-000-000" });
    assert_snapshot!(
        "wrong_code",
        api.send(&format!("POST {case}/authority"), &key, &phone).await.written()
    );
    let phone = json!({ "person": 1, "basis": "permission", "by": "phone", "scopes": ["speak"], "code": code.json()["code"] });
    assert_snapshot!(
        "by_phone",
        api.send(&format!("POST {case}/authority"), &key, &phone).await.written()
    );
    let again = api.send(&format!("POST {case}/authority"), &key, &phone).await;
    assert_eq!(
        again.status,
        StatusCode::CREATED,
        "a repeated request with the same key has the same status"
    );
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "key-2"),
        ("authorization", &*format!("Bearer {key}")),
    ];
    let ended = json!({ "person": 1, "reason": "The tenant rang." }).to_string();
    let ended = api.call(&format!("POST {case}/authority/ends"), &headers, ended).await;
    assert_snapshot!("ended", ended.written());
}

#[tokio::test]
async fn the_organisation_lets_a_tenant_in() {
    let api = Api::new().await;
    let key = api.desk_key("desk").await.replace("Bearer ", "");
    let (_, receipt) = send_as_representative(&api.world.services, "later", "Robin Example", "Wren Example").await;
    let case = format!("/api/v1/desk/cases/{}", receipt.reference);
    let ways = json!({ "phone": "07700 900123", "phone_safe": true, "way": "phone" });
    let contact = |key: &str, person: u8, contact: &Value| {
        let body = json!({ "type": "contact_changed", "person": person, "contact": contact }).to_string();
        (key.to_owned(), body)
    };
    let bearer = format!("Bearer {key}");
    let mut statuses = Vec::new();
    for (name, body) in [
        contact("a", 1, &ways),
        contact("b", 2, &json!({ "phone": "ring me" })),
        contact("c", 2, &ways),
    ] {
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", name.as_str()),
            ("authorization", bearer.as_str()),
        ];
        let answer = api.call(&format!("POST {case}/events"), &headers, body).await;
        statuses.push((
            answer.status.as_u16(),
            answer.json()["errors"][0]["pointer"].as_str().map(ToOwned::to_owned),
        ));
    }
    let expected = [
        (422, Some("/person".to_owned())),
        (422, Some("/contact/phone".to_owned())),
        (201, None),
    ];
    assert_eq!(statuses, expected);
    let answer = api.send(&format!("POST {case}/access-codes"), &key, &json!({ "person": 2 })).await;
    let code = answer.json()["access_code"].as_str().expect("a code").to_owned();
    let wren = sign_in(&api, &receipt.reference, &code).await;
    let people = api
        .ask(&format!("GET /api/v1/cases/{}/people", receipt.reference), &wren)
        .await
        .json();
    assert_eq!((&people["me"], &people["claims"][0]["wait"]), (&json!(2), &json!("tenant")));
    assert_eq!(people["people"][0]["may_change"], json!(true));
    let seen = api.ask(&format!("GET {case}"), &key).await.json();
    assert_eq!(seen["people"][1]["contact"]["phone"], json!("07700 900123"));
    assert_eq!(
        (&seen["people"][1]["is_here"], &seen["claims"][0]["wait"]),
        (&json!(true), &json!("tenant"))
    );
}

/// Every kind of person that can be on a case.
const CALLERS: [&str; 10] = [
    "tenant", "waiting", "see", "speak", "letters", "decide", "all", "expired", "revoked", "newcomer",
];

/// Makes a case with this person on it. Returns its reference and the person's session token.
async fn on_a_case(api: &Api, who: &str) -> (String, String) {
    let services = &api.world.services;
    let how = if who == "tenant" { "ask_resident" } else { "later" };
    let (_, receipt): (_, Receipt) = send_as_representative(services, how, "Robin Example", "Wren Example").await;
    let reference = receipt.reference.as_str();
    if who == "tenant" {
        let token = Token::parse(&newest_token(api).await).unwrap();
        let yes = Decision::Agree(Rights::full());
        request::decide(services, &token, yes, &AnsweringBrowser::default()).await.unwrap();
        let way_in = request::grant_access(services, &token).await.unwrap();
        return (receipt.reference.clone(), sign_in(api, reference, &way_in.access_code).await);
    }
    let token = sign_in(api, reference, &receipt.access_code).await;
    if who != "waiting" {
        let scopes = Scope::parse(who).map_or_else(|| Scope::ALL.to_vec(), |scope| vec![scope]);
        let found = EstablishedAuthority {
            person: SENDER,
            basis: Basis::Permission,
            by: ProofKind::Paper,
            scopes,
            until: (who == "expired").then(|| iso_date::parse("2026-11-23").unwrap()),
            code: None,
        };
        desk::give(services, &Caller::at_command_line("ash"), reference, &found, None)
            .await
            .unwrap();
    }
    match who {
        "revoked" => {
            desk::end(services, &Caller::at_command_line("ash"), reference, SENDER, "", None)
                .await
                .unwrap();
        }
        "expired" => {
            api.world.clock.advance(Duration::days(1));
            return (receipt.reference.clone(), sign_in(api, reference, &receipt.access_code).await);
        }
        "newcomer" => {
            let robin = sessions::session(services, &token).await.unwrap().unwrap();
            let made = handover::make_code(services, &viewer(services, &robin, reference).await, Rights::full())
                .await
                .unwrap();
            let joined = handover::join(services, &made.code, "Sam Example", Some(Connection::Friend), None)
                .await
                .unwrap();
            return (receipt.reference.clone(), sign_in(api, reference, &joined.access_code).await);
        }
        _ => {}
    }
    (receipt.reference.clone(), token)
}

/// Returns a body that the call accepts. Calls without an entry are sent an empty object.
fn body(path: &str) -> Value {
    match path.rsplit('/').next() {
        Some("authority" | "codes") => json!({ "scopes": ["see"] }),
        Some("contact") => json!({ "way": "online" }),
        Some("code") => json!({ "code": "1234 5678" }),
        _ => json!({}),
    }
}

/// Makes every call about a case as every kind of person on it. A new call is included without a change here.
#[tokio::test]
async fn each_call_of_a_case_by_everybody_on_it() {
    let document = description::document();
    let mut calls: Vec<(String, String)> = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, call) in item.as_object().expect("calls") {
            let ways = call["security"].as_array().expect("who may make it");
            if path.contains("{reference}") && ways.iter().any(|way| way.get("sessionBearer").is_some()) {
                calls.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    // Reads come first and calls that end things last; otherwise later calls would find nothing.
    calls.sort_by_key(|(method, path)| (method == "DELETE", path.ends_with("take-over"), path.clone(), method.clone()));
    let mut table: Vec<String> = calls.iter().map(|(method, path)| format!("{method:6} {path}\n      ")).collect();
    for who in CALLERS {
        let api = Api::new().await;
        let (reference, token) = on_a_case(&api, who).await;
        for (row, (method, path)) in table.iter_mut().zip(&calls) {
            let line = format!(
                "{method} {}",
                path.replace("{reference}", &reference).replace("{person}", "1").replace("{n}", "1")
            );
            let answer = api.send(&line, &token, &body(path)).await;
            write!(row, " {who} {},", answer.status.as_u16()).unwrap();
            let out = ["expired", "revoked", "newcomer"].contains(&who);
            let gone = matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED);
            // A person who is still signed in reads why the case is closed to them, and nothing of the case.
            let why =
                answer.status == StatusCode::FORBIDDEN && answer.json()["type"].as_str().is_some_and(|kind| kind.ends_with("no-access"));
            assert!(!out || gone || why, "{line} by {who}: {}", answer.written());
        }
    }
    assert_snapshot!("on_a_case", table.join("\n"));
}

/// No call tells a person on one case anything about another case.
#[tokio::test]
async fn no_call_tells_anything_of_another_case() {
    let api = Api::new().await;
    let services = &api.world.services;
    let (_, first) = send_as_representative(services, "later", "Robin Example", "Wren Example").await;
    let (_, second) = send_as_representative(services, "later", "Robin Example", "Sam Example").await;
    let session = sign_in(&api, &first.reference, &first.access_code).await;
    let document = description::document();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, call) in item.as_object().expect("calls") {
            let ways = call["security"].as_array().expect("who may make it");
            if !ways.iter().any(|way| way.get("sessionBearer").is_some()) || path.starts_with("/api/v1/sessions") {
                continue;
            }
            let method = method.to_uppercase();
            let own = path
                .replace("{person}", "1")
                .replace("{n}", "1")
                .replace("{id}", "019ac000-0000-7000-8000-000000000000");
            let other = api
                .send(
                    &format!("{method} {}", own.replace("{reference}", &second.reference)),
                    &session,
                    &body(path),
                )
                .await;
            let told = String::from_utf8_lossy(&other.bytes).into_owned();
            assert!(
                !told.contains("Sam Example") && !told.contains(&second.reference),
                "{method} {path}: {told}"
            );
            assert!(
                !path.contains("{reference}") || other.status == StatusCode::NOT_FOUND,
                "{method} {path}: {}",
                other.written()
            );
        }
    }
    let robin = sessions::session(services, &session).await.unwrap().unwrap();
    assert!(find_viewer(services, &robin, &second.reference).await.is_none());
}

use std::fmt::Write;

use axum::body::Body;
use axum::http::StatusCode;
use complaint::case::representation::{Rights, Scope as Right};
use complaint::fields::form::Choice;
use complaint::fields::iso_date;
use insta::assert_snapshot;
use onrecord::http::api::description;
use serde_json::Value;
use service::access::api_keys::{self, Scope};

use super::caller::Api;
use crate::representatives::representative;

/// A caller of the API.
struct Caller {
    who: &'static str,
    token: String,
    /// The case that the calls are about: the caller's own, or one they may act on or once could.
    reference: String,
    /// The caller's rights on that case; empty for callers who are not on it.
    rights: &'static [Right],
}

/// Makes representatives with various rights, each on a case of their own.
async fn representatives(api: &Api) -> Vec<Caller> {
    let world = &api.world;
    // At ten minutes to midnight, so that rights which end today have ended before the calls are made.
    world.clock.advance(time::Duration::minutes(14 * 60 + 20));
    let today = iso_date::parse(&world.services.today().to_string());
    let until = |until| Rights {
        scopes: Right::ALL.to_vec(),
        until,
    };
    let only = |scope: Right| Rights {
        scopes: vec![scope],
        until: None,
    };
    let mut callers = Vec::new();
    let all = [
        ("expired", Some(until(today)), &[][..]),
        ("ended", Some(until(None)), &[]),
        ("waits", None, &[Right::See, Right::Speak]),
        ("sees", Some(only(Right::See)), &[Right::See]),
        ("speaks", Some(only(Right::Speak)), &[Right::See, Right::Speak]),
        ("decides", Some(only(Right::Decide)), &[Right::See, Right::Decide]),
        ("the tenant", Some(until(None)), Right::ALL),
    ];
    for (who, rights, may) in all {
        let made = representative(world, "Wren Example", rights, who == "ended").await;
        callers.push(Caller {
            who,
            token: if who == "the tenant" {
                made.tenant.unwrap()
            } else {
                made.representative_session
            },
            reference: made.reference,
            rights: may,
        });
    }
    world.clock.advance(time::Duration::minutes(25));
    callers
}

/// The right that calls on a case need, by the end of their path, or by a part of it that ends in a slash. `None`: only the tenant may make the call, because only the
/// tenant gives rights. All other calls need [`Right::See`].
const ACTS: &[(&str, Option<Right>)] = &[
    ("/messages", Some(Right::Speak)),
    ("/diary", Some(Right::Speak)),
    ("/answers", Some(Right::Speak)),
    // Private: only the tenant is asked.
    ("/answers/helpers", None),
    ("/answers/", Some(Right::Speak)),
    ("/order-answers", Some(Right::Speak)),
    ("/issues", Some(Right::Decide)),
    ("/reviews", Some(Right::Decide)),
    ("/withdrawal", Some(Right::Decide)),
    ("/take-over", None),
    ("/authority", None),
];

/// Opens the draft on a second device and returns that device's id.
async fn another_device(api: &Api, draft: &str, token: &str) -> String {
    let code = api.ask(&format!("POST {draft}/return-codes"), token).await.json()["code"].clone();
    api.send("POST /api/v1/returns", "", &serde_json::json!({ "code": code })).await;
    let list = api.ask(&format!("GET {draft}/devices"), token).await.json();
    let devices = list["devices"].as_array().expect("devices");
    let other = devices.iter().find(|device| device["here"] == false).expect("another one");
    other["id"].as_str().expect("an id").to_owned()
}

/// Makes every call of the OpenAPI description as every kind of caller. A new call is included without a change here.
#[tokio::test]
async fn each_call_by_everybody() {
    let api = Api::new().await;
    let (mine, theirs) = (api.sent().await, api.sent().await);
    let mine_at = mine["reference"].as_str().unwrap().to_owned();
    let by = |who, token: String| Caller {
        who,
        token,
        reference: mine_at.clone(),
        rights: if who == "own session" { Right::ALL } else { &[] },
    };
    let acting = representatives(&api).await;
    let (draft, own_draft) = api.draft().await;
    let (_, other_draft) = api.draft().await;
    let device = another_device(&api, &draft, &own_draft).await;
    let letter = [
        ("authorization", &*format!("Bearer {own_draft}")),
        ("content-type", "application/offset+octet-stream"),
        ("upload-length", "5"),
    ];
    let file = api.call("POST /api/v1/uploads", &letter, "Hello").await;
    let file = file.json()["id"].as_str().expect("an id").to_owned();
    let services = &api.world.services;
    let mut callers = vec![
        by("nobody", String::new()),
        by("other draft", other_draft),
        by("other session", api.signed_in(&theirs).await),
        by("useless key", api_keys::add(services, "useless", &[]).await.unwrap()),
        by("totals key", api_keys::add(services, "totals", &[Scope::Equality]).await.unwrap()),
        by("read key", api_keys::add(services, "read", &[Scope::Read]).await.unwrap()),
        by(
            "webhooks key",
            api_keys::add(services, "webhooks", &[Scope::Webhooks]).await.unwrap(),
        ),
        by("desk key", api.desk_key("desk").await.replace("Bearer ", "")),
    ];
    callers.extend(acting);
    callers.push(by("own session", api.signed_in(&mine).await));
    callers.push(by("own draft", own_draft));
    let document = description::document();
    let mut table = String::new();
    for (method, path) in calls(document) {
        let call = &document["paths"][path][method];
        let id = if path.contains("/uploads/") {
            file.as_str()
        } else {
            draft.rsplit('/').next().unwrap()
        };
        write!(table, "{:7} {path}\n       ", method.to_uppercase()).unwrap();
        for caller in &callers {
            let line = format!(
                "{} {}",
                method.to_uppercase(),
                path.replace("{id}", id)
                    .replace("{reference}", &caller.reference)
                    .replace("{person}", if caller.who == "the tenant" { "1" } else { "2" })
                    .replace("{order}", "1")
                    .replace("{n}", "1")
                    .replace("{device}", &device)
                    .replace("{step}", "what_happened")
                    .replace("{page}", "message")
            );
            let bearer = format!("Bearer {}", caller.token);
            let key = format!("{method}-{path}");
            // Everything a call may need except a body, so that a refusal is due to the caller.
            let media_type = if path.contains("/uploads") {
                "application/offset+octet-stream"
            } else {
                "application/json"
            };
            let headers = [
                ("content-type", media_type),
                ("idempotency-key", &*key),
                ("tus-resumable", "1.0.0"),
                ("upload-length", "1"),
                ("upload-offset", "5"),
                ("authorization", bearer.as_str()),
            ];
            let sent = if caller.token.is_empty() { 5 } else { 6 };
            let body = if path.starts_with("/api/v1/cases/") { body_for(path) } else { "" };
            let answer = api.call(&line, &headers[..sent], Body::from(body)).await;
            let refused = matches!(
                answer.status,
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND
            );
            write!(table, " {} {},", caller.who, answer.status.as_u16()).unwrap();
            if !allowed(call, method, path, caller) {
                assert!(refused, "{line} by {}: {}", caller.who, answer.written());
            }
        }
        table.push('\n');
    }
    assert_snapshot!("table", table);
}

/// Returns all calls. Calls that delete or end things come last, and the draft after its files; otherwise later calls would
/// find nothing.
fn calls(document: &Value) -> Vec<(&str, &str)> {
    let mut calls: Vec<(&str, &str)> = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let methods = item.as_object().expect("calls").keys();
        calls.extend(methods.map(|method| (method.as_str(), path.as_str())));
    }
    calls.sort_by_key(|(method, path)| (*path, *method));
    // Deleting something of a case does not end any caller's access.
    let ends = |(method, path): &(&str, &str)| *method == "delete" && !path.contains("{reference}");
    let (mut ending, mut calls): (Vec<_>, Vec<_>) = calls.into_iter().partition(ends);
    ending.reverse();
    calls.extend(ending);
    calls
}

/// Returns whether a path ends like a row of a table, or contains the row's part.
fn is_about(path: &str, part: &str) -> bool {
    path.ends_with(part) || part.ends_with('/') && path.contains(part)
}

/// Returns a valid body for a call on a case, so that a refusal is due to the caller's rights.
fn body_for(path: &str) -> &'static str {
    let bodies = [
        ("/messages", r#"{"message":"Still no one."}"#),
        ("/diary", r#"{"on":{"year":2026,"month":5,"day":3},"what":"No one came."}"#),
        ("/answers", r#"{"request":2,"answers":["The bedroom."]}"#),
        ("/answers/", "{}"),
        ("/order-answers", r#"{"order":1,"done":"no"}"#),
        (
            "/issues",
            r#"{"category":"property_condition","what_happened":"The door does not close.","put_right":"Mend it."}"#,
        ),
        ("/reviews", r#"{"ground":"wrong_evidence","why":"It was the other room."}"#),
        ("/withdrawal", "{}"),
        ("/contact", r#"{"way":"online"}"#),
        ("/contact/code", r#"{"code":"1234 5678"}"#),
        ("/authority", r#"{"scopes":["see"]}"#),
        ("/typed/{page}", r#"{"fields":{"message":["Is any"]}}"#),
    ];
    let body = bodies.iter().find(|(part, _)| is_about(path, part));
    body.map_or("", |(_, body)| *body)
}

/// Returns whether this caller may make this call. A call without security requirements is open to all.
fn allowed(call: &Value, method: &str, path: &str, caller: &Caller) -> bool {
    let who = caller.who;
    let ways = call["security"].as_array().expect("every call says who may make it");
    if ways.iter().any(|way| way.as_object().is_some_and(serde_json::Map::is_empty)) {
        return true;
    }
    let is_key = who.ends_with("key");
    let needed = match who {
        _ if is_key => "deskKey",
        "own draft" | "other draft" => "draftBearer",
        _ => "sessionBearer",
    };
    let keys: &[&str] = if path.ends_with("-totals") {
        &["totals key"]
    } else if path.contains("/webhooks") {
        &["webhooks key"]
    } else if method == "get" {
        &["desk key", "read key"]
    } else {
        &["desk key"]
    };
    let is_tenant = matches!(who, "own session" | "the tenant");
    // Every caller has lists of their own. A call on a case needs a person on it, with the right for the call.
    let own = match who {
        _ if is_key => keys.contains(&who),
        _ if !path.contains('{') => true,
        "own draft" => true,
        _ if path.contains("{reference}") => {
            let act = ACTS.iter().find(|(part, _)| method != "get" && is_about(path, part));
            let right = act.map_or(Some(Right::See), |(_, right)| *right);
            right.map_or(is_tenant, |right| caller.rights.contains(&right))
        }
        _ => who == "own session",
    };
    needed_by(ways, needed) && own
}

fn needed_by(ways: &[Value], needed: &str) -> bool {
    ways.iter().any(|way| way.get(needed).is_some())
}

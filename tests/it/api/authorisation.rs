use std::fmt::Write;

use axum::body::Body;
use axum::http::StatusCode;
use insta::assert_snapshot;
use onrecord::api::description;
use onrecord::service::keys::{self, Scope};

use super::caller::Api;

/// Every call of the description, made by everybody it could be made by. A new call is in the table by itself.
#[tokio::test]
async fn each_call_by_everybody() {
    let api = Api::new().await;
    let (mine, theirs) = (api.sent().await, api.sent().await);
    let (draft, own_draft) = api.draft().await;
    let (_, other_draft) = api.draft().await;
    let letter = [
        ("authorization", &*format!("Bearer {own_draft}")),
        ("content-type", "application/offset+octet-stream"),
        ("upload-length", "5"),
    ];
    let file = api.call("POST /api/v1/uploads", &letter, "Hello").await;
    let file = file.json()["id"].as_str().expect("an id").to_owned();
    let callers = [
        ("nobody", String::new()),
        ("other draft", other_draft),
        ("other session", api.signed_in(&theirs).await),
        ("useless key", keys::add(&api.world.services, "useless", &[]).await.unwrap()),
        (
            "totals key",
            keys::add(&api.world.services, "totals", &[Scope::Equality]).await.unwrap(),
        ),
        ("read key", keys::add(&api.world.services, "read", &[Scope::Read]).await.unwrap()),
        (
            "webhooks key",
            keys::add(&api.world.services, "webhooks", &[Scope::Webhooks]).await.unwrap(),
        ),
        ("desk key", api.desk_key("desk").await.replace("Bearer ", "")),
        ("own session", api.signed_in(&mine).await),
        ("own draft", own_draft),
    ];
    let document = description::document();
    let mut table = String::new();
    // What forgets or ends things comes last, the draft after its files, or nothing would be left for the others.
    let mut calls: Vec<(&str, &str)> = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        calls.extend(
            item.as_object()
                .expect("calls")
                .keys()
                .map(|method| (method.as_str(), path.as_str())),
        );
    }
    calls.sort_by_key(|(method, path)| (*path, *method));
    // What is deleted of a case ends nothing for anybody.
    let ends = |(method, path): &(&str, &str)| *method == "delete" && !path.contains("{reference}");
    let (mut ending, mut calls): (Vec<_>, Vec<_>) = calls.into_iter().partition(ends);
    ending.reverse();
    calls.extend(ending);
    for (method, path) in calls {
        let call = &document["paths"][path][method];
        let id = if path.contains("/uploads/") {
            file.as_str()
        } else {
            draft.rsplit('/').next().unwrap()
        };
        let reference = mine["reference"].as_str().unwrap();
        let line = format!(
            "{} {}",
            method.to_uppercase(),
            path.replace("{id}", id).replace("{reference}", reference).replace("{person}", "1")
        );
        let ways = call["security"].as_array().expect("every call says who may make it");
        let open = ways.iter().any(|way| way.as_object().is_some_and(serde_json::Map::is_empty));
        let allowed = |who: &&str| {
            let needed = if who.ends_with("draft") {
                "draftBearer"
            } else if who.ends_with("session") {
                "sessionBearer"
            } else {
                "deskKey"
            };
            let needed = ways.iter().any(|way| way.get(needed).is_some());
            // A list of one's own, and a draft of one's own, everybody has.
            let own = !path.contains('{') || who.starts_with("own") || who.ends_with("key");
            let keys: &[&str] = if path.ends_with("-totals") {
                &["totals key"]
            } else if path.contains("/webhooks") {
                &["webhooks key"]
            } else if method == "get" {
                &["desk key", "read key"]
            } else {
                &["desk key"]
            };
            needed && own && (!who.ends_with("key") || keys.contains(who))
        };
        write!(table, "{:7} {path}\n       ", method.to_uppercase()).unwrap();
        for (who, token) in &callers {
            let bearer = format!("Bearer {token}");
            // All that a call may need but a body, so that what is refused is refused for who asks.
            let media_type = if path.contains("/uploads") {
                "application/offset+octet-stream"
            } else {
                "application/json"
            };
            let headers = [
                ("content-type", media_type),
                ("idempotency-key", "key-1"),
                ("tus-resumable", "1.0.0"),
                ("upload-length", "1"),
                ("upload-offset", "5"),
                ("authorization", bearer.as_str()),
            ];
            let sent = if token.is_empty() { 5 } else { 6 };
            let answer = api.call(&line, &headers[..sent], Body::empty()).await;
            let refused = matches!(
                answer.status,
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND
            );
            write!(table, " {who} {},", answer.status.as_u16()).unwrap();
            if !open && !allowed(who) {
                assert!(refused, "{line} by {who}: {}", answer.written());
            }
        }
        table.push('\n');
    }
    assert_snapshot!("table", table);
}

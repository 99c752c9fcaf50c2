use axum::http::StatusCode;
use insta::assert_snapshot;
use serde_json::{Value, json};
use service::access::api_keys::{self, Scope};

use super::caller::{Answer, Api};

impl Api {
    /// Makes a desk key and returns the value of its `Authorization` header.
    pub async fn desk_key(&self, name: &str) -> String {
        let key = api_keys::add(&self.world.services, name, &[Scope::Desk]).await.expect("a key");
        format!("Bearer {key}")
    }

    pub async fn at_desk(&self, key: &str, line: &str, event: &Value) -> Answer {
        self.at_desk_with(key, "key-1", line, event).await
    }

    /// Like [`Api::at_desk`], with this idempotency key.
    pub async fn at_desk_with(&self, key: &str, idempotency_key: &str, line: &str, event: &Value) -> Answer {
        let headers = [
            ("authorization", key),
            ("content-type", "application/json"),
            ("idempotency-key", idempotency_key),
        ];
        self.call(line, &headers, event.to_string()).await
    }
}

#[tokio::test]
async fn the_organisation_lists_reads_and_moves_cases() {
    let api = Api::new().await;
    let receipt = api.sent().await;
    let reference = receipt["reference"].as_str().unwrap();
    let key = api.desk_key("case system").await;
    let (case, events) = (
        format!("GET /api/v1/desk/cases/{reference}"),
        format!("POST /api/v1/desk/cases/{reference}/events"),
    );
    assert_snapshot!(
        "listed",
        api.at_desk(&key, "GET /api/v1/desk/cases?limit=1", &Value::Null).await.written()
    );
    assert_snapshot!("case", api.at_desk(&key, &case, &Value::Null).await.written());

    let moved = json!({ "type": "status_changed", "status": "assessment", "due": "2026-12-18", "message": "We are looking at it." });
    let first = api.at_desk(&key, &events, &moved).await;
    assert_snapshot!("moved", first.written());
    assert_eq!(api.at_desk(&key, &events, &moved).await.written(), first.written(), "repeated");
    let other = json!({ "type": "note", "note": "Called, no answer." });
    assert_snapshot!("key_reused", api.at_desk(&key, &events, &other).await.written());
    assert_eq!(api.world.count("case_events").await, 2);

    let session = api.signed_in(&receipt).await;
    let seen = api.ask(&format!("GET /api/v1/cases/{reference}"), &session).await.json();
    assert_eq!((&seen["status"], &seen["due"]), (&json!("assessment"), &json!("2026-12-18")));
    // Every call is recorded with the key's name. The refused call adds no event.
    assert_eq!(api.world.count("desk_calls WHERE key_name = 'case system'").await, 3);
}

#[tokio::test]
async fn an_event_that_cannot_be_is_refused() {
    let api = Api::new().await;
    let receipt = api.sent().await;
    let reference = receipt["reference"].as_str().unwrap();
    let key = api.desk_key("desk").await;
    let events = format!("POST /api/v1/desk/cases/{reference}/events");
    let try_it = async |event: Value| api.at_desk(&key, &events, &event).await;
    assert_snapshot!(
        "status_not_allowed",
        try_it(json!({ "type": "status_changed", "status": "decision_made" }))
            .await
            .written()
    );
    assert_snapshot!(
        "reason_too_early",
        try_it(json!({ "type": "status_changed", "status": "assessment", "reason": "resolved" }))
            .await
            .written()
    );
    assert_snapshot!(
        "nothing_written",
        try_it(json!({ "type": "message_sent", "message": " " })).await.written()
    );
    // Text that people would read must be there. Each event is refused with its code, and nothing is recorded.
    for (event, code) in [
        (json!({ "type": "status_changed", "status": "closed" }), "closed_reason_missing"),
        (
            json!({ "type": "status_changed", "status": "awaiting_resident" }),
            "message_missing",
        ),
        (
            json!({ "type": "need_acted_on", "need": "braille", "what": "Sent." }),
            "need_unknown",
        ),
        (json!({ "type": "withdrawal_undone", "how": "phone" }), "not_withdrawn"),
        (
            json!({ "type": "decision_made", "message": "Upheld.", "review_until": "2026-12-21",
                    "findings": [{ "issue": 5, "finding": "maladministration" }] }),
            "finding_issue_unknown",
        ),
    ] {
        let answer = try_it(event.clone()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{event}");
        assert_eq!(answer.json()["errors"][0]["code"], code, "{event}");
    }
    for shape in [
        json!({ "type": "submitted" }),
        json!({ "type": "note" }),
        json!({ "type": "note", "note": "a", "x": 1 }),
        json!([]),
    ] {
        assert_eq!(try_it(shape.clone()).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{shape}");
    }
    let unknown = api
        .at_desk(
            &key,
            "POST /api/v1/desk/cases/RC-0000-0000/events",
            &json!({ "type": "note", "note": "a" }),
        )
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_eq!(api.world.count("case_events").await, 1);
}

#[tokio::test]
async fn people_read_the_findings_a_new_day_and_that_it_goes_on() {
    let api = Api::new().await;
    let receipt = api.sent().await;
    let reference = receipt["reference"].as_str().unwrap();
    let key = api.desk_key("desk").await;
    let events = format!("POST /api/v1/desk/cases/{reference}/events");
    let session = api.signed_in(&receipt).await;
    let desk = async |n: u8, event: Value| api.at_desk_with(&key, &format!("key-{n}"), &events, &event).await;
    let seen = async || api.ask(&format!("GET /api/v1/cases/{reference}"), &session).await.json();
    for (n, event) in (0..).zip([
        json!({ "type": "status_changed", "status": "assessment" }),
        json!({ "type": "due_changed", "due": "2027-01-08", "message": "The surveyor is ill." }),
        json!({ "type": "decision_made", "message": "The landlord failed.", "review_until": "2026-12-21",
                "findings": [{ "issue": 1, "finding": "service_failure" }] }),
    ]) {
        let answer = desk(n, event.clone()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{event}: {}", answer.written());
        if n == 1 {
            let case = seen().await;
            assert_eq!((&case["status"], &case["due"]), (&json!("assessment"), &json!("2027-01-08")));
        }
    }
    assert_snapshot!("decision_read", serde_json::to_string_pretty(&seen().await["decision"]).unwrap());
    let timeline = api.ask(&format!("GET /api/v1/cases/{reference}/timeline"), &session).await.json();
    let entries = timeline["entries"].as_array().unwrap();
    assert_eq!(
        (&entries[2]["kind"], &entries[2]["due"]),
        (&json!("due_changed"), &json!("2027-01-08"))
    );
    assert_eq!(entries[3]["findings"], json!([{ "issue": 1, "finding": "service_failure" }]));

    // A case that was closed as withdrawn is opened again only when the tenant asks for it.
    desk(3, json!({ "type": "status_changed", "status": "closed", "reason": "withdrawn" })).await;
    let reopened = desk(4, json!({ "type": "status_changed", "status": "assessment" })).await;
    assert_eq!(reopened.json()["errors"][0]["code"], "withdrawn_by_tenant");
    let asked = desk(5, json!({ "type": "withdrawal_undone", "how": "phone" })).await;
    assert_eq!(asked.json()["body"]["status"], "assessment", "{}", asked.written());
    assert_eq!(seen().await["status"], "assessment");
}

#[tokio::test]
async fn a_query_parameter_that_is_not_described_is_refused() {
    let api = Api::new().await;
    let key = api.desk_key("desk").await;
    for query in ["?stauts=closed", "?status=closed&colour=red", "?", "?limit=1"] {
        let answer = api.at_desk(&key, &format!("GET /api/v1/desk/cases{query}"), &Value::Null).await;
        let known = !query.contains("stauts") && !query.contains("colour");
        assert_eq!(answer.status == StatusCode::OK, known, "{query}: {}", answer.written());
    }
    // Every call refuses it, also calls without parameters, before the server checks who is calling.
    let described = onrecord::http::api::description::document()["paths"].as_object().unwrap();
    for (path, calls) in described {
        let path = path.replace("{reference}", "RC-7K3M-92QF").replace(['{', '}'], "");
        for method in calls
            .as_object()
            .unwrap()
            .keys()
            .filter(|method| ["get", "post", "put", "delete", "patch"].contains(&method.as_str()))
        {
            let call = format!("{} {path}?colour=red", method.to_uppercase());
            let answer = api.at_desk(&key, &call, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{call}: {}", answer.written());
        }
    }
}

#[tokio::test]
async fn the_list_comes_in_pages_and_can_be_narrowed() {
    let api = Api::new().await;
    let mut sent = Vec::new();
    for _ in 0..3 {
        sent.push(api.sent().await["reference"].clone());
        api.world.clock.advance(time::Duration::minutes(1));
    }
    let key = api.desk_key("desk").await;
    let list = async |query: &str| api.at_desk(&key, &format!("GET /api/v1/desk/cases{query}"), &Value::Null).await;
    let references = |page: &Value| -> Vec<Value> { page["cases"].as_array().unwrap().iter().map(|c| c["reference"].clone()).collect() };
    let first = list("?limit=2").await.json();
    assert_eq!(references(&first), sent[..2]);
    let second = list(&format!("?limit=2&cursor={}", first["next_cursor"].as_str().unwrap()))
        .await
        .json();
    assert_eq!((references(&second), &second["next_cursor"]), (sent[2..].to_vec(), &Value::Null));
    let since = list("?updated_since=2026-11-23T09:31:00Z").await.json();
    assert_eq!(references(&since), sent[1..]);
    assert_eq!(references(&list("?status=closed").await.json()), Vec::<Value>::new());
    for wrong in [
        "?limit=101",
        "?status=lost",
        "?updated_since=yesterday",
        "?cursor=x",
        "?status=closed&status=closed",
    ] {
        assert_eq!(list(wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn only_a_key_for_the_desk_opens_it() {
    let api = Api::new().await;
    let line = "GET /api/v1/desk/cases";
    let expected = api.ask(line, "").await.written();
    assert_snapshot!("without_a_key", expected);
    let receipt = api.sent().await;
    let session = api.signed_in(&receipt).await;
    for wrong in ["ork_rubbish", "rubbish", session.as_str()] {
        assert_eq!(api.ask(line, wrong).await.written(), expected, "{wrong}");
    }
    let useless = api_keys::add(&api.world.services, "useless", &[]).await.unwrap();
    assert_snapshot!("another_scope", api.ask(line, &useless).await.written());
    let key = api.desk_key("desk").await;
    api_keys::revoke(&api.world.services, "desk").await.unwrap();
    assert_eq!(api.at_desk(&key, line, &Value::Null).await.written(), expected, "revoked");
}

#[tokio::test]
async fn a_system_that_polls_or_is_told_gets_every_event() {
    let api = Api::new().await;
    api.sent().await;
    let key = |scope| api_keys::add(&api.world.services, "news", scope);
    let key = format!("Bearer {}", key(&[Scope::Read, Scope::Webhooks]).await.unwrap());
    assert_snapshot!(
        "feed",
        api.at_desk(&key, "GET /api/v1/desk/events?limit=1", &Value::Null).await.written()
    );
    assert_snapshot!(
        "feed_end",
        api.at_desk(&key, "GET /api/v1/desk/events?after=evt_1", &Value::Null)
            .await
            .written()
    );
    assert_snapshot!(
        "feed_cursor",
        api.at_desk(&key, "GET /api/v1/desk/events?after=1", &Value::Null).await.written()
    );
    let place = json!({ "url": "https://casework.example.org/on-record" });
    let made = api.at_desk(&key, "POST /api/v1/desk/webhooks", &place).await;
    assert_snapshot!("webhook", made.written());
    let place = json!({ "url": "http://casework.example.org/on-record" });
    assert_snapshot!(
        "webhook_readable",
        api.at_desk(&key, "POST /api/v1/desk/webhooks", &place).await.written()
    );
    assert_snapshot!(
        "webhooks",
        api.at_desk(&key, "GET /api/v1/desk/webhooks", &Value::Null).await.written()
    );
    let change = format!("POST /api/v1/desk/webhooks/{}/changes", made.json()["id"].as_str().unwrap());
    let paused = api.at_desk(&key, &change, &json!({ "action": "pause" })).await;
    assert_eq!((paused.status, paused.json()["state"].as_str()), (StatusCode::OK, Some("paused")));
    let resumed = api.at_desk(&key, &change, &json!({ "action": "retry" })).await;
    assert_eq!((resumed.status, resumed.json()["state"].as_str()), (StatusCode::OK, Some("active")));
    for (body, status) in [
        (json!({ "action": "skip", "event": "evt_1" }), StatusCode::CONFLICT),
        (json!({ "action": "skip", "event": "1" }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "action": "skip" }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "action": "retry", "from": "evt_1" }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "action": "retry", "form": "evt_1" }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "action": "pause", "event": "evt_1" }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "action": "stop" }), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(api.at_desk(&key, &change, &body).await.status, status, "{body}");
    }
    let none = "POST /api/v1/desk/webhooks/0193f5a0-0000-7000-8000-000000000001/changes";
    assert_eq!(
        api.at_desk(&key, none, &json!({ "action": "pause" })).await.status,
        StatusCode::NOT_FOUND
    );
    let remove = format!("DELETE /api/v1/desk/webhooks/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(api.at_desk(&key, &remove, &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_snapshot!("webhook_gone", api.at_desk(&key, &remove, &Value::Null).await.written());
}

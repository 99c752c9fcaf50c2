use axum::http::StatusCode;
use complaint::case::event::INTERNAL;
use insta::assert_snapshot;
use onrecord::http::api::description;
use serde_json::{Value, json};
use text::Language;

use super::caller::{Answer, Api};

struct Person {
    api: Api,
    session: String,
    reference: String,
    desk_key: String,
}

impl Person {
    async fn new() -> Self {
        let api = Api::new().await;
        let receipt = api.sent().await;
        let session = api.signed_in(&receipt).await;
        let reference = receipt["reference"].as_str().unwrap().to_owned();
        let desk_key = api.desk_key("desk").await;
        Self {
            api,
            session,
            reference,
            desk_key,
        }
    }

    async fn does(&self, call: &str, key: &str, body: &Value) -> Answer {
        let (method, tail) = call.split_once(' ').unwrap();
        let bearer = format!("Bearer {}", self.session);
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        let line = format!("{method} /api/v1/cases/{}/{tail}", self.reference);
        self.api.call(&line, &headers, body.to_string()).await
    }

    async fn desk(&self, body: &Value) {
        let name = body.to_string().len().to_string();
        let headers = [
            ("authorization", self.desk_key.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", name.as_str()),
        ];
        let line = format!("POST /api/v1/desk/cases/{}/events", self.reference);
        let answer = self.api.call(&line, &headers, body.to_string()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.written());
    }
}

#[tokio::test]
async fn a_person_acts_on_their_case() {
    let person = Person::new().await;
    let message = json!({ "message": "No one came." });
    let first = person.does("POST messages", "k1", &message).await;
    assert_snapshot!("message", first.written());
    assert_eq!(person.does("POST messages", "k1", &message).await.json(), first.json());
    let other = person.does("POST messages", "k1", &json!({ "message": "Else." })).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert_snapshot!(
        "message_empty",
        person.does("POST messages", "k2", &json!({ "message": " " })).await.written()
    );
    let month = json!({ "on": { "year": 2026, "month": 5 }, "what": "Damp." });
    assert_eq!(person.does("POST diary", "k3", &month).await.status, StatusCode::CREATED);
    let issue = json!({ "category": "staff", "what_happened": "They were rude." });
    assert_eq!(person.does("POST issues", "k4", &issue).await.status, StatusCode::CREATED);
    assert_snapshot!(
        "review_not_now",
        person
            .does("POST reviews", "k5", &json!({ "ground": "new_evidence", "why": "x" }))
            .await
            .written()
    );
    assert_eq!(person.does("POST withdrawal", "k6", &json!({})).await.status, StatusCode::CREATED);
    assert_eq!(person.does("DELETE withdrawal", "k7", &Value::Null).await.status, StatusCode::OK);
}

#[tokio::test]
async fn requests_decisions_and_orders_are_answered() {
    let person = Person::new().await;
    person.desk(&json!({ "type": "status_changed", "status": "assessment" })).await;
    person
        .desk(&json!({ "type": "information_requested", "questions": ["Which room?"], "due": "2026-12-10" }))
        .await;
    let case = person
        .api
        .ask(&format!("GET /api/v1/cases/{}", person.reference), &person.session)
        .await;
    assert_snapshot!("asked", case.written());
    let request = case.json()["request"]["n"].clone();
    let none = person
        .does("POST answers", "a1", &json!({ "request": request, "answers": [" "] }))
        .await;
    assert_eq!(none.json()["errors"][0]["pointer"], "/answers/0", "{}", none.written());
    let given = json!({ "request": request, "answers": ["The bedroom."] });
    assert_eq!(person.does("POST answers", "a2", &given).await.status, StatusCode::CREATED);
    person
        .desk(&json!({ "type": "decision_made", "message": "The landlord failed.", "review_until": "2026-12-14" }))
        .await;
    person
        .desk(&json!({ "type": "orders_made", "orders": [{ "what": "Mend the roof.", "due": "2026-12-20" }] }))
        .await;
    let done = json!({ "order": 1, "done": "partly" });
    assert_eq!(person.does("POST order-answers", "o1", &done).await.status, StatusCode::CREATED);
    let review = json!({ "ground": "new_evidence", "why": "A report." });
    assert_eq!(person.does("POST reviews", "r1", &review).await.status, StatusCode::CREATED);
    let case = person
        .api
        .ask(&format!("GET /api/v1/cases/{}", person.reference), &person.session)
        .await
        .json();
    assert_eq!(
        (&case["status"], &case["orders"][0]["done"]),
        (&json!("under_review"), &json!("partly"))
    );
}

#[test]
fn every_kind_of_event_that_people_see_has_its_sentence() {
    let document = description::document();
    let bodies = document["components"]["schemas"]["EventBody"]["oneOf"]
        .as_array()
        .expect("the kinds");
    assert!(!bodies.is_empty());
    let kinds = document["components"]["schemas"]["EventBody"]["discriminator"]["mapping"]
        .as_object()
        .expect("the kinds by name");
    let seen: Vec<&str> = kinds.keys().map(String::as_str).filter(|kind| !INTERNAL.contains(kind)).collect();
    assert!(seen.len() > 20, "{seen:?}");
    // The entry for a status change uses the name of the status instead.
    for kind in seen.into_iter().filter(|kind| *kind != "status_changed") {
        let key = format!("timeline.{kind}");
        assert!(Language::default().say_if_any(&key).is_some(), "{key}");
    }
}

/// Uploads a file to the person's case and returns its id.
async fn letter(person: &Person) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let bearer = format!("Bearer {}", person.session);
    let said = format!(
        "filename {},case {}",
        STANDARD.encode("letter.txt"),
        STANDARD.encode(&person.reference)
    );
    let headers = [
        ("content-type", "application/octet-stream"),
        ("upload-length", "5"),
        ("upload-metadata", said.as_str()),
        ("authorization", bearer.as_str()),
    ];
    let answer = person.api.call("POST /api/v1/uploads", &headers, "Hello").await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.written());
    answer.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn acts_name_files_by_their_ids() {
    let person = Person::new().await;
    let file = letter(&person).await;
    let nobodys = "00000000-0000-4000-8000-000000000000";
    let message = json!({ "message": "See the letter.", "files": [file, nobodys] });
    assert_snapshot!("files_unknown", person.does("POST messages", "k1", &message).await.written());
    let entry = json!({ "on": { "year": 2026, "month": 5 }, "what": "Damp.", "files": [file] });
    assert_eq!(person.does("POST diary", "k2", &entry).await.status, StatusCode::CREATED);
    let asked = json!({ "type": "information_requested", "questions": ["Which room?"], "due": "2026-12-10" });
    person.desk(&asked).await;
    let shown = person
        .api
        .ask(&format!("GET /api/v1/cases/{}", person.reference), &person.session)
        .await
        .json();
    let answers = json!({ "request": shown["request"]["n"], "answers": ["This one."], "files": [file] });
    assert_eq!(person.does("POST answers", "k3", &answers).await.status, StatusCode::CREATED);
    let timeline = format!("GET /api/v1/cases/{}/timeline", person.reference);
    let timeline = person.api.ask(&timeline, &person.session).await.json();
    let with: Vec<&str> = timeline["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["files"][0]["id"] == file.as_str())
        .map(|entry| entry["kind"].as_str().unwrap())
        .collect();
    assert_eq!(with, ["file_received", "diary_entry", "information_given"]);
}

#[tokio::test]
async fn a_question_is_answered_after_sending() {
    let person = Person::new().await;
    let case = format!("GET /api/v1/cases/{}", person.reference);
    let before = person.api.ask(&case, &person.session).await.json();
    let given = json!({ "filed": "yes" });
    let added = person.does("PUT answers/court", "k1", &given).await;
    assert_snapshot!("answer_added", added.written());
    assert_eq!(person.does("PUT answers/court", "k1", &given).await.json(), added.json());
    let other = person.does("PUT answers/court", "k1", &json!({ "filed": "no" })).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert_snapshot!("answer_wrong", person.does("PUT answers/court", "k2", &json!({})).await.written());
    let shape = person.does("PUT answers/court", "k3", &json!({ "filed": "maybe" })).await;
    assert_eq!(shape.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", shape.written());
    let not_asked = person.does("PUT answers/former_home", "k4", &json!({ "tenure": "licence" })).await;
    assert_eq!(not_asked.status, StatusCode::CONFLICT, "{}", not_asked.written());
    // Not among the calls of the description.
    for step in ["contact", "letters", "nothing", "reported_11"] {
        let answer = person.does(&format!("PUT answers/{step}"), "k5", &json!({})).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{step}");
    }
    let after = person.api.ask(&case, &person.session).await.json();
    assert_eq!(
        (&after["answers"], &after["can_answer"]),
        (&before["answers"], &before["can_answer"])
    );
    let timeline = format!("{case}/timeline");
    let timeline = person.api.ask(&timeline, &person.session).await.json();
    assert_snapshot!("answer_in_timeline", format!("{:#}", timeline["entries"][1]));
    let key = person.desk_key.trim_start_matches("Bearer ");
    let desk = person
        .api
        .ask(&format!("GET /api/v1/desk/cases/{}", person.reference), key)
        .await
        .json();
    assert_eq!(desk["added_answers"], json!({ "court": { "filed": "yes" } }));
    let feed = person.api.ask("GET /api/v1/desk/events", key).await.json();
    let event = feed["events"].as_array().unwrap().last().unwrap();
    let body = json!({ "type": "answer_added", "person": 1, "answers": { "court": { "filed": "yes" } } });
    assert_eq!(event["body"], body);
}

#[tokio::test]
async fn too_much_at_once_has_to_wait() {
    use onrecord::http::limits::{Quota, Quotas};
    let quotas = Quotas {
        acts: Quota::new(2, 1),
        ..Quotas::default()
    };
    let api = Api::with(service::Settings::default(), quotas).await;
    let (mine, theirs) = (api.sent().await, api.sent().await);
    let (me, them) = (api.signed_in(&mine).await, api.signed_in(&theirs).await);
    let line = format!("POST /api/v1/cases/{}/messages", mine["reference"].as_str().unwrap());
    let message = json!({ "message": "No one came." });
    // Calls by a person who is not on the case do not count against its limit.
    for _ in 0..5 {
        assert_eq!(api.send(&line, &them, &message).await.status, StatusCode::NOT_FOUND);
    }
    for _ in 0..2 {
        assert_eq!(api.send(&line, &me, &message).await.status, StatusCode::CREATED);
    }
    let wait = api.send(&line, &me, &message).await;
    assert_eq!(wait.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(wait.header("retry-after").parse::<u64>().unwrap() > 0);
}

use axum::http::StatusCode;
use complaint::fields::text::{LINE_MAX, TEXT_MAX};
use onrecord::http::api::description;
use serde_json::{Value, json};
use service::access::api_keys::{self, Scope};

use super::caller::Api;

/// A call with a body, and the pointer and code of each of its errors.
type Refused = (&'static str, Value, &'static [(&'static str, &'static str)]);

/// The callers of a case, with what they need to call.
struct Callers {
    api: Api,
    draft: (String, String),
    case: (String, String),
    desk: String,
}

impl Callers {
    async fn new() -> Self {
        let api = Api::new().await;
        let receipt = api.sent().await;
        let session = api.signed_in(&receipt).await;
        let desk = api_keys::add(&api.world.services, "casework", &[Scope::Desk, Scope::Webhooks])
            .await
            .unwrap();
        Self {
            draft: api.draft().await,
            case: (receipt["reference"].as_str().unwrap().to_owned(), session),
            desk,
            api,
        }
    }

    /// Sends a body. Returns the pointer and the code of each error.
    async fn errors(&self, call: &str, body: &Value) -> Vec<(String, String)> {
        let (reference, session) = &self.case;
        let tokens = [("DRAFT", &self.draft.1), ("CASE", session), ("desk", &self.desk)];
        let token = tokens.iter().find(|(part, _)| call.contains(part)).map_or("", |(_, token)| token);
        let path = call
            .replace("/DRAFT", &self.draft.0)
            .replace("/CASE", &format!("/api/v1/cases/{reference}"));
        let answer = self.api.send(&path.replace("REFERENCE", reference), token, body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{call} {}", answer.written());
        assert_eq!(answer.json()["type"], "/problems/answers-not-accepted", "{call}");
        let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
        let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
        errors.iter().map(|error| (text(error, "pointer"), text(error, "code"))).collect()
    }

    async fn assert_refused(&self, table: Vec<Refused>) {
        for (call, body, expected) in table {
            let expected: Vec<_> = expected
                .iter()
                .map(|(place, code)| ((*place).to_owned(), (*code).to_owned()))
                .collect();
            assert_eq!(self.errors(call, &body).await, expected, "{call}");
        }
    }
}

/// Returns a text of one character more than `max`, counted without the white space that is removed.
fn longer(max: usize) -> String {
    format!("  {}  ", "é".repeat(max + 1))
}

#[tokio::test]
async fn bodies_of_people_are_refused_with_all_errors_in_the_order_of_the_fields() {
    let (line, text, short) = (longer(LINE_MAX), longer(TEXT_MAX), longer(2000));
    let join = |name: &str| json!({ "code": "7K3-M92-QFM", "full_name": name, "connection": "family" });
    let table: Vec<Refused> = vec![
        (
            "POST /api/v1/sign-in-codes",
            json!({ "email": "wren" }),
            &[("/email", "email_not_plausible")],
        ),
        (
            "POST /DRAFT/resume-links",
            json!({ "email": "a@example.org, b@example.org" }),
            &[("/email", "email_several")],
        ),
        (
            "POST /DRAFT/resume-links",
            json!({ "email": "wren@exаmple.org" }),
            &[("/email", "email_looks_like")],
        ),
        (
            "POST /CASE/people/ask",
            json!({ "email": "wren" }),
            &[("/email", "email_not_plausible")],
        ),
        (
            "POST /CASE/contact/code",
            json!({ "code": "1234 567" }),
            &[("/code", "email_code_shape")],
        ),
        ("POST /api/v1/joins", join(" "), &[("/full_name", "your_name_missing")]),
        ("POST /api/v1/joins", join(&line), &[("/full_name", "text_too_long")]),
        (
            "PUT /CASE/people/2/authority",
            json!({ "scopes": [] }),
            &[("/scopes", "consent_scope_missing")],
        ),
        (
            "POST /CASE/people/codes",
            json!({ "scopes": [] }),
            &[("/scopes", "consent_scope_missing")],
        ),
        ("POST /CASE/messages", json!({ "message": " " }), &[("/message", "message_empty")]),
        ("POST /CASE/messages", json!({ "message": text }), &[("/message", "text_too_long")]),
        (
            "POST /CASE/diary",
            json!({ "on": "2050-01-01", "what": "", "files": ["none"] }),
            &[
                ("/on", "diary_date_future"),
                ("/what", "diary_what_missing"),
                ("/files/0", "act_file_unknown"),
            ],
        ),
        (
            "POST /CASE/issues",
            json!({ "category": "staff", "subcategory": "mould", "what_happened": "", "put_right": text }),
            &[
                ("/subcategory", "subcategory_other"),
                ("/what_happened", "issue_what_missing"),
                ("/put_right", "text_too_long"),
            ],
        ),
        ("POST /CASE/withdrawal", json!({ "reason": short }), &[("/reason", "text_too_long")]),
    ];
    Callers::new().await.assert_refused(table).await;
}

#[tokio::test]
async fn bodies_of_the_desk_are_refused_with_all_errors_in_the_order_of_the_fields() {
    let (line, text) = (longer(LINE_MAX), longer(TEXT_MAX));
    let events = "POST /api/v1/desk/cases/REFERENCE/events";
    let authority = json!({ "person": 2, "basis": "permission", "by": "paper", "scopes": [] });
    let order = json!({ "what": " ", "due": "2026-12-20" });
    let table: Vec<Refused> = vec![
        (
            "POST /api/v1/desk/cases/REFERENCE/authority",
            authority,
            &[("/scopes", "consent_scope_missing")],
        ),
        (
            "POST /api/v1/desk/cases/REFERENCE/authority/ends",
            json!({ "person": 2, "reason": line }),
            &[("/reason", "note_too_long")],
        ),
        (
            "POST /api/v1/desk/bounces",
            json!({ "reason": "r".repeat(301), "message": "m".repeat(301) }),
            &[("/message", "note_too_long"), ("/reason", "note_too_long")],
        ),
        (
            "POST /api/v1/desk/webhooks",
            json!({ "url": "news" }),
            &[("/url", "webhook_url_invalid")],
        ),
        (
            "POST /api/v1/desk/webhooks",
            json!({ "url": "http://casework.example.org/" }),
            &[("/url", "webhook_url_invalid")],
        ),
        (
            events,
            json!({ "type": "message_sent", "message": text }),
            &[("/message", "message_too_long")],
        ),
        (
            events,
            json!({ "type": "handover", "to": "", "note": text }),
            &[("/to", "note_missing"), ("/note", "note_too_long")],
        ),
        (
            events,
            json!({ "type": "information_requested", "questions": [], "due": "2026-12-20" }),
            &[("/questions", "questions_missing")],
        ),
        (
            events,
            json!({ "type": "information_requested", "questions": vec!["Which?"; 21], "due": "2026-12-20" }),
            &[("/questions", "questions_missing")],
        ),
        (
            events,
            json!({ "type": "information_requested", "questions": ["Which?", " "], "due": "2026-12-20" }),
            &[("/questions/1", "message_missing")],
        ),
        (
            events,
            json!({ "type": "orders_made", "orders": [] }),
            &[("/orders", "orders_missing")],
        ),
        (
            events,
            json!({ "type": "orders_made", "orders": [order] }),
            &[("/orders/0/what", "message_missing")],
        ),
    ];
    Callers::new().await.assert_refused(table).await;
}

/// Returns a limit that the OpenAPI document gives for a member of a body.
fn documented(schema: &str, member: &str, keyword: &str) -> usize {
    let limit = description::document()["components"]["schemas"][schema]["properties"][member][keyword].as_u64();
    usize::try_from(limit.unwrap_or_else(|| panic!("{schema}.{member} has no {keyword}"))).unwrap()
}

#[tokio::test]
async fn the_description_has_the_limits_of_the_rules() {
    let callers = Callers::new().await;
    let url = |length: usize| format!("https://example.org/{}", "n".repeat(length - 20));
    let text = |length: usize| "m".repeat(length);
    let (message, reason, place) = (
        documented("Bounce", "message", "maxLength"),
        documented("Bounce", "reason", "maxLength"),
        documented("Place", "url", "maxLength"),
    );
    let bounce = |message, reason| json!({ "message": text(message), "reason": text(reason) });
    for (path, last, beyond) in [
        ("bounces", bounce(message, reason), bounce(message + 1, reason)),
        ("bounces", bounce(message, reason), bounce(message, reason + 1)),
        ("webhooks", json!({ "url": url(place) }), json!({ "url": url(place + 1) })),
    ] {
        let call = format!("POST /api/v1/desk/{path}");
        let is_refused = async |body| callers.api.send(&call, &callers.desk, body).await.status == StatusCode::UNPROCESSABLE_ENTITY;
        assert!(!is_refused(&last).await && is_refused(&beyond).await, "{call}");
    }
    assert_eq!(
        [("Allowed", "scopes"), ("Found", "scopes")].map(|(schema, list)| documented(schema, list, "minItems")),
        [1, 1]
    );
    let timeline = format!("/api/v1/cases/{}/timeline", callers.case.0);
    for (path, described, token) in [
        ("/api/v1/desk/cases", "/api/v1/desk/cases", &callers.desk),
        ("/api/v1/desk/events", "/api/v1/desk/events", &callers.desk),
        (&timeline, "/api/v1/cases/{reference}/timeline", &callers.case.1),
    ] {
        let parameters = description::document()["paths"][described]["get"]["parameters"].as_array().unwrap();
        let limit = parameters.iter().find(|parameter| parameter["name"] == "limit").unwrap();
        let number = |keyword: &str| limit["schema"][keyword].as_u64().unwrap();
        for (limit, status) in [
            (number("minimum"), StatusCode::OK),
            (number("minimum") - 1, StatusCode::BAD_REQUEST),
            (number("maximum"), StatusCode::OK),
            (number("maximum") + 1, StatusCode::BAD_REQUEST),
        ] {
            let answer = callers.api.ask(&format!("GET {path}?limit={limit}"), token).await;
            assert_eq!(answer.status, status, "{path} {limit}");
        }
    }
    let search = format!("GET /api/v1/landlords?q={}", "%C3%A9".repeat(LINE_MAX));
    assert_eq!(callers.api.ask(&search, "").await.status, StatusCode::OK);
    assert_eq!(callers.api.ask(&format!("{search}x"), "").await.status, StatusCode::BAD_REQUEST);
}

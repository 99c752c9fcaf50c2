use axum::http::StatusCode;
use insta::assert_snapshot;
use onrecord::http::limits::{Quota, Quotas};
use serde_json::{Value, json};
use service::Settings;

use super::caller::{Answer, Api};

async fn ask(api: &Api, body: &Value) -> Answer {
    api.send("POST /api/v1/complaint-clock", "", body).await
}

#[tokio::test]
async fn the_clock_is_asked() {
    let api = Api::new().await;
    let late = json!({ "stage": "waiting_stage_1", "complained_on": "2026-10-05", "acknowledged_on": "2026-10-19" });
    assert_snapshot!("late", ask(&api, &late).await.written());
    let hazard = json!({ "reported_on": { "year": 2026, "month": 11 }, "kind": "significant", "category": "damp_mould" });
    let whole = json!({
        "today": "2026-12-01", "stage": "final_response", "complained_on": "unknown", "final_response_on": "2026-05-29",
        "tenure": "tenant", "hazard": hazard,
    });
    assert_snapshot!("hazard", ask(&api, &whole).await.written());
    let nothing = ask(&api, &json!({})).await.json();
    assert_eq!(
        (&nothing["today"], &nothing["route"]["kind"]),
        (&json!("2026-11-23"), &json!("help_to_complain"))
    );
}

#[tokio::test]
async fn wrong_dates_are_named() {
    let api = Api::new().await;
    let wrong = json!({
        "stage": "final_response", "complained_on": "2026-02-30", "stage_2_asked_on": "2026-12-01", "acknowledged_on": "2026-01-05",
        "stage_1_answered_on": "2026-05-01", "final_response_on": { "year": 2026, "month": 4 },
        "hazard": { "reported_on": "2027-01-01", "kind": "emergency", "category": "fire" },
    });
    assert_snapshot!("wrong_dates", ask(&api, &wrong).await.written());
    assert_snapshot!("unknown_stage", ask(&api, &json!({ "stage": "stage_3" })).await.written());
    for other in [
        json!({ "complained_on": "soon" }),
        json!({ "complaint_on": "2026-10-05" }),
        json!({ "hazard": {} }),
        json!({ "hazard": { "reported_on": "2026-01-01", "kind": "emergency", "category": "fire", "more": 1 } }),
        json!({ "today": "tomorrow" }),
        json!({ "extension_told": "yes" }),
        json!([]),
    ] {
        assert_eq!(ask(&api, &other).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{other}");
    }
}

#[tokio::test]
async fn too_many_questions_have_to_wait() {
    let quotas = Quotas {
        complaint_clock: Quota::new(2, 1),
        ..Quotas::default()
    };
    let api = Api::with(Settings::default(), quotas).await;
    for _ in 0..2 {
        assert_eq!(ask(&api, &json!({})).await.status, StatusCode::OK);
    }
    assert_eq!(ask(&api, &json!({})).await.status, StatusCode::TOO_MANY_REQUESTS);
}

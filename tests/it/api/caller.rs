//! Calls the router as a client would, and formats responses for snapshots.

use std::fmt::Write;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;
use evidence::Scanner;
use http_body_util::BodyExt;
use onrecord::http::{
    HttpState,
    client::Proxies,
    cookies::CookieNames,
    languages::Languages,
    limits::{Quotas, RateLimits},
    permits::Permits,
};
use record::entropy::SeededEntropy;
use serde_json::{Value, json};
use service::Settings;
use text::Language;
use tower::ServiceExt;

use crate::world::{TestDatabase, World};

/// Streams of news that one person may have open.
pub const NEWS_PER_PERSON: NonZeroU32 = NonZeroU32::new(2).unwrap();

/// The REST API over a test world of its own.
pub struct Api {
    pub world: World,
    router: Router,
}

/// A response as it came.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Api {
    /// An API with default settings, on SQLite: only the services differ between the databases.
    pub async fn new() -> Self {
        Self::with(Settings::default(), Quotas::default()).await
    }

    pub async fn with(settings: Settings, quotas: Quotas) -> Self {
        let world = World::with(TestDatabase::Sqlite, settings, Arc::new(SeededEntropy::new(7))).await;
        Self::on(world.expect("tests on SQLite always run"), quotas)
    }

    /// An API whose services use this scanner.
    pub async fn scanned_by(scanner: Scanner) -> Self {
        let mut world = World::new(TestDatabase::Sqlite).await.expect("tests on SQLite always run");
        world.services = world.scanned_by(scanner).await;
        Self::on(world, Quotas::default())
    }

    fn on(world: World, quotas: Quotas) -> Self {
        let offered = ["en", "cy"].map(|tag| Language::of_tag(tag).expect("a supported language"));
        let languages = Languages::new(offered, CookieNames::LOOPBACK);
        let state = HttpState {
            services: world.services.clone(),
            limits: Arc::new(RateLimits::new(quotas)),
            cookies: CookieNames::LOOPBACK,
            languages: languages.clone(),
            proxies: Arc::new(Proxies::default()),
            upload_permits: Permits::new(NonZeroU32::MAX, NonZeroU32::MAX),
            news_permits: Permits::new(NonZeroU32::MAX, NEWS_PER_PERSON),
        };
        let router = onrecord::http::api::router(languages).with_state(state);
        Self { world, router }
    }

    /// Opens the stream at this path. Returns the response as soon as its head is there.
    pub async fn stream(&self, path: &str, token: &str) -> Response {
        let request = Request::get(path).header("accept", "text/event-stream");
        let request = request.header("authorization", format!("Bearer {token}"));
        let request = request.body(Body::empty()).expect("a request");
        self.router.clone().oneshot(request).await.expect("an answer")
    }

    /// Sends `METHOD /path` with headers and a body.
    pub async fn call(&self, line: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let (method, path) = line.split_once(' ').expect("a method and a path");
        let mut request = Request::builder().method(method).uri(path).header("x-request-id", "request-1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (head, body) = response.into_parts();
        Answer {
            status: head.status,
            headers: head.headers,
            bytes: body.collect().await.expect("a whole answer").to_bytes().to_vec(),
        }
    }

    /// Sends `METHOD /path` with a bearer token and no body.
    pub async fn ask(&self, line: &str, token: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        self.call(line, if token.is_empty() { &[] } else { &headers }, Body::empty()).await
    }

    /// Sends `METHOD /path` with a bearer token and a JSON body.
    pub async fn send(&self, line: &str, token: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", "key-1"),
            ("authorization", bearer.as_str()),
        ];
        self.call(line, &headers[..if token.is_empty() { 2 } else { 3 }], body.to_string())
            .await
    }

    /// Creates a draft. Returns its path and its token.
    pub async fn draft(&self) -> (String, String) {
        let answer = self.ask("POST /api/v1/drafts", "").await;
        assert_eq!(answer.status, StatusCode::CREATED);
        let body = answer.json();
        let text = |name: &str| body[name].as_str().expect("a text").to_owned();
        (format!("/api/v1/drafts/{}", text("id")), text("token"))
    }

    /// Answers every question of a draft.
    pub async fn fill(&self, draft: &str, token: &str) {
        for (step, body) in all_answers() {
            let answer = self.send(&format!("PUT {draft}/answers/{step}"), token, &body).await;
            assert_eq!(answer.status, StatusCode::OK, "{step}: {}", answer.written());
        }
    }

    /// Sends a complete complaint. Returns the receipt.
    pub async fn sent(&self) -> Value {
        let (draft, token) = self.draft().await;
        self.fill(&draft, &token).await;
        let answer = self.send(&format!("POST {draft}/submission"), &token, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.written());
        answer.json()
    }

    /// Signs in with a receipt. Returns the session's token.
    pub async fn signed_in(&self, receipt: &Value) -> String {
        let details = json!({ "reference": receipt["reference"], "access_code": receipt["access_code"] });
        let headers = [("content-type", "application/json"), ("prefer", "return=representation")];
        let answer = self.call("POST /api/v1/sessions", &headers, details.to_string()).await;
        answer.json()["token"].as_str().expect("a token").to_owned()
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    pub fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().expect("text"))
    }

    /// Formats status, headers and body for a snapshot.
    pub fn written(&self) -> String {
        let mut out = format!("{}\n", self.status);
        for (name, value) in &self.headers {
            writeln!(out, "{name}: {}", value.to_str().expect("text")).expect("written");
        }
        if let Ok(body) = serde_json::from_slice::<Value>(&self.bytes) {
            write!(out, "\n{body:#}").expect("written");
        } else {
            write!(out, "\n{}", String::from_utf8_lossy(&self.bytes)).expect("written");
        }
        out
    }
}

/// An answer to every question, in order.
pub fn all_answers() -> Vec<(&'static str, Value)> {
    vec![
        ("role", json!({ "role": "resident" })),
        ("resident_name", json!({ "full_name": "Siân O'Neill-Okafor" })),
        (
            "home_address",
            json!({ "line_1": "Flat 4, 10 Example Street", "town": "Manchester", "postcode": "m11ae" }),
        ),
        ("contact", json!({ "email": "sian@example.org" })),
        ("landlord", json!({ "name": "Example Homes" })),
        ("stage", json!({ "stage": "waiting_stage_1" })),
        ("dates", json!({ "complained_on": { "year": 2026, "month": 9 } })),
        ("category", json!({ "category": "property_condition" })),
        (
            "what_happened",
            json!({ "what_happened": "Mould in both bedrooms.\r\nSince March." }),
        ),
        ("put_right", json!({ "put_right": "Treat the damp </textarea><script>" })),
        ("evidence", json!({})),
        ("declaration", json!({ "agreed": true })),
    ]
}

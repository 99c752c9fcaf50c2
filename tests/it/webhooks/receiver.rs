//! A real HTTP receiver that implements Standard Webhooks.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use serde_json::Value;
use service::{Services, access::api_keys};
use sha2::Sha256;

/// The requests that the receiver got, and its next responses.
#[derive(Default)]
pub struct Receiver {
    pub secret: Mutex<String>,
    pub taken: Mutex<Vec<(String, Value)>>,
    /// Statuses for the next requests; 200 once the list is empty.
    pub answers: Mutex<Vec<u16>>,
    /// Services whose key `news` is revoked while the next delivery is being received.
    pub on_delivery: Mutex<Option<Services>>,
}

/// Starts a receiver on this machine. Returns its URL and its state.
pub async fn start() -> (String, Arc<Receiver>) {
    let desk = Arc::new(Receiver::default());
    let router = Router::new().route("/news", post(take)).with_state(desk.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/news", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, desk)
}

async fn take(State(desk): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let revoking = desk.on_delivery.lock().unwrap().take();
    if let Some(services) = revoking {
        api_keys::revoke(&services, "news").await.unwrap().expect("a key in use");
    }
    let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
    let secret = desk.secret.lock().unwrap().clone();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update([id.as_bytes(), b".", timestamp.as_bytes(), b".", &body].concat().as_slice());
    let signed = STANDARD.decode(header("webhook-signature").strip_prefix("v1,").unwrap()).unwrap();
    if mac.verify_slice(&signed).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let answer = {
        let mut answers = desk.answers.lock().unwrap();
        if answers.is_empty() { 200 } else { answers.remove(0) }
    };
    if answer == 200 {
        desk.taken.lock().unwrap().push((id, serde_json::from_slice(&body).unwrap()));
    }
    StatusCode::from_u16(answer).unwrap()
}

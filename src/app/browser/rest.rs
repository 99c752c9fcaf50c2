//! The calls of `/api/v1` the pages make.

use gloo_net::http::{Request, RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::local;
use crate::complaint::Place;
use crate::complaint::clock::{Clock, ClockInput};
use crate::complaint::view::{DraftView, LandlordMatch};

/// What a call that did not work means for what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection, or the service is busy or down: the same call may work later.
    Later,
    /// What was asked for is not there (any more).
    Gone,
    /// It will never work as it is; the sentence says why, when the service gave one.
    Refused(Option<String>),
    /// Another device has saved another answer since.
    Changed,
}

type Answer<T> = Result<T, Failure>;

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    detail: Option<String>,
    #[serde(default)]
    errors: Vec<ProblemError>,
}

#[derive(Deserialize)]
struct ProblemError {
    message: String,
}

/// The person's sentence of a problem: that of its first error, else the whole problem's.
#[must_use]
pub fn sentence(problem: &str) -> Option<String> {
    let problem: Problem = serde_json::from_str(problem).ok()?;
    problem.errors.into_iter().next().map(|e| e.message).or(problem.detail)
}

/// What a status means for what to do next.
#[must_use]
pub fn failure(status: u16, body: &str) -> Failure {
    match status {
        401 | 403 | 404 | 410 => Failure::Gone,
        412 => Failure::Changed,
        408 | 425 | 429 | 500..=599 => Failure::Later,
        _ => Failure::Refused(sentence(body)),
    }
}

async fn answered(response: Result<Response, gloo_net::Error>) -> Answer<Response> {
    let response = response.map_err(|_| Failure::Later)?;
    if response.ok() {
        return Ok(response);
    }
    let body = response.text().await.unwrap_or_default();
    Err(failure(response.status(), &body))
}

async fn parsed<T: DeserializeOwned>(response: Result<Response, gloo_net::Error>) -> Answer<T> {
    let text = answered(response).await?.text().await.map_err(|_| Failure::Later)?;
    serde_json::from_str(&text).map_err(|_| Failure::Refused(None))
}

async fn send<T: DeserializeOwned>(request: RequestBuilder, body: &str) -> Answer<T> {
    let request = request.header("Content-Type", "application/json").body(body.to_owned());
    match request {
        Ok(request) => parsed(request.send().await).await,
        Err(_) => Err(Failure::Refused(None)),
    }
}

async fn get<T: DeserializeOwned>(url: &str) -> Answer<T> {
    parsed(Request::get(url).send().await).await
}

/// Names the draft of this page to the calls that have no id of it.
fn named(url: &str) -> String {
    format!("/api/v1/drafts{url}?draft={}", local::number())
}

/// A new draft: its id. The draft cookie comes with the answer.
///
/// # Errors
/// Those of the call.
pub async fn create_draft() -> Answer<String> {
    #[derive(Deserialize)]
    struct Created {
        id: String,
    }
    parsed::<Created>(Request::post(&named("")).send().await).await.map(|c| c.id)
}

/// The draft of this page.
///
/// # Errors
/// Those of the call.
pub async fn current_draft() -> Answer<DraftView> {
    get(&named("/current")).await
}

/// The landlords whose names fit what was typed.
///
/// # Errors
/// Those of the call.
pub async fn landlords(typed: &str) -> Answer<Vec<LandlordMatch>> {
    let typed: String = js_sys::encode_uri_component(typed).into();
    get(&format!("/api/v1/landlords?q={typed}")).await
}

/// What the complaint clock says.
///
/// # Errors
/// Those of the call.
pub async fn complaint_clock(input: &ClockInput) -> Answer<Clock> {
    let body = serde_json::to_string(input).map_err(|_| Failure::Refused(None))?;
    send(Request::post("/api/v1/complaint-clock"), &body).await
}

/// Saves one answer and returns the draft with it as it is stored. `seen` is the mark of the answer it was made from.
///
/// # Errors
/// Those of the call.
pub async fn save_answer(draft: &str, place: Place, json: &str, seen: &str) -> Answer<DraftView> {
    let request = Request::put(&format!("/api/v1/drafts/{draft}/answers/{}", place.code()));
    send(request.header("Answer-Seen", seen), json).await
}

/// Sends the complaint. The draft's own id is the key, so that sending again gives the same receipt.
///
/// # Errors
/// Those of the call.
pub async fn submit(draft: &str) -> Answer<()> {
    let url = format!("/api/v1/drafts/{draft}/submission");
    answered(Request::post(&url).header("Idempotency-Key", draft).send().await)
        .await
        .map(|_| ())
}

/// Takes an uploaded file away.
///
/// # Errors
/// Those of the call.
pub async fn remove_upload(id: &str) -> Answer<()> {
    answered(Request::delete(&format!("/api/v1/uploads/{id}")).send().await)
        .await
        .map(|_| ())
}

//! The calls of `/api/v1` that the pages make.

use gloo_net::http::{Request, RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::app::client::device_store;
use complaint::QuestionRef;
use complaint::clock::{Clock, ClockInput};
use complaint::json;
use contract::{DraftView, LandlordMatch};

/// Why a call failed, by what the caller can do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection, or the server is busy or down: the same call may succeed later.
    Later,
    /// The requested resource does not exist, or no longer.
    Gone,
    /// The call will never succeed as it is. Contains the server's explanation, if it gave one.
    Refused(Option<String>),
    /// Another device has saved a different answer since.
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

/// Returns a problem's sentence for the person: that of its first error, else its detail.
pub fn sentence(problem: &str) -> Option<String> {
    let problem: Problem = json::read(problem)?;
    problem.errors.into_iter().next().map(|e| e.message).or(problem.detail)
}

/// Returns what an error status means for the caller.
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
    json::read(&text).ok_or(Failure::Refused(None))
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

/// Adds the draft of this page to a call without a draft id.
fn named(url: &str) -> String {
    format!("/api/v1/drafts{url}?draft={}", device_store::number())
}

/// Creates a draft and returns its id. The response sets the draft cookie.
pub async fn create_draft() -> Answer<String> {
    #[derive(Deserialize)]
    struct Created {
        id: String,
    }
    parsed::<Created>(Request::post(&named("")).send().await).await.map(|c| c.id)
}

/// Returns the draft of this page.
pub async fn current_draft() -> Answer<DraftView> {
    get(&named("/current")).await
}

/// Returns the landlords whose names match what was typed.
pub async fn landlords(typed: &str) -> Answer<Vec<LandlordMatch>> {
    let typed: String = js_sys::encode_uri_component(typed).into();
    get(&format!("/api/v1/landlords?q={typed}")).await
}

/// Returns the complaint clock for these answers.
pub async fn complaint_clock(input: &ClockInput) -> Answer<Clock> {
    let body = serde_json::to_string(input).map_err(|_| Failure::Refused(None))?;
    send(Request::post("/api/v1/complaint-clock"), &body).await
}

/// Saves one answer and returns the draft with the answer as stored. `seen` is the mark of the answer it was made from.
pub async fn save_answer(draft: &str, place: QuestionRef, json: &str, seen: &str) -> Answer<DraftView> {
    let request = Request::put(&format!("/api/v1/drafts/{draft}/answers/{}", place.code()));
    send(request.header("Answer-Seen", seen), json).await
}

/// Sends the complaint. The idempotency key is the draft's id, so that sending again gives the same receipt.
pub async fn submit(draft: &str) -> Answer<()> {
    let url = format!("/api/v1/drafts/{draft}/submission");
    answered(Request::post(&url).header("Idempotency-Key", draft).send().await)
        .await
        .map(|_| ())
}

/// Deletes an uploaded file.
pub async fn remove_upload(id: &str) -> Answer<()> {
    answered(Request::delete(&format!("/api/v1/uploads/{id}")).send().await)
        .await
        .map(|_| ())
}

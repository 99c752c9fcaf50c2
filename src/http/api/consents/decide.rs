//! `POST /api/v1/consents/answers`

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use time::Date;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::consents::parse_link_token;
use crate::http::api::problem::{Kind, Problem, ProblemBody, responses};
use crate::http::client::ClientAddress;
use complaint::case::representation::{Rights, Scope};
use complaint::fields::iso_date;
use service::representation::request::{self, Decision};

/// The tenant's answer.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "answer", rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// The tenant agrees, at most to what was asked for.
    Agree {
        token: String,
        #[schema(min_items = 1)]
        scopes: Vec<Scope>,
        /// The last day of the authority; the one asked for when left out.
        #[serde(with = "iso_date::option", default)]
        #[schema(value_type = Option<String>, format = Date)]
        until: Option<Date>,
    },
    /// The tenant refuses.
    Refuse { token: String },
    /// The tenant refuses and continues the complaint alone.
    TakeOver { token: String },
}

/// Answer a request for consent
///
/// A request can be answered once. An answer from the representative's own browser is marked as such on the case.
#[utoipa::path(
    post,
    path = "/api/v1/consents/answers",
    operation_id = "answerConsent",
    tag = "Representation",
    request_body = Answer,
    responses(
        (status = 204, description = "The answer is in force."),
        (status = 409, description = "The request has been answered already.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::CrossSite, responses::NotFound, responses::Limited, responses::WithBody,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    headers: HeaderMap,
    Unvalidated(answer): Unvalidated<Answer>,
) -> Result<StatusCode, Problem> {
    let (token, decision) = match answer {
        Answer::Agree { token, scopes, until } => (token, Decision::Agree(Rights { scopes, until })),
        Answer::Refuse { token } => (token, Decision::Refuse),
        Answer::TakeOver { token } => (token, Decision::TakeOver),
    };
    let token = parse_link_token(&state, from, &token)?;
    let done = request::decide(&state.services, &token, decision, &state.browser_credentials(&headers)).await;
    done.map_err(|e| Problem::of_consent(e, Kind::ConsentNotFound))?;
    Ok(StatusCode::NO_CONTENT)
}

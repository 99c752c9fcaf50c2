//! `POST /api/v1/drafts/{id}/resume-links`

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::http::HttpState;
use crate::http::api::body::Body;
use crate::http::api::identity::DraftInPath;
use crate::http::api::problem::{Kind, Problem, responses};
use crate::http::api::rules;
use crate::http::client::ClientAddress;
use complaint::FieldError;
use complaint::fields::email;
use service::drafts::resume::{self, ResumeError};

/// The recipient of the resume link.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SendLink {
    #[validate(custom(function = "rules::email"))]
    #[schema(format = Email, min_length = 1, max_length = 254)]
    email: String,
}

/// Send a resume link by email
///
/// The response is the same whether the message can be delivered or not. The link works for some days and can be used repeatedly;
/// opening it with GET never uses it up. It ends when the complaint is sent or the draft is deleted.
#[utoipa::path(
    post,
    path = "/api/v1/drafts/{id}/resume-links",
    operation_id = "sendResumeLink",
    tag = "Filling in",
    params(("id" = String, Path, format = Uuid, description = "The draft's id")),
    request_body = SendLink,
    responses(
        (status = 202, description = "The message is sent, unless the address got too many messages before."),
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound, responses::Unsent, responses::Limited,
        responses::WithBody,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    headers: HeaderMap,
    DraftInPath(token): DraftInPath,
    Body(SendLink { email }): Body<SendLink>,
) -> Result<StatusCode, Problem> {
    let allowed = state.limits.resume_code_creation(from, token.id);
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    resume::send_link(&state.services, &token, &email::tidy(&email), state.language(&headers)).await?;
    Ok(StatusCode::ACCEPTED)
}

fn not_an_address() -> Problem {
    Problem::rules(vec![FieldError::new("email", "email_not_plausible")])
}

impl From<ResumeError> for Problem {
    fn from(error: ResumeError) -> Self {
        match error {
            ResumeError::NotFound => Self::new(Kind::DraftNotFound),
            ResumeError::AlreadySent { .. } => Self::new(Kind::AlreadySent),
            ResumeError::NotAnAddress => not_an_address(),
            ResumeError::Service(e) => Self::service(&e),
        }
    }
}

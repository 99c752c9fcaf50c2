//! `POST /api/v1/drafts/{id}/resume-links`

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::body::Body;
use crate::api::identity::ThisDraft;
use crate::api::problem::{Kind, Problem, responses};
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use complaint::FieldError;
use complaint::fields::email;
use service::returning::{self, ReturnError};

/// The recipient of the resume link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendLink {
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
        responses::Always, responses::Guarded, responses::Holder, responses::Owned, responses::Unsent, responses::Limited,
        responses::WithBody,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    from: ClientAddress,
    headers: HeaderMap,
    ThisDraft(token): ThisDraft,
    Body(SendLink { email }): Body<SendLink>,
) -> Result<StatusCode, Problem> {
    let email = email::read(&email).map_err(|problem| Problem::rules(vec![problem.at("email")]))?;
    let allowed = state.limits.return_ticket(from, token.id);
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    returning::send_link(&state.services, &token, &email, state.language(&headers)).await?;
    Ok(StatusCode::ACCEPTED)
}

fn not_an_address() -> Problem {
    Problem::rules(vec![FieldError::new("email", "email_not_plausible")])
}

impl From<ReturnError> for Problem {
    fn from(error: ReturnError) -> Self {
        match error {
            ReturnError::NotFound => Self::new(Kind::DraftNotFound),
            ReturnError::AlreadySent { .. } => Self::new(Kind::AlreadySent),
            ReturnError::NotAnAddress => not_an_address(),
            ReturnError::Service(e) => Self::service(&e),
        }
    }
}

//! `POST /api/v1/sign-in-codes`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::http::HttpState;
use crate::http::api::body::Body;
use crate::http::api::problem::{Problem, responses};
use crate::http::api::rules;
use crate::http::client::ClientAddress;
use complaint::fields::email;
use service::access::email_codes;

/// The mailbox to which a sign-in code is sent.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AskForCode {
    /// The case that the code opens. When left out, the code opens all cases of the mailbox.
    #[serde(default)]
    #[schema(example = "RC-7K3M-92QF")]
    reference: Option<String>,
    #[validate(custom(function = "rules::email"))]
    #[schema(format = Email, min_length = 1, max_length = 254)]
    email: String,
}

/// A request for a sign-in code.
#[derive(Serialize, ToSchema)]
pub struct CodeAskedFor {
    /// To send together with the code. Encrypted by the server; without it the code cannot be used and its attempts cannot be used up.
    #[schema(max_length = 1024)]
    asked: String,
    /// RFC 3339, UTC. Present when no code was sent because several earlier ones still work: the time from which another can be
    /// sent. Present in the same way for an unknown address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    next_code_at: Option<String>,
}

/// Request a sign-in code by email
///
/// The response and its timing are the same whether the reference and the address are known or not.
///
/// With a reference, the code goes to an address that a person on the case called safe; using the code confirms the mailbox. With
/// the address alone, the code goes only to a confirmed mailbox.
///
/// A code works once, for ten minutes. While several codes still work, no more are sent and `next_code_at` is present: use the newest
/// code in the mailbox.
#[utoipa::path(
    post,
    path = "/api/v1/sign-in-codes",
    operation_id = "askForSignInCode",
    tag = "Following a case",
    request_body = AskForCode,
    responses(
        (status = 202, description = "A code is sent if the address may get one.", body = CodeAskedFor),
        responses::Always, responses::CrossSite, responses::Limited, responses::WithBody,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    headers: HeaderMap,
    Body(AskForCode { reference, email }): Body<AskForCode>,
) -> Result<(StatusCode, Json<CodeAskedFor>), Problem> {
    let allowed = state.limits.sign_in_code(from);
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    let asked = email_codes::ask(
        &state.services,
        reference,
        email::tidy(&email),
        &from.bytes(),
        state.language(&headers),
    )
    .await?;
    let body = CodeAskedFor {
        asked: asked.sealed(&state.services),
        next_code_at: asked.next_code_at().map(|moment| moment.at),
    };
    Ok((StatusCode::ACCEPTED, Json(body)))
}

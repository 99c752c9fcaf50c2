//! `POST /api/v1/sign-in-codes`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::body::Body;
use crate::api::problem::{Problem, responses};
use crate::complaint::fields::email;
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use crate::service::email_codes;

/// Who would like to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskForCode {
    /// The case the code is to open. Left out for all cases of the mailbox.
    #[serde(default)]
    #[schema(example = "RC-7K3M-92QF")]
    reference: Option<String>,
    #[schema(format = Email, min_length = 1, max_length = 254)]
    email: String,
}

/// What was asked for.
#[derive(Serialize, ToSchema)]
pub struct CodeAskedFor {
    /// To send along with the code. It is sealed: only the server can read it. Nobody without it can use the code, or use up its tries.
    #[schema(max_length = 1024)]
    asked: String,
    /// RFC 3339, UTC. Given when no code is sent, because several that were asked for still work: another can be sent from then on. The
    /// same for an address that nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    next_code_at: Option<String>,
}

/// Sends a code by email, to sign in with.
///
/// The answer is the same, and takes as long, whether anything is known of this reference and this address or not. With a
/// reference, a code goes to an address that a person has on that case and called safe; using it shows that they read that mail. With
/// the address alone, it goes to one that was shown in this way before. A code works for ten
/// minutes, once. While several still work, no more are sent, and `next_code_at` says until when: whoever asks then uses the newest one
/// in the mailbox.
#[utoipa::path(
    post,
    path = "/api/v1/sign-in-codes",
    operation_id = "askForSignInCode",
    tag = "Following a case",
    request_body = AskForCode,
    responses(
        (status = 202, description = "If the address may get a code, it is on its way.", body = CodeAskedFor),
        responses::Always, responses::Guarded, responses::Limited, responses::WithBody,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    from: ClientAddress,
    headers: HeaderMap,
    Body(AskForCode { reference, email }): Body<AskForCode>,
) -> Result<(StatusCode, Json<CodeAskedFor>), Problem> {
    let email = email::read(&email).map_err(|problem| Problem::rules(vec![problem.at("email")]))?;
    let allowed = state.limits.sign_in_code(from);
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    let asked = email_codes::ask(&state.services, reference, email, &from.bytes(), state.language(&headers)).await?;
    let body = CodeAskedFor {
        asked: asked.sealed(&state.services),
        next_code_at: asked.next_code_at().map(|moment| moment.at),
    };
    Ok((StatusCode::ACCEPTED, Json(body)))
}

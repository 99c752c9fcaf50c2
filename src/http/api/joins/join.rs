//! `POST /api/v1/joins`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::http::HttpState;
use crate::http::api::body::Body;
use crate::http::api::headers::RequiredIdempotencyKey;
use crate::http::api::problem::{Kind, Problem, responses};
use crate::http::api::rules;
use crate::http::client::ClientAddress;
use complaint::case::representation::Connection;
use complaint::fields::return_code::ResumeCode;
use contract::people::JoinedCase;
use service::representation::handover;

/// The person who joins, with the handover code.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// As typed: any case, spaces or dashes anywhere, O for 0, I or L for 1.
    #[schema(example = "7K3-M92-QFM")]
    code: String,
    #[validate(custom(function = "rules::written", code = "your_name_missing"), custom(function = "rules::line"))]
    #[schema(example = "Robin Example")]
    full_name: String,
    connection: Connection,
}

/// Join a case by a handover code
///
/// Uses up the code. A person whom the tenant invited can represent them at once; otherwise the tenant is asked first. A repeated
/// request with the same `Idempotency-Key` returns the same access code for a day, in case the response was lost. Keep the key
/// secret until then. This requires a key of at least 22 characters, because a shorter one could be guessed.
#[utoipa::path(
    post,
    path = "/api/v1/joins",
    operation_id = "joinCase",
    tag = "Representation",
    params(
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    request_body = Join,
    responses(
        (status = 201, description = "The reference and access code.", body = JoinedCase),
        responses::Always, responses::CrossSite, responses::NotFound, responses::Limited, responses::WithBody,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    RequiredIdempotencyKey(key): RequiredIdempotencyKey,
    Body(join): Body<Join>,
) -> Result<(StatusCode, Json<JoinedCase>), Problem> {
    let code = ResumeCode::parse(&join.code).ok_or_else(|| Problem::new(Kind::ConsentNotFound))?;
    let allowed = state.limits.join_try(from);
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    let joined = handover::join(&state.services, &code, &join.full_name, Some(join.connection), Some(&key)).await;
    let joined = joined.map_err(|e| Problem::of_consent(e, Kind::ConsentNotFound))?;
    Ok((StatusCode::CREATED, Json(joined)))
}

//! `POST /api/v1/joins`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::body::Body;
use crate::api::headers::Key;
use crate::api::problem::{Kind, Problem, responses};
use crate::complaint::fields::return_code::ReturnCode;
use crate::complaint::view::people::Joined;
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use crate::service::consent::handover::{self, Connection};

/// Who comes, with the code they were given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// As it is typed: any case, spaces or dashes anywhere, O for 0, I or L for 1.
    #[schema(example = "7K3-M92-QFM")]
    code: String,
    #[schema(example = "Robin Example")]
    full_name: String,
    connection: Connection,
}

/// Comes onto a case.
///
/// The code is used up. The same request, by its key, has the same answer again for a day, so that a way in is not lost with an answer; the
/// key is a secret until then. One of fewer than 22 characters could be guessed: with it there is no such answer.
#[utoipa::path(
    post,
    path = "/api/v1/joins",
    operation_id = "joinCase",
    tag = "Acting for somebody",
    params(
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Names this request; the same one when it is repeated"),
    ),
    request_body = Join,
    responses(
        (status = 201, description = "The way in.", body = Joined),
        responses::Always, responses::Guarded, responses::Owned, responses::Limited, responses::WithBody,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    from: ClientAddress,
    Key(key): Key,
    Body(join): Body<Join>,
) -> Result<(StatusCode, Json<Joined>), Problem> {
    let code = ReturnCode::parse(&join.code).ok_or_else(|| Problem::new(Kind::ConsentNotFound))?;
    let allowed = state.limits.join_try(from);
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    let joined = handover::join(&state.services, &code, &join.full_name, Some(join.connection), Some(&key)).await;
    let joined = joined.map_err(|e| Problem::of_consent(e, Kind::ConsentNotFound))?;
    Ok((StatusCode::CREATED, Json(joined)))
}

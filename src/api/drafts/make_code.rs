//! `POST /api/v1/drafts/{id}/return-codes`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::identity::ThisDraft;
use crate::api::problem::{Problem, responses};
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use service::london::moment;
use service::returning;

/// A new resume code.
#[derive(Serialize, ToSchema)]
pub struct ReturnCode {
    /// To be typed on another device or read out. Shown only once.
    #[schema(example = "7K3-M92-QFM")]
    code: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Make a resume code, for another device or a helper on the phone
///
/// The draft's previous resume code ends.
#[utoipa::path(
    post,
    path = "/api/v1/drafts/{id}/return-codes",
    operation_id = "makeReturnCode",
    tag = "Filling in",
    params(("id" = String, Path, format = Uuid, description = "The draft's id")),
    responses(
        (status = 201, description = "The resume code.", body = ReturnCode),
        responses::Always, responses::Guarded, responses::Holder, responses::Owned, responses::Unsent, responses::Limited,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    from: ClientAddress,
    ThisDraft(token): ThisDraft,
) -> Result<(StatusCode, Json<ReturnCode>), Problem> {
    let allowed = state.limits.return_ticket(from, token.id);
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    let made = returning::make_code(&state.services, &token).await?;
    let code = ReturnCode {
        code: made.code.as_str().to_owned(),
        expires_at: moment(made.expires_at.into()).at,
    };
    Ok((StatusCode::CREATED, Json(code)))
}

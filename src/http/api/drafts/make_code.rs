//! `POST /api/v1/drafts/{id}/return-codes`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::identity::DraftInPath;
use crate::http::api::problem::{Problem, responses};
use crate::http::client::ClientAddress;
use service::drafts::resume;
use service::london::moment;

/// A new resume code.
#[derive(Serialize, ToSchema)]
#[schema(as = ReturnCode)]
pub struct ResumeCode {
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
        (status = 201, description = "The resume code.", body = ResumeCode),
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound, responses::Unsent, responses::Limited,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    DraftInPath(token): DraftInPath,
) -> Result<(StatusCode, Json<ResumeCode>), Problem> {
    let allowed = state.limits.resume_code_creation(from, token.id);
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    let made = resume::make_code(&state.services, &token).await?;
    let code = ResumeCode {
        code: made.code.as_str().to_owned(),
        expires_at: moment(made.expires_at.into()).at,
    };
    Ok((StatusCode::CREATED, Json(code)))
}

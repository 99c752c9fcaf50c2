//! `POST /api/v1/uploads/{id}/copy-without-place`

use axum::Json;
use axum::extract::State;

use crate::http::HttpState;
use crate::http::api::identity::DraftUploadInPath;
use crate::http::api::problem::{Problem, responses};
use crate::http::api::uploads::file_response;
use crate::http::client::ClientAddress;
use contract::FileView;
use service::files;

/// Replace a photo by a copy without location metadata
///
/// The copy shows the same picture and keeps the time it was taken; all other camera metadata is dropped. The original is deleted and
/// only its hash is kept. A file without location metadata is not changed.
#[utoipa::path(
    post,
    path = "/api/v1/uploads/{id}/copy-without-place",
    operation_id = "copyFileWithoutPlace",
    tag = "Evidence",
    params(("id" = String, Path, format = Uuid, description = "The upload's id")),
    responses(
        (status = 200, description = "The file.", body = FileView),
        (status = 422, description = "No such copy can be made. The file is not changed.",
         body = crate::http::api::problem::ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound, responses::Unsent,
        responses::Limited,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    DraftUploadInPath { draft, id }: DraftUploadInPath,
) -> Result<Json<FileView>, Problem> {
    let allowed = state.limits.copy_without_place(from);
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    file_response(files::remove_location_metadata(&state.services, &draft, id).await)
}

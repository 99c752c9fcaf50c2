//! `DELETE /api/v1/uploads/{id}`

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::http::HttpState;
use crate::http::api::identity::UploadInPath;
use crate::http::api::problem::{Kind, Problem, responses};
use crate::http::api::uploads::rejected::problem_for_file;
use crate::http::api::uploads::tus::speaks_tus;
use service::files;

/// Remove a file
///
/// Also an unfinished upload: another request that is still sending its bytes is asked to stop. Once the complaint is sent, only
/// unfinished uploads can be removed, and the removal is an event of the case.
#[utoipa::path(
    delete,
    path = "/api/v1/uploads/{id}",
    operation_id = "removeFile",
    tag = "Evidence",
    params(("id" = String, Path, format = Uuid, description = "The upload's id")),
    responses(
        (status = 204, description = "The file is removed."),
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound, responses::Unsent, responses::TusVersion, responses::UploadBusy,
    ),
    security(("draftCookie" = []), ("draftBearer" = []), ("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    UploadInPath { holder, id }: UploadInPath,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    // `Tus-Resumable` is optional here, so that clients without tus can remove files too.
    speaks_tus(&headers)?;
    let removed = files::remove_file(&state.services, holder, id).await;
    removed.map_err(|e| problem_for_file(e, String::new(), Kind::UploadNotFound))?;
    Ok(StatusCode::NO_CONTENT)
}

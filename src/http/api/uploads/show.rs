//! `GET /api/v1/uploads/{id}`

use axum::Json;
use axum::extract::State;

use crate::http::HttpState;
use crate::http::api::identity::UploadInPath;
use crate::http::api::problem::{Kind, Problem, responses};
use contract::FileView;
use service::files;

/// Show the metadata of a file, in any state
#[utoipa::path(
    get,
    path = "/api/v1/uploads/{id}",
    operation_id = "showFile",
    tag = "Evidence",
    params(("id" = String, Path, format = Uuid, description = "The upload's id")),
    responses(
        (status = 200, description = "The file.", body = FileView),
        responses::Always, responses::Holder, responses::NotFound,
    ),
    security(("draftCookie" = []), ("draftBearer" = []), ("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, UploadInPath { holder, id }: UploadInPath) -> Result<Json<FileView>, Problem> {
    let file = files::lookup(&state.services, holder, id).await?;
    file.map(Json).ok_or_else(|| Problem::new(Kind::UploadNotFound))
}

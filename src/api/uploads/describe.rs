//! `PUT /api/v1/uploads/{id}/description`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::changed;
use crate::api::body::Body;
use crate::api::identity::ThisUpload;
use crate::api::problem::{Kind, Problem, responses};
use crate::complaint::description::Description;
use crate::complaint::view::FileView;
use crate::door::DoorState;
use crate::service::evidence;

/// What a file's sender says of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileDescription {
    /// What they call it; left out, `null` or empty for nothing
    #[serde(default)]
    #[schema(max_length = 100)]
    caption: Option<String>,
    /// What it shows; left out, `null` or empty for nothing
    #[serde(default)]
    #[schema(max_length = 1000)]
    shows: Option<String>,
}

/// Notes what a file is called and what it shows.
///
/// The whole of it: what is left out is taken away.
#[utoipa::path(
    put,
    path = "/api/v1/uploads/{id}/description",
    operation_id = "describeFile",
    tag = "Evidence",
    params(("id" = String, Path, format = Uuid, description = "The upload's id")),
    request_body = FileDescription,
    responses(
        (status = 200, description = "The file.", body = FileView),
        responses::Always, responses::Guarded, responses::Holder, responses::Owned, responses::Unsent, responses::WithBody,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    ThisUpload { draft, id }: ThisUpload,
    said: Result<Body<FileDescription>, Problem>,
) -> Result<Json<FileView>, Problem> {
    // Whose file it is comes before what was said of it.
    if evidence::lookup(&state.services, &draft, id).await?.is_none() {
        return Err(Problem::new(Kind::UploadNotFound));
    }
    let Body(said) = said?;
    let said = Description {
        caption: said.caption.unwrap_or_default(),
        shows: said.shows.unwrap_or_default(),
    };
    changed(evidence::describe(&state.services, &draft, id, &said).await)
}

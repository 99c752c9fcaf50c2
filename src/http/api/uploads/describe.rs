//! `PUT /api/v1/uploads/{id}/description`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::identity::DraftUploadInPath;
use crate::http::api::problem::{Kind, Problem, responses};
use crate::http::api::uploads::file_response;
use complaint::questionnaire::file_description::Description;
use contract::FileView;
use service::files;

/// The sender's description of a file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileDescription {
    /// The title of the file; none when left out, `null` or empty
    #[serde(default)]
    #[schema(max_length = 100)]
    caption: Option<String>,
    /// What the file shows; nothing when left out, `null` or empty
    #[serde(default)]
    #[schema(max_length = 1000)]
    shows: Option<String>,
}

/// Set the caption and description of a file
///
/// Replaces both: a member that is left out is cleared.
#[utoipa::path(
    put,
    path = "/api/v1/uploads/{id}/description",
    operation_id = "describeFile",
    tag = "Evidence",
    params(("id" = String, Path, format = Uuid, description = "The upload's id")),
    request_body = FileDescription,
    responses(
        (status = 200, description = "The file.", body = FileView),
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound, responses::Unsent, responses::WithBody,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    DraftUploadInPath { draft, id }: DraftUploadInPath,
    said: Result<Unvalidated<FileDescription>, Problem>,
) -> Result<Json<FileView>, Problem> {
    // Ownership is checked first, so that a stranger gets 404 whatever the body is.
    if files::lookup(&state.services, &draft, id).await?.is_none() {
        return Err(Problem::new(Kind::UploadNotFound));
    }
    let Unvalidated(said) = said?;
    let said = Description {
        caption: said.caption.unwrap_or_default(),
        shows: said.shows.unwrap_or_default(),
    };
    file_response(files::describe(&state.services, &draft, id, &said).await)
}

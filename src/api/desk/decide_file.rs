//! `POST /api/v1/desk/cases/{reference}/files/{id}/decision`

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;

use crate::api::body::Body;
use crate::api::identity::{AtDesk, an_id};
use crate::api::problem::{Kind, Problem, ProblemBody, responses};
use crate::complaint::view::FileView;
use crate::door::DoorState;
use crate::service::desk::{self, FileDecision, HeldError};

/// What the organisation decided about a file.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionOnFile {
    pub decision: FileDecision,
}

/// Decides about a file that the virus scanner suspects.
///
/// The scanner found no known virus in it, and something that may be harmless, such as a password: the file has `held`, and the case has the task
/// `file_held` and an event with the scanner's word for it. Released, the file can be opened; refused, its bytes go where nothing
/// reads them. The case has either as an event.
#[utoipa::path(
    post,
    path = "/api/v1/desk/cases/{reference}/files/{id}/decision",
    operation_id = "decideFile",
    tag = "The organisation",
    params(
        ("reference" = String, Path, description = "The case's reference", example = "RC-7K3M-92QF"),
        ("id" = String, Path, format = Uuid, description = "The file's id"),
    ),
    request_body = DecisionOnFile,
    responses(
        (status = 200, description = "The file as it is now.", body = FileView),
        (status = 409, description = "The file waits for no decision, or not any more.", body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::Desk, responses::Owned, responses::WithBody,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    AtDesk(caller): AtDesk,
    Path((reference, id)): Path<(String, String)>,
    Body(said): Body<DecisionOnFile>,
) -> Result<Json<FileView>, Problem> {
    let id = an_id(&id).ok_or_else(|| Problem::new(Kind::UploadNotFound))?;
    let decided = desk::decide_file(&state.services, &caller, &reference, id, said.decision).await;
    decided.map(Json).map_err(|error| match error {
        HeldError::NotFound => Problem::new(Kind::UploadNotFound),
        HeldError::NotHeld => Problem::new(Kind::AlreadyDecided),
        HeldError::Service(e) => Problem::service(&e),
    })
}

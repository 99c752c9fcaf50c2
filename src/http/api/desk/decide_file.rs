//! `POST /api/v1/desk/cases/{reference}/files/{id}/decision`

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::identity::{DeskCaller, parse_id};
use crate::http::api::problem::{Kind, Problem, ProblemBody, responses};
use contract::FileView;
use service::cases::desk::{self, FileDecision, HeldError};

/// The organisation's decision about a file.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionOnFile {
    pub decision: FileDecision,
}

/// Release or refuse a file that the virus scanner suspects
///
/// The scanner found no known virus, but something that may be harmless, such as a password. Such a file has `held`, and its case
/// has the task `file_held` and an event with the scanner's finding. A released file can be opened. A refused file is moved to quarantine
/// and never served. Either decision is an event of the case.
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
        (status = 200, description = "The file after the decision.", body = FileView),
        (status = 409, description = "The file does not wait for a decision.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::Desk, responses::NotFound, responses::WithBody,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    DeskCaller(caller): DeskCaller,
    Path((reference, id)): Path<(String, String)>,
    Unvalidated(said): Unvalidated<DecisionOnFile>,
) -> Result<Json<FileView>, Problem> {
    let id = parse_id(&id).ok_or_else(|| Problem::new(Kind::UploadNotFound))?;
    let decided = desk::decide_file(&state.services, &caller, &reference, id, said.decision).await;
    decided.map(Json).map_err(|error| match error {
        HeldError::NotFound => Problem::new(Kind::UploadNotFound),
        HeldError::NotHeld => Problem::new(Kind::AlreadyDecided),
        HeldError::Service(e) => Problem::service(&e),
    })
}

//! `DELETE /api/v1/drafts/{id}/devices/{device}`

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::http::HttpState;
use crate::http::api::identity::{DraftInPath, parse_id};
use crate::http::api::problem::{Kind, Problem, responses};
use service::drafts::devices::{self, Ended};

/// The device in the path.
#[derive(Debug, Deserialize)]
pub struct InPath {
    device: String,
}

/// Close a draft on one device
///
/// The device's token stops working: its next call gets the response for a draft that does not exist. All resume links and resume codes
/// of the draft end too, because the device may have made one. Answers and files stay.
#[utoipa::path(
    delete,
    path = "/api/v1/drafts/{id}/devices/{device}",
    operation_id = "endDraftDevice",
    tag = "Filling in",
    params(
        ("id" = String, Path, format = Uuid, description = "The draft's id"),
        ("device" = String, Path, format = Uuid, description = "The device's id, from the list of devices"),
    ),
    responses(
        (status = 204, description = "The device's token has ended. Clears the draft cookie if the caller ended its own device."),
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound, responses::Unsent,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    DraftInPath(token): DraftInPath,
    Path(InPath { device }): Path<InPath>,
) -> Result<Response, Problem> {
    let not_found = || Problem::new(Kind::NotFound);
    let device = parse_id(&device).ok_or_else(not_found)?;
    match devices::end(&state.services, &token, device).await? {
        Ended::Other => Ok(StatusCode::NO_CONTENT.into_response()),
        Ended::This => Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, state.cookies.clear_draft())]).into_response()),
        Ended::NotThere => Err(not_found()),
    }
}

//! `GET /api/v1/drafts/{id}/devices`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::identity::DraftInPath;
use crate::http::api::problem::{Problem, responses};
use contract::draft_devices::DraftDevice;
use service::drafts::devices;

/// The devices on which a draft is open.
#[derive(Serialize, ToSchema)]
pub struct DraftDevices {
    devices: Vec<DraftDevice>,
}

/// List the devices on which a draft is open
///
/// Most recently used first. Each device has a token of its own: the device that created the draft, and each device that opened a resume
/// link or resume code.
#[utoipa::path(
    get,
    path = "/api/v1/drafts/{id}/devices",
    operation_id = "listDraftDevices",
    tag = "Filling in",
    params(("id" = String, Path, format = Uuid, description = "The draft's id")),
    responses(
        (status = 200, description = "The devices that can still open the draft, including the caller's.", body = DraftDevices),
        responses::Always, responses::Holder, responses::NotFound, responses::Unsent,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, DraftInPath(token): DraftInPath) -> Result<Json<DraftDevices>, Problem> {
    let devices = devices::list(&state.services, &token).await?;
    Ok(Json(DraftDevices { devices }))
}

//! `GET /api/v1/drafts/current/receipt`

use axum::Json;
use axum::extract::State;

use crate::http::HttpState;
use crate::http::api::identity::OptionalDraftToken;
use crate::http::api::problem::{Kind, Problem, responses};
use contract::Receipt;
use service::cases::submission;

/// Show the receipt again to the device that sent the complaint
///
/// Only for a limited time. All other devices of the draft get 404, because the receipt contains the access code.
#[utoipa::path(
    get,
    path = "/api/v1/drafts/current/receipt",
    operation_id = "showReceipt",
    tag = "Filling in",
    responses(
        (status = 200, description = "The receipt.", body = Receipt),
        responses::Always, responses::NotFound,
    ),
    security((), ("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<HttpState>, OptionalDraftToken(token): OptionalDraftToken) -> Result<Json<Receipt>, Problem> {
    let not_found = || Problem::new(Kind::ReceiptNotFound);
    let token = token.ok_or_else(not_found)?;
    let receipt = submission::receipt(&state.services, &token).await?;
    receipt.map(Json).ok_or_else(not_found)
}

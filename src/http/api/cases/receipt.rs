//! `GET /api/v1/cases/{reference}/timeline/{n}/receipt`

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::http::HttpState;
use crate::http::api::identity::SignedIn;
use crate::http::api::problem::{Kind, Problem, responses};
use crate::http::client::ClientAddress;
use service::{access::viewer, record::receipts};

/// Get the receipt for an entry of the timeline
///
/// The receipt is a signed note (C2SP `signed-note`). It states which event was recorded when, its hash, its place in the log, and the
/// proof that the log contains it. Keep it: with it, anyone can show later that the event was altered, dropped or moved. The keys are at
/// `/.well-known/onrecord-keys`, the log is at `/log/checkpoint` and `/log/tile/`.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{reference}/timeline/{n}/receipt",
    operation_id = "showReceiptOfEntry",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF"),
        ("n" = u32, Path, description = "The number of the entry: `n` of the timeline", minimum = 1, example = 1),
    ),
    responses(
        (status = 200, description = "The receipt.", body = String, content_type = "text/plain"),
        responses::Always, responses::NotFound, responses::SignedIn, responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    SignedIn(session): SignedIn,
    Path((reference, n)): Path<(String, u32)>,
) -> Result<Response, Problem> {
    state.limits.log_read(from).map_err(|wait| Problem::too_many(wait.seconds))?;
    let viewer = viewer::viewer(&state.services, &session, &reference).await?;
    let viewer = viewer.ok_or_else(|| Problem::new(Kind::CaseNotFound))?;
    let receipt = receipts::receipt(&state.services, &viewer, n).await?;
    let receipt = receipt.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, text)], receipt).into_response())
}

//! `GET /api/v1/cases/{reference}/contact`

use axum::Json;

use crate::http::api::identity::CaseParticipant;
use crate::http::api::problem::responses;
use contract::contact::ContactView;
use service::cases::contact;

/// Show the caller's contact details and the change that waits for confirmation
///
/// No other person on the case is shown them.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{reference}/contact",
    operation_id = "showContact",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF")),
    responses(
        (status = 200, description = "The contact plan in force and the waiting change.", body = ContactView),
        responses::Always, responses::NotFound, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(CaseParticipant(viewer): CaseParticipant) -> Json<ContactView> {
    Json(contact::view(&viewer))
}

//! `GET /api/v1/cases/{reference}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::api::identity::SignedIn;
use crate::http::api::problem::{Kind, Problem, ProblemBody, responses};
use contract::CaseView;
use service::{access::viewer, cases};

/// Show a case to a person on it
///
/// The response contains what this person may see; `partial` says that parts are left out. `can` lists the actions that the person can
/// take now.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{reference}",
    operation_id = "showCase",
    tag = "Following a case",
    params(("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF")),
    responses(
        (status = 200, description = "The case.", body = CaseView),
        (status = 403, description = "The caller is a participant of the case without access now: `errors` says why.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::NotFound, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    SignedIn(session): SignedIn,
    Path(reference): Path<String>,
) -> Result<Json<CaseView>, Problem> {
    match viewer::viewer(&state.services, &session, &reference).await? {
        Some(viewer) => Ok(Json(cases::view(&state.services, &viewer).await?)),
        None => Err(match viewer::no_access(&state.services, &session, Some(&reference)).await? {
            Some(why) => Problem::no_access(why),
            None => Problem::new(Kind::CaseNotFound),
        }),
    }
}

//! `POST /api/v1/consents/ways-in`

use axum::Json;
use axum::extract::State;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::consents::{Link, parse_link_token};
use crate::http::api::problem::{Kind, Problem, ProblemBody, responses};
use crate::http::client::ClientAddress;
use contract::people::CaseAccess;
use service::representation::request;

/// Get the tenant's own access to the case
///
/// For a tenant who has agreed or taken over with this link, for some hours after the answer. Not after a refusal, and not if the answer
/// came from the representative's browser.
#[utoipa::path(
    post,
    path = "/api/v1/consents/ways-in",
    operation_id = "comeIn",
    tag = "Representation",
    request_body = Link,
    responses(
        (status = 200, description = "The reference and access code. A repeated request returns the same for some hours.",
         body = CaseAccess),
        (status = 409, description = "The tenant has another access code.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::CrossSite, responses::NotFound, responses::Limited, responses::WithBody,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    Unvalidated(link): Unvalidated<Link>,
) -> Result<Json<CaseAccess>, Problem> {
    let token = parse_link_token(&state, from, &link.token)?;
    let way_in = request::grant_access(&state.services, &token).await;
    way_in.map(Json).map_err(|e| Problem::of_consent(e, Kind::ConsentNotFound))
}

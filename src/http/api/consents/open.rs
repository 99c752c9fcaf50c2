//! `POST /api/v1/consents`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::consents::{Link, parse_link_token};
use crate::http::api::problem::{Kind, Problem, responses};
use crate::http::client::ClientAddress;
use contract::people::ConsentRequest;
use service::representation::request::{self, Outcome, RequestState};

/// A request by a representative for the tenant's consent.
#[derive(Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Consent {
    /// The request waits for an answer.
    Open {
        #[serde(flatten)]
        request: ConsentRequest,
    },
    /// The request has been answered.
    Answered {
        outcome: Outcome,
        /// Whether the tenant can still get an access code with `POST /api/v1/consents/ways-in`.
        may_come_in: bool,
    },
}

/// Show a request for consent by its link
///
/// Does not use up the link.
#[utoipa::path(
    post,
    path = "/api/v1/consents",
    operation_id = "openConsent",
    tag = "Representation",
    request_body = Link,
    responses(
        (status = 200, description = "The request, or its outcome.", body = Consent),
        responses::Always, responses::CrossSite, responses::NotFound, responses::Limited, responses::WithBody,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    Unvalidated(link): Unvalidated<Link>,
) -> Result<Json<Consent>, Problem> {
    let token = parse_link_token(&state, from, &link.token)?;
    let opened = request::read_request(&state.services, &token).await?;
    let consent = match opened.ok_or_else(|| Problem::new(Kind::ConsentNotFound))? {
        RequestState::Open(request) => Consent::Open { request },
        RequestState::Answered { outcome, may_come_in } => Consent::Answered { outcome, may_come_in },
    };
    Ok(Json(consent))
}

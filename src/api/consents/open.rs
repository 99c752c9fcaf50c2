//! `POST /api/v1/consents`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Link, read};
use crate::api::body::Body;
use crate::api::problem::{Kind, Problem, responses};
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use contract::people::ConsentRequest;
use service::consent::request::{self, Opened, Outcome};

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
        responses::Always, responses::Guarded, responses::Owned, responses::Limited, responses::WithBody,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(State(state): State<DoorState>, from: ClientAddress, Body(link): Body<Link>) -> Result<Json<Consent>, Problem> {
    let token = read(&state, from, &link.token)?;
    let opened = request::look(&state.services, &token).await?;
    let consent = match opened.ok_or_else(|| Problem::new(Kind::ConsentNotFound))? {
        Opened::Open(request) => Consent::Open { request },
        Opened::Answered { outcome, may_come_in } => Consent::Answered { outcome, may_come_in },
    };
    Ok(Json(consent))
}

//! `GET /api/v1/desk/cases/{reference}`

use axum::Json;
use axum::extract::{Path, State};

use crate::http::HttpState;
use crate::http::api::identity::ReadCaller;
use crate::http::api::problem::{Kind, Problem, responses};
use contract::desk::DeskCase;
use service::cases::desk;

/// Show a complete case
#[utoipa::path(
    get,
    path = "/api/v1/desk/cases/{reference}",
    operation_id = "showDeskCase",
    tag = "The organisation",
    params(("reference" = String, Path, description = "The case's reference", example = "RC-7K3M-92QF")),
    responses(
        (status = 200, description = "The case.", body = DeskCase),
        responses::Always, responses::Desk, responses::NotFound,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    ReadCaller(caller): ReadCaller,
    Path(reference): Path<String>,
) -> Result<Json<DeskCase>, Problem> {
    let case = desk::case(&state.services, &caller, &reference).await?;
    case.map(Json).ok_or_else(|| Problem::new(Kind::CaseNotFound))
}

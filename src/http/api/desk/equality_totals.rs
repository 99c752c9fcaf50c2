//! `GET /api/v1/desk/equality-totals`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use crate::http::HttpState;
use crate::http::api::identity::EqualityCaller;
use crate::http::api::problem::{Problem, responses};
use crate::http::api::query::{Params, unreadable};
use contract::desk::EqualityTotals;
use service::cases::equality::{self, TotalsError};

/// Selects the month.
#[derive(Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// A month that has ended, in Europe/London
    #[param(pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", example = "2026-10")]
    month: String,
}

/// Count the answers to the equality questions in a month
///
/// Requires an API key with the scope `equality`. Totals are available once the month has ended; small totals are left out.
#[utoipa::path(
    get,
    path = "/api/v1/desk/equality-totals",
    operation_id = "getEqualityTotals",
    tag = "The organisation",
    params(Wanted),
    responses(
        (status = 200, description = "The totals.", body = EqualityTotals),
        responses::Always, responses::Desk,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    EqualityCaller(caller): EqualityCaller,
    Params(wanted): Params<Wanted>,
) -> Result<Json<EqualityTotals>, Problem> {
    Ok(Json(equality::totals(&state.services, &caller, &wanted.month).await?))
}

impl From<TotalsError> for Problem {
    fn from(error: TotalsError) -> Self {
        match error {
            TotalsError::NotAMonth | TotalsError::NotOver => unreadable(&error.to_string()),
            TotalsError::Service(e) => Self::service(&e),
        }
    }
}

//! `GET /api/v1/landlords`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use crate::http::HttpState;
use crate::http::api::problem::{Problem, responses};
use crate::http::api::query::Params;
use contract::LandlordMatch;
use service::landlords;

/// The largest number of landlords returned.
const MOST: usize = 10;

/// The search text.
#[derive(Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// Part of a name, as typed
    #[param(max_length = 200)]
    #[validate(length(max = 200))]
    q: String,
}

/// Find landlords by current, other or former name
///
/// Tolerates typing errors, extra words and an unfinished last word. `why` is a sentence for the person, in the language of the
/// request.
#[utoipa::path(
    get,
    path = "/api/v1/landlords",
    operation_id = "findLandlords",
    tag = "Filling in",
    params(Search),
    responses(
        (status = 200, description = "Up to 10 landlords, best match first.", body = [LandlordMatch]),
        responses::Always,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    headers: HeaderMap,
    Params(Search { q }): Params<Search>,
) -> Result<Response, Problem> {
    let found: Vec<LandlordMatch> = landlords::search(&state.services, state.language(&headers), &q, MOST);
    // The same for every caller of a language, and people type the same letters again.
    let caching = [
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600")),
        (header::VARY, HeaderValue::from_static("accept-language, cookie")),
    ];
    Ok((caching, Json(found)).into_response())
}

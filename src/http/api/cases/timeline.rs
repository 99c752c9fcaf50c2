//! `GET /api/v1/cases/{reference}/timeline`

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use crate::http::HttpState;
use crate::http::api::identity::SignedIn;
use crate::http::api::problem::{Kind, Problem, responses};
use crate::http::api::query::{Params, unreadable};
use contract::Timeline;
use service::{access::viewer, cases};

/// Selects a page of the timeline.
#[derive(Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// The `next_cursor` of the previous page
    #[param(pattern = "^[0-9]{1,9}$", required = false, nullable = false, value_type = String)]
    cursor: Option<String>,
    /// The largest number of entries to return
    #[param(minimum = 1, maximum = 50, required = false, nullable = false, value_type = u64)]
    #[validate(range(min = 1, max = cases::TIMELINE_PAGE))]
    limit: Option<u64>,
}

/// List the events of a case, oldest first
///
/// Only events that this person may see.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{reference}/timeline",
    operation_id = "showTimeline",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF"),
        Part,
    ),
    responses(
        (status = 200, description = "A page of the timeline.", body = Timeline),
        responses::Always, responses::NotFound, responses::SignedIn,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    SignedIn(session): SignedIn,
    Path(reference): Path<String>,
    Params(part): Params<Part>,
) -> Result<Json<Timeline>, Problem> {
    let cursor = part.cursor.as_deref();
    if cursor.is_some_and(|c| !(1..=9).contains(&c.len()) || !c.bytes().all(|b| b.is_ascii_digit())) {
        return Err(unreadable("the cursor is not one of ours"));
    }
    let viewer = viewer::viewer(&state.services, &session, &reference).await?;
    let viewer = viewer.ok_or_else(|| Problem::new(Kind::CaseNotFound))?;
    Ok(Json(cases::timeline(&state.services, &viewer, cursor, part.limit).await?))
}

//! `GET /api/v1/desk/cases`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::IntoParams;
use validator::Validate;

use crate::http::HttpState;
use crate::http::api::identity::ReadCaller;
use crate::http::api::problem::{Kind, Problem, responses};
use crate::http::api::query::{Params, unreadable};
use complaint::Status;
use contract::desk::DeskCases;
use service::cases::desk::{self, DeskError, Filter};

/// Filters the cases.
#[derive(Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only cases with this status
    #[param(required = false, nullable = false, value_type = Status)]
    status: Option<Status>,
    /// Only cases with an event at or after this moment, RFC 3339
    #[param(required = false, nullable = false, value_type = String, format = DateTime)]
    updated_since: Option<String>,
    /// The `next_cursor` of the previous page
    #[param(required = false, nullable = false, value_type = String, pattern = "^[0-9]{1,18}_[0-9a-f]{32}$")]
    cursor: Option<String>,
    /// The largest number of cases to return
    #[param(required = false, nullable = false, value_type = u64, minimum = 1, maximum = 100)]
    #[validate(range(min = 1, max = desk::PAGE))]
    limit: Option<u64>,
}

/// List cases, the least recently changed first
#[utoipa::path(
    get,
    path = "/api/v1/desk/cases",
    operation_id = "listDeskCases",
    tag = "The organisation",
    params(Wanted),
    responses(
        (status = 200, description = "A page of cases.", body = DeskCases),
        responses::Always, responses::Desk,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    ReadCaller(caller): ReadCaller,
    Params(wanted): Params<Wanted>,
) -> Result<Json<DeskCases>, Problem> {
    let filter = Filter {
        status: wanted.status,
        updated_since: wanted.updated_since.as_deref().map(moment).transpose()?,
        cursor: wanted.cursor,
        limit: wanted.limit,
    };
    Ok(Json(desk::list(&state.services, &caller, filter).await?))
}

/// Parses an RFC 3339 time.
fn moment(text: &str) -> Result<OffsetDateTime, Problem> {
    let read = text.parse::<jiff::Timestamp>().ok();
    let moment = read.and_then(|t| OffsetDateTime::from_unix_timestamp_nanos(t.as_nanosecond()).ok());
    moment.ok_or_else(|| unreadable("updated_since is not RFC 3339"))
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        use complaint::fields::form::Choice;
        match error {
            DeskError::NotFound => Self::new(Kind::CaseNotFound),
            DeskError::NotAllowed { from, to } => Self::new(Kind::StatusNotAllowed).with("from", from.code()).with("to", to.code()),
            DeskError::KeyReused => Self::new(Kind::IdempotencyKeyReused),
            DeskError::Invalid(errors) => Self::rules(errors),
            DeskError::BadCursor => unreadable("the cursor is not one of ours"),
            DeskError::Service(e) => Self::service(&e),
        }
    }
}

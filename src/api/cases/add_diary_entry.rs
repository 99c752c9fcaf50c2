//! `POST /api/v1/cases/{reference}/diary`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::body::Body;
use crate::api::headers::Key;
use crate::api::identity::OnCase;
use crate::api::problem::{Problem, responses};
use crate::complaint::act::Act;
use crate::complaint::fields::DateInput;
use crate::door::DoorState;
use crate::service::acting::{self, Acted};

/// An entry of the diary of the home.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiaryEntry {
    /// When it was: a day or a month, not in the future.
    on: DateInput,
    /// At most 30,000 characters, counted without what does not print.
    #[schema(min_length = 1)]
    what: String,
}

/// Writes down what happened at the home, and when.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/diary",
    operation_id = "addDiaryEntry",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, as it may be typed", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Names this request; the same one when it is repeated"),
    ),
    request_body = DiaryEntry,
    responses(
        (status = 201, description = "It is on the record.", body = Acted),
        responses::Always, responses::Owned, responses::SignedIn, responses::WithBody, responses::Acting,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    OnCase { session, reference }: OnCase,
    Key(key): Key,
    Body(body): Body<DiaryEntry>,
) -> Result<(StatusCode, Json<Acted>), Problem> {
    let act = Act::Diary {
        on: body.on.tidy(),
        what: body.what,
    };
    let acted = acting::perform(&state.services, &session, &reference, &act, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(acted)))
}

//! `POST /api/v1/cases/{reference}/answers`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::body::Body;
use crate::api::headers::Key;
use crate::api::identity::ActsOnCase;
use crate::api::problem::{Problem, responses};
use crate::complaint::act::Act;
use crate::door::DoorState;
use crate::service::acting::{self, Acted};

/// The answers to a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestAnswers {
    /// The request: its place among those of the case, as `request.n` of the case says it.
    request: u16,
    /// One for each question, in their order.
    #[schema(min_items = 1, max_items = 20)]
    answers: Vec<String>,
    /// Ids of files that this person has brought to the case by `POST /api/v1/uploads`. Each must be all here and not refused.
    #[serde(default)]
    #[schema(max_items = 50)]
    files: Vec<String>,
}

/// Answers what the organisation asked, all of it.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/answers",
    operation_id = "answerRequest",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, as it may be typed", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Names this request; the same one when it is repeated"),
    ),
    request_body = RequestAnswers,
    responses(
        (status = 201, description = "It is on the record.", body = Acted),
        responses::Always, responses::Owned, responses::SignedIn, responses::WithBody, responses::Acting,
        responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    ActsOnCase { session, reference }: ActsOnCase,
    Key(key): Key,
    Body(body): Body<RequestAnswers>,
) -> Result<(StatusCode, Json<Acted>), Problem> {
    let act = Act::Answer {
        request: body.request,
        answers: body.answers,
        files: body.files,
    };
    let acted = acting::perform(&state.services, &session, &reference, &act, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(acted)))
}

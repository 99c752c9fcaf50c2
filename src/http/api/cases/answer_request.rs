//! `POST /api/v1/cases/{reference}/answers`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::headers::RequiredIdempotencyKey;
use crate::http::api::identity::CaseActor;
use crate::http::api::problem::{Problem, responses};
use complaint::case::actions::CaseAction;
use service::cases::actions::{self, RecordedAction};

/// The answers to a request by the organisation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestAnswers {
    /// The request, as given by `request.n` of the case.
    request: u16,
    /// One answer for each question, in the order of the questions.
    #[schema(min_items = 1, max_items = 20)]
    answers: Vec<String>,
    /// Ids of uploads that the caller added to the case with `POST /api/v1/uploads`. Each must be complete and not refused.
    #[serde(default)]
    #[schema(max_items = 50)]
    files: Vec<String>,
}

/// Answer the organisation's request
///
/// All questions of the request are answered at once. Possible while the `can` of the case contains `answer`. A representative needs
/// the right `speak`.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/answers",
    operation_id = "answerRequest",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    request_body = RequestAnswers,
    responses(
        (status = 201, description = "Recorded as an event of the case.", body = RecordedAction),
        responses::Always, responses::NotFound, responses::SignedIn, responses::WithBody, responses::CaseActions,
        responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    CaseActor(viewer): CaseActor,
    RequiredIdempotencyKey(key): RequiredIdempotencyKey,
    Unvalidated(body): Unvalidated<RequestAnswers>,
) -> Result<(StatusCode, Json<RecordedAction>), Problem> {
    let act = CaseAction::Answer {
        request: body.request,
        answers: body.answers,
        files: body.files,
    };
    let acted = actions::perform(&state.services, &viewer, &act, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(acted)))
}

//! `PUT /api/v1/cases/{reference}/answers/{step}`: one handler for every question that is asked after sending.
//!
//! [`crate::http::api::description::questions`] describes it once per question.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::headers::RequiredIdempotencyKey;
use crate::http::api::identity::CaseActor;
use crate::http::api::problem::{Fault, Kind, Problem, responses};
use complaint::QuestionRef;
use complaint::case::added_answers::{AskedAfterSending, asked_after_sending};
use complaint::questionnaire::json_body::{self, Members};
use service::cases::actions::{self, RecordedAction};

/// The question in the path.
#[derive(Debug, Deserialize)]
pub struct Asked {
    step: String,
}

#[utoipa::path(
    put,
    path = "/api/v1/cases/{reference}/answers/{step}",
    operation_id = "addAnswer",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    request_body = Object,
    responses(
        (status = 200, description = "Recorded as an event of the case.", body = RecordedAction),
        responses::Always, responses::NotFound, responses::SignedIn, responses::WithBody, responses::CaseActions,
        responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    CaseActor(viewer): CaseActor,
    Path(Asked { step }): Path<Asked>,
    RequiredIdempotencyKey(key): RequiredIdempotencyKey,
    Unvalidated(members): Unvalidated<Members>,
) -> Result<Json<RecordedAction>, Problem> {
    let place = QuestionRef::parse(&step).filter(|place| asked_after_sending(place.step) != AskedAfterSending::Elsewhere);
    let place = place.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let fields = json_body::fields(place, &members)
        .map_err(|wrong| Problem::new(Kind::BodyNotAccepted).with_faults([Fault::shape(wrong.pointer, wrong.message)]))?;
    let acted = actions::add_answer(&state.services, &viewer, place, &fields, Some(&key)).await?;
    Ok(Json(acted))
}

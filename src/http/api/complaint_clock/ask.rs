//! `POST /api/v1/complaint-clock`

use axum::Json;
use axum::extract::State;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::problem::{Fault, Kind, Problem, responses};
use crate::http::client::ClientAddress;
use complaint::clock::{Clock, ClockInput, InvalidDate, Wrong};
use complaint::fields::form::Choice;
use service::cases::complaint_clock;

/// Compute when the landlord must answer a complaint
///
/// Takes the stage of the complaint and its dates. Returns the due date of each limit, its state and how many working days it is late.
/// Also returns the next step open to the person, from when and until when. Nothing is stored. The result never prevents a person from
/// sending a complaint.
#[utoipa::path(
    post,
    path = "/api/v1/complaint-clock",
    operation_id = "askComplaintClock",
    tag = "Filling in",
    request_body = ClockInput,
    responses(
        (status = 200, description = "The time limits and the next step.", body = Clock),
        responses::Always, responses::CrossSite, responses::Limited, responses::WithBody,
    ),
    security(()),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    Unvalidated(input): Unvalidated<ClockInput>,
) -> Result<Json<Clock>, Problem> {
    state.limits.complaint_clock(from).map_err(|wait| Problem::too_many(wait.seconds))?;
    let wrong = input.wrong_dates(input.today.unwrap_or_else(|| state.services.today()));
    if wrong.is_empty() {
        Ok(Json(complaint_clock::clock(&state.services, &input)))
    } else {
        Err(Problem::new(Kind::AnswersNotAccepted).with_faults(wrong.into_iter().map(fault)))
    }
}

fn fault(date: InvalidDate) -> Fault {
    let key = match date.wrong {
        Wrong::NotReal => "clock.wrong.not_real",
        Wrong::InFuture => "clock.wrong.in_future",
        Wrong::TooEarly => "clock.wrong.too_early",
    };
    Fault::with_text(date.pointer, date.wrong.code(), key)
}

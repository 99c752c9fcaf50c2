//! `POST /api/v1/desk/cases/{reference}/events`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use time::Date;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::body::Body;
use crate::http::api::headers::RequiredIdempotencyKey;
use crate::http::api::identity::DeskCaller;
use crate::http::api::problem::{Problem, ProblemBody, responses};
use complaint::Status;
use complaint::case::contact_plan::ContactPlan;
use complaint::case::event::{EventBody, LearnedBy};
use complaint::case::outcome::{Finding, Order};
use complaint::case::status::ClosedReason;
use complaint::fields::iso_date;
use contract::desk::DeskEvent;
use service::cases::desk;

/// An event that the organisation may record on a case.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum NewEvent {
    /// Change the status to one in `may_become`. `decision_made` is refused: record a decision instead. `orders_open` requires orders;
    /// `awaiting_resident` requires an open request or a `message`. A case under review closes only after a decision or a withdrawal.
    /// A withdrawn complaint resumes by `withdrawal_undone`.
    StatusChanged {
        status: Status,
        /// The last day for the next step.
        #[serde(with = "iso_date::option", default)]
        #[schema(value_type = Option<String>, format = Date)]
        due: Option<Date>,
        /// The reason for closing: required when the case is closed, otherwise refused.
        reason: Option<ClosedReason>,
        /// A text for the people on the case.
        message: Option<String>,
    },
    /// Change the last day for the next step; the status stays. While the case waits for answers, the day of every open request
    /// changes too. With `order`, changes the day of that order. Refused once the case is decided or closed.
    DueChanged {
        #[serde(with = "iso_date")]
        #[schema(value_type = String, format = Date)]
        due: Date,
        /// The order whose day changes: its number among all orders of the case, from 1.
        #[serde(default)]
        #[schema(minimum = 1, maximum = 255)]
        order: Option<u8>,
        /// The reason, shown to the people on the case.
        message: String,
    },
    /// Resume a withdrawn complaint at the tenant's request, in the state it had before.
    WithdrawalUndone {
        /// How the tenant asked. `portal` is refused: on the portal people undo a withdrawal themselves.
        how: LearnedBy,
    },
    /// Send a message to the people on the case.
    MessageSent { message: String },
    /// Ask the people on the case for information. The case waits for the answers.
    InformationRequested {
        #[schema(min_items = 1, max_items = 20)]
        questions: Vec<String>,
        /// The last day to answer.
        #[serde(with = "iso_date")]
        #[schema(value_type = String, format = Date)]
        due: Date,
    },
    /// Record the decision.
    DecisionMade {
        /// The text of the decision, shown to the people on the case.
        message: String,
        /// One finding per decided issue, numbered as in the case. Shown to the people on the case with the decision.
        #[serde(default)]
        findings: Vec<Finding>,
        /// The last day to ask for a review.
        #[serde(with = "iso_date")]
        #[schema(value_type = String, format = Date)]
        review_until: Date,
    },
    /// Order the landlord to act, each order with its last day.
    OrdersMade {
        #[schema(min_items = 1, max_items = 50)]
        orders: Vec<Order>,
    },
    /// Record what was done about a need that the people on the case reported.
    NeedActedOn {
        /// The code of the need, as in the answers.
        need: String,
        /// The action taken, shown to the people on the case.
        what: String,
    },
    /// Record the contact details of a tenant for whom another person complained. Use those that the tenant gave you, and mark the safe
    /// contact methods. Other people change their contact details themselves.
    ContactChanged { person: u8, contact: ContactPlan },
    /// Confirm a waiting contact change, after asking the person by a contact method that was safe before. It takes effect at once.
    ContactChangeConfirmed {
        person: u8,
        /// The change, as given by `waiting` of the person.
        change: i32,
    },
    /// Refuse a waiting contact change that could not be confirmed. Nothing changes.
    ContactChangeRefused {
        person: u8,
        /// The change, as given by `waiting` of the person.
        change: i32,
        /// The reason and what to do next; shown only to that person.
        message: String,
    },
    /// Record that you have informed a person whom the portal could not notify; ends the person's task `not_told`. Not shown to the people
    /// on the case.
    ToldByOtherWay {
        person: u8,
        /// `portal` is refused: the portal itself records that a person has read the case.
        how: LearnedBy,
        note: Option<String>,
    },
    /// Record that another member of the organisation has taken over the case. Not shown to the people on the case.
    Handover { to: String, note: String },
    /// Add an internal note. Not shown to the people on the case.
    Note { note: String },
}

impl From<NewEvent> for EventBody {
    fn from(event: NewEvent) -> Self {
        match event {
            NewEvent::StatusChanged {
                status,
                due,
                reason,
                message,
            } => Self::StatusChanged {
                status,
                due,
                reason,
                message,
            },
            NewEvent::DueChanged { due, order, message } => Self::DueChanged { due, order, message },
            // A placeholder: the service fills in the status from before the withdrawal.
            NewEvent::WithdrawalUndone { how } => Self::WithdrawalUndone {
                how: Some(how),
                status: Status::Assessment,
                due: None,
            },
            NewEvent::InformationRequested { questions, due } => Self::InformationRequested { questions, due },
            NewEvent::DecisionMade {
                message,
                findings,
                review_until,
            } => Self::DecisionMade {
                message,
                findings,
                review_until,
            },
            NewEvent::OrdersMade { orders } => Self::OrdersMade { orders },
            NewEvent::NeedActedOn { need, what } => Self::NeedActedOn { need, what },
            NewEvent::ContactChanged { person, contact } => Self::ContactChanged { person, contact },
            NewEvent::ContactChangeConfirmed { person, change } => Self::ContactChangeConfirmed { person, change },
            NewEvent::ContactChangeRefused { person, change, message } => Self::ContactChangeRefused { person, change, message },
            NewEvent::ToldByOtherWay { person, how, note } => Self::InformedOtherwise { person, how, note },
            NewEvent::Handover { to, note } => Self::Handover { to, note },
            NewEvent::MessageSent { message } => Self::MessageSent { message },
            NewEvent::Note { note } => Self::Note { note },
        }
    }
}

/// Record an event on a case
///
/// Notifies the people whom the event concerns. A repeated request with the same `Idempotency-Key` records nothing and returns the first
/// response.
#[utoipa::path(
    post,
    path = "/api/v1/desk/cases/{reference}/events",
    operation_id = "addDeskEvent",
    tag = "The organisation",
    params(
        ("reference" = String, Path, description = "The case's reference", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    request_body = NewEvent,
    responses(
        (status = 201, description = "Recorded as an event of the case.", body = DeskEvent),
        (status = 409, description = "The status cannot change in this way, or the idempotency key was sent before with another request.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::Desk, responses::NotFound, responses::WithBody,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    DeskCaller(caller): DeskCaller,
    Path(reference): Path<String>,
    RequiredIdempotencyKey(key): RequiredIdempotencyKey,
    Body(event): Body<NewEvent>,
) -> Result<(StatusCode, Json<DeskEvent>), Problem> {
    let event = desk::add_event(&state.services, &caller, &reference, event.into(), Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(event)))
}

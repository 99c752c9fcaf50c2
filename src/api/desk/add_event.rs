//! `POST /api/v1/desk/cases/{reference}/events`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use time::Date;
use utoipa::ToSchema;

use crate::api::body::Body;
use crate::api::headers::Key;
use crate::api::identity::AtDesk;
use crate::api::problem::{Problem, ProblemBody, responses};
use crate::complaint::Status;
use crate::complaint::contact_plan::ContactPlan;
use crate::complaint::event::{EventBody, ToldHow};
use crate::complaint::fields::iso_date;
use crate::complaint::outcome::{Finding, Order};
use crate::complaint::status::ClosedReason;
use crate::complaint::view::desk::DeskEvent;
use crate::door::DoorState;
use crate::service::desk;

/// What the organisation may put on a case.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum NewEvent {
    /// Moves the case to a status in `may_become`. Three of them need more: `decision_made` comes with a decision only, `orders_open` needs
    /// orders, and `awaiting_resident` needs an open request or a `message`. A case under review is closed after a decision, or when the
    /// tenant withdraws. A withdrawn complaint goes on by `withdrawal_undone`.
    StatusChanged {
        status: Status,
        /// By when the next thing happens.
        #[serde(with = "iso_date::option", default)]
        #[schema(value_type = Option<String>, format = Date)]
        due: Option<Date>,
        /// Why: needed when the case is closed, and accepted only then.
        reason: Option<ClosedReason>,
        /// What the person reads about it.
        message: Option<String>,
    },
    /// Moves the day by which the next thing happens; the status stays. While the case waits for answers, the day of every open request
    /// moves too. With `order`, moves the day of that order. Not accepted once the case is decided or closed.
    DueChanged {
        #[serde(with = "iso_date")]
        #[schema(value_type = String, format = Date)]
        due: Date,
        /// The order whose day moves: its place among all orders of the case, from 1.
        #[serde(default)]
        #[schema(minimum = 1, maximum = 255)]
        order: Option<u8>,
        /// Why; the people on the case read this.
        message: String,
    },
    /// Takes a withdrawn complaint up again because the tenant asked for it. The case goes on where it was.
    WithdrawalUndone {
        /// How the tenant asked. `portal` is not accepted: people undo a withdrawal there themselves.
        how: ToldHow,
    },
    /// Writes to the person.
    MessageSent { message: String },
    /// Asks the person. The case waits for the answers.
    InformationRequested {
        #[schema(min_items = 1, max_items = 20)]
        questions: Vec<String>,
        /// Reply by.
        #[serde(with = "iso_date")]
        #[schema(value_type = String, format = Date)]
        due: Date,
    },
    /// Decides.
    DecisionMade {
        /// The decision in words the person reads.
        message: String,
        /// One for each thing complained of that was decided, numbered as in the case. The people on the case read them with the decision.
        #[serde(default)]
        findings: Vec<Finding>,
        /// The last day to ask for a review.
        #[serde(with = "iso_date")]
        #[schema(value_type = String, format = Date)]
        review_until: Date,
    },
    /// Tells the landlord to do things, each by a day.
    OrdersMade {
        #[schema(min_items = 1, max_items = 50)]
        orders: Vec<Order>,
    },
    /// Says what was done about a need that the people on the case told of.
    NeedActedOn {
        /// The need's code, as in the answers.
        need: String,
        /// What was done; the person reads this.
        what: String,
    },
    /// Says how the tenant is reached whom another person complained for, and by which ways that is safe, as the tenant told you. Other
    /// people say that themselves.
    ContactChanged { person: u8, contact: ContactPlan },
    /// Says that somebody's new contact details are theirs: they were asked by a way that was safe before. They hold from now on.
    ContactChangeConfirmed {
        person: u8,
        /// Which change, as `waiting` of the person has it.
        change: i32,
    },
    /// Says that they could not be confirmed. All stays as it was.
    ContactChangeRefused {
        person: u8,
        /// Which change, as `waiting` of the person has it.
        change: i32,
        /// Why, and what to do; that person alone reads it.
        message: String,
    },
    /// Says that a person who could not be told of something knows of it now, and ends the task `not_told` of that person. The people on the
    /// case do not see it.
    ToldByOtherWay {
        person: u8,
        /// `portal` is not accepted: the portal notes by itself that a person has read the case.
        how: ToldHow,
        note: Option<String>,
    },
    /// Somebody else of the organisation has the case now. The person does not see it.
    Handover { to: String, note: String },
    /// A note among the organisation's own people. The person does not see it.
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
            // The service fills in where the case goes on.
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
            NewEvent::ToldByOtherWay { person, how, note } => Self::ToldByOtherWay { person, how, note },
            NewEvent::Handover { to, note } => Self::Handover { to, note },
            NewEvent::MessageSent { message } => Self::MessageSent { message },
            NewEvent::Note { note } => Self::Note { note },
        }
    }
}

/// Puts an event on a case: a move, another day, a message to the person, a request, a decision, orders, what was done about a need,
/// how the tenant is reached, an answer to changed contact details, that a person was told by another way, a handover, a note.
#[utoipa::path(
    post,
    path = "/api/v1/desk/cases/{reference}/events",
    operation_id = "addDeskEvent",
    tag = "The organisation",
    params(
        ("reference" = String, Path, description = "The case's reference", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Names this request; the same one when it is repeated"),
    ),
    request_body = NewEvent,
    responses(
        (status = 201, description = "It is on the record.", body = DeskEvent),
        (status = 409, description = "The case cannot go from its status to that one, or the key came with another request before.",
         body = ProblemBody, content_type = "application/problem+json"),
        responses::Always, responses::Desk, responses::Owned, responses::WithBody,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    AtDesk(caller): AtDesk,
    Path(reference): Path<String>,
    Key(key): Key,
    Body(event): Body<NewEvent>,
) -> Result<(StatusCode, Json<DeskEvent>), Problem> {
    let event = desk::add_event(&state.services, &caller, &reference, event.into(), Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(event)))
}

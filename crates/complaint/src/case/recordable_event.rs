//! The events that the organisation records on a case.

use serde::Deserialize;
use time::Date;

use crate::case::contact_plan::ContactPlan;
use crate::case::event::LearnedBy;
use crate::case::outcome::{Finding, Order};
use crate::case::person_number::PersonNumber;
use crate::case::status::{ClosedReason, Status};
use crate::fields::iso_date;

/// An event that the organisation may record on a case.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = NewEvent))]
pub enum RecordableEvent {
    /// Change the status to one in `may_become`. `decision_made` is refused: record a decision instead. `orders_open` requires orders;
    /// `awaiting_resident` requires an open request or a `message`. A case under review closes only after a decision or a withdrawal.
    /// A withdrawn complaint resumes by `withdrawal_undone`.
    StatusChanged {
        status: Status,
        /// The last day for the next step.
        #[serde(with = "iso_date::option", default)]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
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
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
        due: Date,
        /// The order whose day changes: its number among all orders of the case, from 1.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 255))]
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
        #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 20))]
        questions: Vec<String>,
        /// The last day to answer.
        #[serde(with = "iso_date")]
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
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
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
        review_until: Date,
    },
    /// Order the landlord to act, each order with its last day.
    OrdersMade {
        #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 50))]
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
    ContactChanged {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        contact: ContactPlan,
    },
    /// Confirm a waiting contact change, after asking the person by a contact method that was safe before. It takes effect at once.
    ContactChangeConfirmed {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        /// The change, as given by `waiting` of the person.
        change: i32,
    },
    /// Refuse a waiting contact change that could not be confirmed. Nothing changes.
    ContactChangeRefused {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        /// The change, as given by `waiting` of the person.
        change: i32,
        /// The reason and what to do next; shown only to that person.
        message: String,
    },
    /// Record that you have informed a person whom the portal could not notify; ends the person's task `not_told`. Not shown to the people
    /// on the case.
    #[serde(rename = "told_by_other_way")]
    InformedOtherwise {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        /// `portal` is refused: the portal itself records that a person has read the case.
        how: LearnedBy,
        note: Option<String>,
    },
    /// Record that another member of the organisation has taken over the case. Not shown to the people on the case.
    Handover { to: String, note: String },
    /// Add an internal note. Not shown to the people on the case.
    Note { note: String },
}

//! The response types for the organisation's desk.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::contact::WaitingContact;
use crate::people::ClaimView;
use crate::{DecisionView, FileView, Issue, Moment, NeedView, OrderView, RequestView};
use complaint::case::contact_plan::ContactPlan;
use complaint::case::desk_task::DeskTaskKind;
use complaint::case::event::{ActorRole, EventBody};
use complaint::case::person_number::PersonNumber;
use complaint::case::representation::Scope;
use complaint::case::status::ClosedReason;
use complaint::case::status::{Actor, Status};
use complaint::fields::form::choices;
use complaint::fields::iso_date;
use complaint::questionnaire::answers::Answers;

/// One case in the organisation's list of cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeskCaseLine {
    pub reference: String,
    pub status: Status,
    pub who_acts: Actor,
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub due: Option<Date>,
    /// Whether `due` has passed.
    pub late: bool,
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub submitted_at: String,
    /// RFC 3339, UTC: when the newest event happened.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub updated_at: String,
}

/// A page of the organisation's cases, least recently changed first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeskCases {
    pub cases: Vec<DeskCaseLine>,
    /// Send it as `cursor` to get the next cases; `null` at the end.
    pub next_cursor: Option<String>,
}

/// A person on a case, as the organisation sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeskPerson {
    /// The person number on the case, from 1.
    #[cfg_attr(feature = "openapi", schema(value_type = u8))]
    pub person: PersonNumber,
    pub role: ActorRole,
    pub name: String,
    /// Whether the person has access of their own.
    pub is_here: bool,
    /// The scopes the person has today.
    pub may: Vec<Scope>,
    /// How the person may be reached, and which contact methods are safe.
    pub contact: ContactPlan,
    /// A requested contact plan that is not confirmed. Do not write to its addresses or call its numbers. If `confirm` is
    /// `organisation`, ask the person by a contact method in `contact`, or when they call. Then add `contact_change_confirmed` or
    /// `contact_change_refused`.
    pub waiting: Option<WaitingContact>,
}

/// A whole case as the organisation sees it: needs and safety first, then promises, then history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeskCase {
    pub reference: String,
    /// The needs that people on the case reported, and what was done about each.
    pub needs: Vec<NeedView>,
    /// The codes of circumstances that make a person less safe, as in the answers.
    pub risks: Vec<String>,
    pub people: Vec<DeskPerson>,
    /// The open claims to represent the tenant, each with what it waits for.
    pub claims: Vec<ClaimView>,
    /// The tasks that wait for the organisation.
    pub tasks: Vec<DeskTask>,
    pub status: Status,
    pub who_acts: Actor,
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub due: Option<Date>,
    /// Whether `due` has passed.
    pub late: bool,
    /// The open information request.
    pub request: Option<RequestView>,
    pub orders: Vec<OrderView>,
    /// The newest decision.
    pub decision: Option<DecisionView>,
    /// Why the case was closed; `null` while it is open.
    pub closed_reason: Option<ClosedReason>,
    /// The statuses to which the case may be moved now.
    pub may_become: Vec<Status>,
    pub submitted: Moment,
    /// All issues: first those that were sent, then those added later. Findings name an issue by its number in this list, from 1.
    pub issues: Vec<Issue>,
    /// The answers exactly as they were sent.
    pub answers: Answers,
    /// The newest answers that people on the case added after sending, by question. Each takes the place of an answer in `answers`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub added_answers: Answers,
    pub files: Vec<FileView>,
    /// All events, including internal ones, oldest first.
    pub events: Vec<DeskEvent>,
    /// The messages to people on the case that could not be delivered, oldest first.
    pub undelivered: Vec<Undelivered>,
}

/// A task that waits on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeskTask {
    pub task: DeskTaskKind,
    /// The number of the person the task is about, if known.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u8>))]
    pub person: Option<PersonNumber>,
    /// The ids of the files the task is about.
    pub files: Vec<String>,
    /// By when the task has to be done, if there is a date for it.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub due: Option<Date>,
}

/// A message whose delivery failed for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Undelivered {
    /// The message's id, which its email has in the `Message-ID`.
    #[cfg_attr(feature = "openapi", schema(format = Uuid))]
    pub message: String,
    /// The recipient's person number on the case.
    #[cfg_attr(feature = "openapi", schema(value_type = u8))]
    pub person: PersonNumber,
    /// The contact method of the last attempt: `email`, `text`.
    pub way: Option<String>,
    /// The number of attempts.
    pub tries: u32,
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub given_up_at: String,
    /// A code, such as `smtp_550`, `connection` or `bounced`.
    pub reason: String,
}

/// An event as the organisation sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeskEvent {
    /// The event's number on the case, from 1.
    pub n: i32,
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub at: String,
    pub actor_role: ActorRole,
    /// The actor's name: a person's name, or the name of the API key for the organisation.
    pub actor_name: Option<String>,
    pub body: EventBody,
    /// The event's hash in the chain, in hexadecimal.
    pub hash: String,
}

/// An event in the feed of all cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedEvent {
    /// A permanent id of the event. Send the last one as `after`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^evt_[0-9]{1,19}$", example = "evt_1042"))]
    pub id: String,
    /// The reference of the case.
    pub reference: String,
    #[serde(flatten)]
    pub event: DeskEvent,
}

/// Events of all cases, in the order in which they were recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Feed {
    pub events: Vec<FeedEvent>,
    /// Whether more events are available.
    pub more: bool,
}

choices! {
    /// The delivery state of a webhook.
    WebhookState {
        /// Events are delivered.
        Active = "active",
        /// The organisation paused deliveries. Resume the webhook to continue after the last delivered event.
        Paused = "paused",
        /// The API key that created the webhook was revoked, or lost the scope `webhooks`. Remove the webhook and add it with
        /// another key.
        KeyRevoked = "key_revoked",
        /// No delivery succeeded for seven days, or the receiver answered 410. Resume the webhook to continue after the last
        /// delivered event.
        GivenUp = "given_up",
    }
}

/// A webhook: an address to which case events are delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookView {
    #[cfg_attr(feature = "openapi", schema(format = Uuid))]
    pub id: String,
    pub url: String,
    /// The name of the API key that created the webhook.
    pub made_by: String,
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub created_at: String,
    /// The last delivered event, if any.
    pub delivered: Option<String>,
    /// The number of failed attempts to deliver the next event.
    pub failures: u32,
    /// The last error, as a code: `unreachable`, `timeout`, `status_500`.
    pub last_error: Option<String>,
    /// When deliveries stopped: after seven days without success, or at once after a 410 response. Resume the webhook to continue
    /// after the last delivered event.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub given_up_at: Option<String>,
    /// When the organisation paused deliveries.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub paused_at: Option<String>,
    /// Whether events are delivered now, and if not, why.
    pub state: WebhookState,
    /// The event whose delivery failed, if one did. Newer events wait behind it.
    pub held: Option<UndeliveredEvent>,
}

/// An event that could not be delivered to a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = HeldEvent))]
pub struct UndeliveredEvent {
    #[cfg_attr(feature = "openapi", schema(example = "evt_42"))]
    pub id: String,
    /// The reference of the event's case.
    pub reference: String,
    /// When its delivery first failed.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub since: String,
    /// When its delivery is tried next; `null` if it is not.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub next_try_at: Option<String>,
}

/// A new webhook, with the secret that signs its deliveries. The secret is returned only once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewWebhook {
    #[serde(flatten)]
    pub webhook: WebhookView,
    /// `whsec_` followed by base64, as specified by Standard Webhooks.
    pub secret: String,
}

/// Hides the secret.
impl std::fmt::Debug for NewWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewWebhook").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

/// All webhooks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhooks {
    pub webhooks: Vec<WebhookView>,
}

/// The totals of the equality questions in one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EqualityTotals {
    /// `YYYY-MM`, in Europe/London.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{4}-[0-9]{2}$"))]
    pub month: String,
    /// Smaller totals are not shown.
    pub smallest_total: u32,
    pub questions: Vec<EqualityQuestion>,
}

/// An equality question with its answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EqualityQuestion {
    pub question: String,
    pub answers: Vec<EqualityAnswer>,
}

/// How often an answer was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EqualityAnswer {
    pub answer: String,
    /// `null` if it is smaller than `smallest_total`, including zero.
    pub total: Option<u64>,
}

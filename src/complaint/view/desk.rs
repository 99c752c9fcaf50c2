//! What the organisation is shown.

use serde::{Deserialize, Serialize};
use time::Date;

#[cfg(feature = "ssr")]
use super::contact::WaitingContact;
#[cfg(feature = "ssr")]
use super::people::ClaimView;
#[cfg(feature = "ssr")]
use super::{DecisionView, FileView, Issue, Moment, NeedView, OrderView, RequestView};
#[cfg(feature = "ssr")]
use crate::complaint::answers::Answers;
#[cfg(feature = "ssr")]
use crate::complaint::authority::Scope;
#[cfg(feature = "ssr")]
use crate::complaint::contact_plan::ContactPlan;
use crate::complaint::event::{ActorRole, EventBody};
use crate::complaint::fields::iso_date;
#[cfg(feature = "ssr")]
use crate::complaint::form::choices;
#[cfg(feature = "ssr")]
use crate::complaint::status::ClosedReason;
use crate::complaint::status::{Actor, Status};

/// One line in the organisation's list of cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DeskCaseLine {
    pub reference: String,
    pub status: Status,
    pub who_acts: Actor,
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
    pub due: Option<Date>,
    /// Whether that day has gone by.
    pub late: bool,
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "ssr", schema(format = DateTime))]
    pub submitted_at: String,
    /// RFC 3339, UTC: when the newest event happened.
    #[cfg_attr(feature = "ssr", schema(format = DateTime))]
    pub updated_at: String,
}

/// A page of the organisation's cases, the least recently changed first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DeskCases {
    pub cases: Vec<DeskCaseLine>,
    /// Send it as `cursor` for the cases after these; `null` at the end.
    pub next_cursor: Option<String>,
}

/// Somebody on a case as the organisation sees them.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeskPerson {
    /// Their number on the case, from 1.
    pub person: u8,
    pub role: ActorRole,
    pub name: String,
    /// Whether they have a way in of their own.
    pub is_here: bool,
    /// What they may do today.
    pub may: Vec<Scope>,
    /// How they may be reached, and by which ways that is safe.
    pub contact: ContactPlan,
    /// What they want instead and nobody has confirmed. Do not write there, nor call. Where `confirm` is `organisation` it waits
    /// for you: ask the person by a way of `contact`, or when they ring, then add `contact_change_confirmed` or
    /// `contact_change_refused`.
    pub waiting: Option<WaitingContact>,
}

/// The whole case as the organisation sees it: needs and safety first, then what is promised, then the story.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeskCase {
    pub reference: String,
    /// What people on the case need, and what was done about each.
    pub needs: Vec<NeedView>,
    /// Codes of what makes somebody less safe, as the answers have them.
    pub risks: Vec<String>,
    pub people: Vec<DeskPerson>,
    /// Claims to act for the tenant that wait, each with whom it waits for.
    pub claims: Vec<ClaimView>,
    /// What waits for somebody of the organisation to do it.
    pub tasks: Vec<DeskTask>,
    pub status: Status,
    pub who_acts: Actor,
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
    /// Whether that day has gone by.
    pub late: bool,
    /// What the person was asked and has not answered yet.
    pub request: Option<RequestView>,
    pub orders: Vec<OrderView>,
    /// The newest decision.
    pub decision: Option<DecisionView>,
    /// Why, when closed.
    pub closed_reason: Option<ClosedReason>,
    /// The statuses it may be moved to now.
    pub may_become: Vec<Status>,
    pub submitted: Moment,
    /// All that is complained of: first what was sent, then what was added. Findings name them by their place, from 1.
    pub issues: Vec<Issue>,
    /// The answers exactly as they were sent.
    pub answers: Answers,
    pub files: Vec<FileView>,
    /// All events, notes too, oldest first.
    pub events: Vec<DeskEvent>,
    /// Messages to the case's people that could not be delivered, oldest first.
    pub undelivered: Vec<Undelivered>,
}

#[cfg(feature = "ssr")]
choices! {
    /// Something that only a person of the organisation can do.
    DeskTaskKind {
        /// Look at a paper that may show somebody's right to act, and give them authority when it does.
        AuthorityPaper = "authority_paper",
        /// Ask somebody whose change of contact details no safe way could confirm, and confirm or refuse it.
        ContactChange = "contact_change",
        /// The last day of somebody's authority has gone by: ask the tenant whether it goes on.
        AuthorityExpired = "authority_expired",
        /// A yes came from the device or the address of who is to act: look whether it is the tenant's.
        OwnDevice = "own_device",
        /// The email that asked the tenant about this person came back: they can be asked by phone or letter.
        TenantNotReached = "tenant_not_reached",
        /// Ask the tenant by phone or letter whether this person may act. A consent code records what they say on the phone.
        AskTenant = "ask_tenant",
        /// Ask a representative who cannot see the case yet for the document that shows their right to act.
        AskForDocument = "ask_for_document",
        /// The wait for proof has ended: give authority, end the claim, or close the case.
        AuthorityRunOut = "authority_run_out",
        /// No person may act on the case: ask the tenant how it goes on, give them a way in, or close the case.
        NobodyActs = "nobody_acts",
        /// Decide whether files that the virus scanner suspects may be opened.
        FileHeld = "file_held",
        /// Tell somebody who has no safe way to be told here, or where nobody is left who could be.
        NotTold = "not_told",
    }
}

/// Something that waits to be done on a case.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeskTask {
    pub task: DeskTaskKind,
    /// Whom it is about: their number on the case, where that is known.
    pub person: Option<u8>,
    /// The ids of the files it is about.
    pub files: Vec<String>,
    /// By when, where there is a day for it.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
}

/// A message that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Undelivered {
    /// Its id, which its mail has in the `Message-ID`.
    #[cfg_attr(feature = "ssr", schema(format = Uuid))]
    pub message: String,
    /// Who it was for: their number on the case.
    pub person: u8,
    /// By which way it went last: `email`, `text`.
    pub way: Option<String>,
    /// How often it was tried.
    pub tries: u32,
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "ssr", schema(format = DateTime))]
    pub given_up_at: String,
    /// A code, such as `smtp_550`, `connection` or `bounced`.
    pub reason: String,
}

/// An event as the organisation sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DeskEvent {
    /// Its place among the case's events, from 1.
    pub n: i32,
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "ssr", schema(format = DateTime))]
    pub at: String,
    pub actor_role: ActorRole,
    /// Who of the organisation: the name of the key.
    pub actor_name: Option<String>,
    pub body: EventBody,
    /// Hexadecimal: the hash that chains the events.
    pub hash: String,
}

/// An event in the feed of all cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FeedEvent {
    /// Names the event for ever. Send the last one as `after`.
    #[cfg_attr(feature = "ssr", schema(pattern = "^evt_[0-9]{1,19}$", example = "evt_1042"))]
    pub id: String,
    /// The case's reference.
    pub reference: String,
    #[serde(flatten)]
    pub event: DeskEvent,
}

/// Events of all cases, in the order in which they were written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Feed {
    pub events: Vec<FeedEvent>,
    /// Whether there are more by now.
    pub more: bool,
}

#[cfg(feature = "ssr")]
choices! {
    /// Whether events are delivered to an address.
    WebhookState {
        /// Events are delivered.
        Active = "active",
        /// The organisation paused the deliveries. Resume them to go on after the last event that arrived.
        Paused = "paused",
        /// The key that made the address was revoked, or lost the scope `webhooks`. Remove the address and add it with another key.
        KeyRevoked = "key_revoked",
        /// Nothing arrived for seven days, or the address answered 410. Resume it to go on after the last event that arrived.
        GivenUp = "given_up",
    }
}

/// Where news of cases is delivered.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WebhookView {
    #[schema(format = Uuid)]
    pub id: String,
    pub url: String,
    /// The name of the key that made it.
    pub made_by: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// The last event that was delivered, if any was.
    pub delivered: Option<String>,
    /// How often the next one was tried in vain.
    pub failures: u32,
    /// What went wrong last, as a code: `unreachable`, `timeout`, `status_500`.
    pub last_error: Option<String>,
    /// When it was given up: after seven days without success, or at once after an answer of 410. Resume it to go on after the last event that
    /// arrived.
    #[schema(format = DateTime)]
    pub given_up_at: Option<String>,
    /// When the organisation paused it.
    #[schema(format = DateTime)]
    pub paused_at: Option<String>,
    /// Whether events are delivered there now, and if not, why not.
    pub state: WebhookState,
    /// The event that was tried in vain, if one was. Newer events wait behind it.
    pub held: Option<HeldEvent>,
}

/// An event that does not arrive at an address.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HeldEvent {
    #[schema(example = "evt_42")]
    pub id: String,
    /// The reference of its case.
    pub reference: String,
    /// When it was first tried in vain.
    #[schema(format = DateTime)]
    pub since: String,
    /// When it is tried next; `null` when it is not.
    #[schema(format = DateTime)]
    pub next_try_at: Option<String>,
}

/// A place for news just named, with the secret that its deliveries are signed with. It is shown this once.
#[cfg(feature = "ssr")]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewWebhook {
    #[serde(flatten)]
    pub webhook: WebhookView,
    /// `whsec_` and then base64, as Standard Webhooks has it.
    pub secret: String,
}

/// Never the secret.
#[cfg(feature = "ssr")]
impl std::fmt::Debug for NewWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewWebhook").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

/// Everywhere news of cases is delivered.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Webhooks {
    pub webhooks: Vec<WebhookView>,
}

/// The totals of the equality questions in one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct EqualityTotals {
    /// `YYYY-MM`, in Europe/London.
    #[cfg_attr(feature = "ssr", schema(pattern = "^[0-9]{4}-[0-9]{2}$"))]
    pub month: String,
    /// Totals smaller than this are not told.
    pub smallest_total: u32,
    pub questions: Vec<EqualityQuestion>,
}

/// One equality question with its answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct EqualityQuestion {
    pub question: String,
    pub answers: Vec<EqualityAnswer>,
}

/// How often an answer was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct EqualityAnswer {
    pub answer: String,
    /// `null` when it is smaller than `smallest_total`, none included.
    pub total: Option<u64>,
}

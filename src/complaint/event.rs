//! What happens to a case. Events are the truth: everything else about a case is what they add up to.

mod standing;

use serde::{Deserialize, Serialize};
use time::Date;

use super::answers::Answers;
use super::authority::{Basis, GivenBy, Scope};
use super::contact_plan::{ContactPlan, change::ConfirmBy};
use super::fields::iso_date;
use super::form::choices;
use super::outcome::{Done, Finding, Order, ReviewGround};
use super::questions::{CategoryKind, RoleKind};
use super::status::{ClosedReason, Status};

pub use standing::Standing;

choices! {
    /// Whose act an event was.
    ActorRole {
        Resident = "resident",
        Representative = "representative",
        /// The organisation that runs the portal.
        Organisation = "organisation",
        /// The portal itself, such as its virus scanner.
        System = "system",
    }
}

choices! {
    /// How a person who could not be told of something came to know of it.
    ToldHow {
        /// A member of staff rang.
        Phone = "phone",
        /// By post.
        Letter = "letter",
        InPerson = "in_person",
        /// Through another person whom the person trusts.
        OtherPerson = "other_person",
        Other = "other",
        /// The person read the case here. The portal notes that by itself.
        Portal = "portal",
    }
}

impl ActorRole {
    /// Whose act it is to send a complaint with these answers.
    #[must_use]
    pub fn of_sender(answers: &Answers) -> Self {
        match answers.role_kind() {
            Some(RoleKind::Representative) => Self::Representative,
            _ => Self::Resident,
        }
    }
}

/// Why a file did not arrive: its sender took it back.
pub const WITHDRAWN: &str = "withdrawn";

/// Why a file did not arrive: nobody went on with it for too long.
pub const EXPIRED: &str = "expired";

/// A day as exact as a person could give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Day {
    pub year: i32,
    /// 1 to 12.
    #[cfg_attr(feature = "ssr", schema(minimum = 1, maximum = 12))]
    pub month: u8,
    /// Left out when only the month is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(minimum = 1, maximum = 31))]
    pub day: Option<u8>,
}

/// What happened. In the record this is the event's body, exactly as it is hashed.
///
/// People on a case have numbers, from 1: the sender is 1. Files are named by the ids of their uploads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub enum EventBody {
    /// The complaint was sent. Always the first event, and only that.
    Submitted {
        /// By when the organisation gets in touch.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
    },
    /// The organisation moved the case.
    StatusChanged {
        status: Status,
        /// By when the next thing happens.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
        /// Why, when the case is closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ClosedReason>,
        /// What the organisation says about it; the person reads this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// The organisation moved a day by which something happens. The status stays.
    DueChanged {
        #[serde(with = "iso_date")]
        #[cfg_attr(feature = "ssr", schema(value_type = String, format = Date))]
        due: Date,
        /// The order whose day moved: its place among all orders of the case, from 1. Left out for the next step of the case.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<u8>,
        /// Why; the people on the case read this.
        message: String,
    },
    /// The organisation wrote to the person.
    MessageSent { message: String },
    /// Somebody on the case wrote to the organisation.
    MessageReceived {
        message: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
    },
    /// Somebody on the case wrote down what happened at the home, and when.
    DiaryEntry {
        on: Day,
        what: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
    },
    /// The organisation needs answers. The case waits for them.
    InformationRequested {
        questions: Vec<String>,
        /// Reply by.
        #[serde(with = "iso_date")]
        #[cfg_attr(feature = "ssr", schema(value_type = String, format = Date))]
        due: Date,
    },
    /// All questions of a request were answered.
    InformationGiven {
        /// The request: its place among the case's events.
        request: i32,
        /// One for each question, in their order.
        answers: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
        /// Where the case goes on.
        status: Status,
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
    },
    /// Somebody changed how they may be reached, and by which ways that is safe.
    ContactChanged { person: u8, contact: ContactPlan },
    /// Somebody wants to be reached in a way that has to be confirmed first. What it takes the place of goes on until then.
    ContactChangeAsked {
        person: u8,
        contact: ContactPlan,
        confirm: ConfirmBy,
    },
    /// What they asked for holds from now on.
    ContactChangeConfirmed {
        person: u8,
        /// What was asked: its place among the case's events.
        change: i32,
    },
    /// The organisation could not confirm it: all stays as it was.
    ContactChangeRefused {
        person: u8,
        change: i32,
        /// Why, and what to do; that person reads this.
        message: String,
    },
    /// They do not want it after all.
    ContactChangeDropped { person: u8, change: i32 },
    /// One more thing that is complained of.
    IssueAdded {
        category: CategoryKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subcategory: Option<String>,
        what_happened: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        put_right: Option<String>,
    },
    /// The complaint was taken back.
    Withdrawn {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The last day on which that can be undone.
        #[serde(with = "iso_date")]
        #[cfg_attr(feature = "ssr", schema(value_type = String, format = Date))]
        until: Date,
    },
    /// It was not to be taken back after all: the case goes on where it was.
    WithdrawalUndone {
        /// How the tenant asked the organisation for it. Left out when a person on the case undid it here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        how: Option<ToldHow>,
        status: Status,
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
    },
    /// The organisation decided.
    DecisionMade {
        /// The decision in words the person reads.
        message: String,
        /// One for each thing complained of that was decided.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        findings: Vec<Finding>,
        /// The last day to ask for a review.
        #[serde(with = "iso_date")]
        #[cfg_attr(feature = "ssr", schema(value_type = String, format = Date))]
        review_until: Date,
    },
    /// Somebody on the case asked for the decision to be looked at again.
    ReviewRequested {
        ground: ReviewGround,
        why: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
        /// By when the organisation gets in touch about it.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
    },
    /// The landlord was told to do things, each by a day.
    OrdersMade { orders: Vec<Order> },
    /// Somebody on the case said whether the landlord has done one of them.
    OrderAnswered {
        /// The order: its place among all orders of the case, from 1.
        order: u8,
        done: Done,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// The organisation acted on a need that somebody had told it of.
    NeedActedOn {
        /// The need's code, as in the answers.
        need: String,
        /// What was done; the person reads this.
        what: String,
    },
    /// Somebody else of the organisation has the case now. The person is not shown the note.
    Handover { to: String, note: String },
    /// Somebody came onto the case: the tenant themselves, or another representative.
    PersonJoined {
        person: u8,
        role: ActorRole,
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis: Option<Basis>,
    },
    /// The tenant was asked to agree that somebody acts for them.
    AuthorityAsked {
        /// Whether an email went to the tenant for it. Else they are asked by other ways, or where they are signed in.
        #[serde(default, skip_serializing_if = "is_false")]
        by_email: bool,
        person: u8,
        scopes: Vec<Scope>,
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
        until: Option<Date>,
        /// The last day for the organisation to ask the tenant, where neither an email nor a sign-in reaches them.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
        ask_by: Option<Date>,
        /// The last day of the wait for an answer. Older events do not name it.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
        answer_by: Option<Date>,
    },
    /// The wait for proof that this person may act ended without any. The organisation decides how the case goes on.
    AuthorityRequestExpired {
        person: u8,
        /// Where the case stands, when it waited for this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<Status>,
        /// By when the organisation decides.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
    },
    /// Somebody may act for the tenant from now on.
    AuthorityGiven {
        person: u8,
        basis: Basis,
        by: GivenBy,
        scopes: Vec<Scope>,
        /// The last day of it.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
        until: Option<Date>,
        /// The agreement came from the representative's own device or address: somebody should look.
        #[serde(default, skip_serializing_if = "is_false")]
        own_device: bool,
        /// Where the case goes on, when it waited for this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<Status>,
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
    },
    /// The tenant said anew what somebody may do for them.
    AuthorityChanged {
        person: u8,
        scopes: Vec<Scope>,
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
        until: Option<Date>,
    },
    /// Somebody may not act for the tenant any more, or was refused.
    AuthorityEnded {
        person: u8,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// An answer about this person came within seconds of the email, or from a page that nothing shows was read. It was not taken,
    /// because a mail program may have given it: the page asked again.
    AuthorityAnswerDoubted { person: u8 },
    /// The email that asked the tenant about this person came back.
    ConsentRequestBounced {
        person: u8,
        /// A code, such as `5.1.1`.
        reason: String,
    },
    /// The organisation gave somebody another access code.
    AccessCodeReplaced { person: u8 },
    /// A message could not be delivered. The organisation sees by which way.
    MessageBounced { person: u8, way: String, reason: String },
    /// There was no safe way to tell somebody of something: it waits for them here, and is a task for the organisation.
    NotTold { person: u8, about: String },
    /// A person who could not be told of something knows of it now. Ends the task that `not_told` made.
    ToldByOtherWay {
        person: u8,
        how: ToldHow,
        /// What the organisation noted about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// A file that was announced with the complaint arrived after it was sent, or one was added to the case.
    FileReceived {
        /// The upload's id.
        file: String,
        /// The name it had on the person's device.
        filename: String,
        /// Hexadecimal.
        sha256: String,
        bytes: u64,
        /// Who on the case brought it. Not known of files that came before this was noted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<u8>,
    },
    /// A virus was found in a file that came with the complaint, or the organisation decided that a suspected file is not to be opened.
    FileRefused {
        /// The upload's id.
        file: String,
        /// The name it had on the person's device.
        filename: String,
        /// A code, such as `virus`.
        reason: String,
        /// What the scanner calls it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    /// The virus scanner suspects a file, and found no known virus in it. Nobody can open it before the organisation decides.
    FileHeld {
        /// The upload's id.
        file: String,
        /// The name it had on the person's device.
        filename: String,
        /// What the scanner calls what it suspects.
        signature: String,
    },
    /// The organisation decided that a file it was asked about may be opened.
    FileReleased {
        /// The upload's id.
        file: String,
        /// The name it had on the person's device.
        filename: String,
        /// What the scanner calls what it suspects.
        signature: String,
    },
    /// A file that was chosen before the complaint was sent will not come any more.
    FileNotReceived {
        /// The id the upload had.
        file: String,
        /// The name it had on the person's device.
        filename: String,
        /// A code: `expired` when nobody went on with it, `withdrawn` when its sender took it back, otherwise why it was refused.
        reason: String,
    },
    /// A note among the organisation's own people. The person does not see it.
    Note { note: String },
    /// The server bound the chain to everything that the case held at this moment: answers, files, access codes. Only on cases
    /// from before events had commitments. It proves nothing about changes before it.
    ContentsCommitted {
        /// How many events the case had before.
        events: i32,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl EventBody {
    /// The stable name of the kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Submitted { .. } => "submitted",
            Self::StatusChanged { .. } => "status_changed",
            Self::DueChanged { .. } => "due_changed",
            Self::MessageSent { .. } => "message_sent",
            Self::MessageReceived { .. } => "message_received",
            Self::DiaryEntry { .. } => "diary_entry",
            Self::InformationRequested { .. } => "information_requested",
            Self::InformationGiven { .. } => "information_given",
            Self::ContactChanged { .. } => "contact_changed",
            Self::ContactChangeAsked { .. } => "contact_change_asked",
            Self::ContactChangeConfirmed { .. } => "contact_change_confirmed",
            Self::ContactChangeRefused { .. } => "contact_change_refused",
            Self::ContactChangeDropped { .. } => "contact_change_dropped",
            Self::IssueAdded { .. } => "issue_added",
            Self::Withdrawn { .. } => "withdrawn",
            Self::WithdrawalUndone { .. } => "withdrawal_undone",
            Self::DecisionMade { .. } => "decision_made",
            Self::ReviewRequested { .. } => "review_requested",
            Self::OrdersMade { .. } => "orders_made",
            Self::OrderAnswered { .. } => "order_answered",
            Self::NeedActedOn { .. } => "need_acted_on",
            Self::Handover { .. } => "handover",
            Self::PersonJoined { .. } => "person_joined",
            Self::AuthorityAsked { .. } => "authority_asked",
            Self::AuthorityRequestExpired { .. } => "authority_request_expired",
            Self::AuthorityGiven { .. } => "authority_given",
            Self::AuthorityChanged { .. } => "authority_changed",
            Self::AuthorityEnded { .. } => "authority_ended",
            Self::AuthorityAnswerDoubted { .. } => "authority_answer_doubted",
            Self::ConsentRequestBounced { .. } => "consent_request_bounced",
            Self::AccessCodeReplaced { .. } => "access_code_replaced",
            Self::MessageBounced { .. } => "message_bounced",
            Self::NotTold { .. } => "not_told",
            Self::ToldByOtherWay { .. } => "told_by_other_way",
            Self::FileRefused { .. } => "file_refused",
            Self::FileReceived { .. } => "file_received",
            Self::FileNotReceived { .. } => "file_not_received",
            Self::FileHeld { .. } => "file_held",
            Self::FileReleased { .. } => "file_released",
            Self::Note { .. } => "note",
            Self::ContentsCommitted { .. } => CONTENTS_COMMITTED,
        }
    }

    /// The ids of the files that came with it, or that it is about.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn files(&self) -> Vec<&str> {
        match self {
            Self::MessageReceived { files, .. }
            | Self::DiaryEntry { files, .. }
            | Self::InformationGiven { files, .. }
            | Self::ReviewRequested { files, .. } => files.iter().map(String::as_str).collect(),
            Self::FileReceived { file, .. } | Self::FileRefused { file, .. } => vec![file],
            _ => Vec::new(),
        }
    }

    /// Whether the case's own people see it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        !INTERNAL.contains(&self.kind())
    }

    /// Whose alone it is to see, on a case with others: how somebody is reached, and that they want to be reached elsewhere, may be
    /// what keeps them safe from one of those.
    #[must_use]
    pub fn only_for(&self) -> Option<u8> {
        match self {
            Self::ContactChanged { person, .. }
            | Self::ContactChangeAsked { person, .. }
            | Self::ContactChangeConfirmed { person, .. }
            | Self::ContactChangeRefused { person, .. }
            | Self::ContactChangeDropped { person, .. } => Some(*person),
            _ => None,
        }
    }

    /// The status the case has after it; `None` when it stays what it was.
    #[must_use]
    pub fn moves_to(&self) -> Option<Status> {
        match self {
            Self::Submitted { .. } => Some(Status::Received),
            Self::StatusChanged { status, .. } | Self::InformationGiven { status, .. } | Self::WithdrawalUndone { status, .. } => {
                Some(*status)
            }
            Self::InformationRequested { .. } => Some(Status::AwaitingResident),
            Self::Withdrawn { .. } => Some(Status::Closed),
            Self::DecisionMade { .. } => Some(Status::DecisionMade),
            Self::ReviewRequested { .. } => Some(Status::UnderReview),
            Self::OrdersMade { .. } => Some(Status::OrdersOpen),
            Self::AuthorityGiven { status, .. } | Self::AuthorityRequestExpired { status, .. } => *status,
            _ => None,
        }
    }
}

/// Kinds of event that the case's own people do not see. What came back undelivered may name a way that somebody else on the case
/// does not know.
pub const INTERNAL: [&str; 9] = [
    "note",
    "file_held",
    "file_released",
    "handover",
    "message_bounced",
    "not_told",
    "told_by_other_way",
    "authority_answer_doubted",
    CONTENTS_COMMITTED,
];

/// The kind of [`EventBody::ContentsCommitted`].
pub const CONTENTS_COMMITTED: &str = "contents_committed";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_says_its_type_and_refuses_what_it_does_not_know() {
        let closed = EventBody::StatusChanged {
            status: Status::Closed,
            due: None,
            reason: None,
            message: None,
        };
        let json = serde_json::to_string(&closed).unwrap();
        assert_eq!(json, r#"{"type":"status_changed","status":"closed"}"#);
        assert!(serde_json::from_str::<EventBody>(r#"{"type":"note","note":"a","colour":"red"}"#).is_err());
        assert!(serde_json::from_str::<EventBody>(r#"{"type":"nothing"}"#).is_err());
    }
}

//! The events of a case. They are the source of truth: everything else about a case is derived from them.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::case::contact_plan::{ContactPlan, change::ConfirmBy};
use crate::case::outcome::{Done, Finding, Order, ReviewGround};
use crate::case::person_number::PersonNumber;
use crate::case::representation::{Basis, ProofKind, Scope};
use crate::case::status::{ClosedReason, Status};
use crate::fields::form::choices;
use crate::fields::iso_date;
use crate::questionnaire::answers::Answers;
use crate::questionnaire::questions::{CategoryKind, RoleKind};

choices! {
    /// Who caused an event.
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
    /// How a person learned of something that no message could tell them.
    LearnedBy as ToldHow {
        /// A member of staff phoned.
        Phone = "phone",
        /// By post.
        Letter = "letter",
        InPerson = "in_person",
        /// Through another person that they trust.
        OtherPerson = "other_person",
        Other = "other",
        /// The person read the case in the portal, which records this itself.
        Portal = "portal",
    }
}

impl ActorRole {
    /// Returns the role of the person who sends a complaint with these answers.
    pub fn of_sender(answers: &Answers) -> Self {
        match answers.role_kind() {
            Some(RoleKind::Representative) => Self::Representative,
            _ => Self::Resident,
        }
    }
}

/// The reason in `FileNotReceived` when the sender cancelled the upload.
pub const UPLOAD_CANCELLED: &str = "withdrawn";

/// The reason in `FileNotReceived` when the upload was not resumed in time.
pub const UPLOAD_EXPIRED: &str = "expired";

/// A day, or a month if the person could not give the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Day {
    pub year: i32,
    /// 1 to 12.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 12))]
    pub month: u8,
    /// Left out when only the month is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 31))]
    pub day: Option<u8>,
}

/// The body of an event: what happened on a case. The database stores exactly this JSON, and the hash covers it.
///
/// People on a case have numbers, from 1: the sender is 1. Files are identified by the ids of their uploads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum EventBody {
    /// The complaint was sent. Always the first event, and only the first.
    Submitted {
        /// By when the organisation gets in touch.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
    },
    /// The organisation changed the status of the case.
    StatusChanged {
        status: Status,
        /// The date of the next step.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
        /// Why the case was closed. Left out for other statuses.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ClosedReason>,
        /// The organisation's message about it, which the people on the case read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// The organisation moved a due date. The status does not change.
    DueChanged {
        #[serde(with = "iso_date")]
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
        due: Date,
        /// The order whose date moved, by its number among all orders of the case, from 1. Left out when the date of the next
        /// step moved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<u8>,
        /// The reason, which the people on the case read.
        message: String,
    },
    /// The organisation wrote to the people on the case.
    MessageSent { message: String },
    /// A person on the case wrote to the organisation.
    MessageReceived {
        message: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
    },
    /// A person on the case recorded what happened at the home, and when.
    DiaryEntry {
        on: Day,
        what: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
    },
    /// The organisation asked for information. The case waits for the answers.
    InformationRequested {
        questions: Vec<String>,
        /// The last day to reply.
        #[serde(with = "iso_date")]
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
        due: Date,
    },
    /// A person on the case answered all questions of a request.
    InformationGiven {
        /// The event number of the request.
        request: i32,
        /// One answer for each question, in the order of the questions.
        answers: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
        /// The status in which the case resumes.
        status: Status,
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
    },
    /// A person's contact plan changed.
    ContactChanged {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        contact: ContactPlan,
    },
    /// A person requested a contact change that has to be confirmed first. The plan in force does not change until then.
    ContactChangeAsked {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        contact: ContactPlan,
        confirm: ConfirmBy,
    },
    /// A requested contact change was confirmed, and is in force.
    ContactChangeConfirmed {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        /// The event number of the request.
        change: i32,
    },
    /// The organisation could not confirm a contact change. The plan in force does not change.
    ContactChangeRefused {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        change: i32,
        /// The reason and what to do, which that person reads.
        message: String,
    },
    /// A person cancelled the contact change that they had requested.
    ContactChangeDropped {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        change: i32,
    },
    /// An issue was added to the complaint.
    IssueAdded {
        category: CategoryKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subcategory: Option<String>,
        what_happened: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        put_right: Option<String>,
    },
    /// A person on the case answered a question under "Add more if you want to", after the complaint was sent. It takes the place
    /// of an earlier answer to the question. Both stay on record.
    AnswerAdded {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        /// The answer under the code of its question, in the form of the answers as they were sent.
        answers: Answers,
    },
    /// The complaint was withdrawn.
    Withdrawn {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The last day to undo the withdrawal.
        #[serde(with = "iso_date")]
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
        until: Date,
    },
    /// A withdrawal was undone. The case resumes where it was.
    WithdrawalUndone {
        /// How the tenant asked the organisation for it. Left out when a person on the case undid it in the portal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        how: Option<LearnedBy>,
        status: Status,
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
    },
    /// The organisation decided the complaint.
    DecisionMade {
        /// The text of the decision, as the people on the case read it.
        message: String,
        /// One finding for each decided issue.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        findings: Vec<Finding>,
        /// The last day to request a review.
        #[serde(with = "iso_date")]
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
        review_until: Date,
    },
    /// A person on the case requested a review of the decision.
    ReviewRequested {
        ground: ReviewGround,
        why: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
        /// By when the organisation gets in touch about the review.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
    },
    /// The landlord was ordered to take actions, each by a date.
    OrdersMade { orders: Vec<Order> },
    /// A person on the case reported whether the landlord has complied with an order.
    OrderAnswered {
        /// The order, by its number among all orders of the case, from 1.
        order: u8,
        done: Done,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// The organisation acted on a need that a person on the case had reported.
    NeedActedOn {
        /// The need's code, as in the answers.
        need: String,
        /// The action taken, shown to the people on the case.
        what: String,
    },
    /// Another member of the organisation took over the case. Internal: the people on the case do not see it.
    Handover { to: String, note: String },
    /// The tenant or another representative joined the case.
    PersonJoined {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        role: ActorRole,
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis: Option<Basis>,
    },
    /// The tenant was asked to agree to a representative.
    AuthorityAsked {
        /// Whether the tenant was asked by email. Otherwise the tenant is asked in the portal when signed in, or by the
        /// organisation.
        #[serde(default, skip_serializing_if = "is_false")]
        by_email: bool,
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        scopes: Vec<Scope>,
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        until: Option<Date>,
        /// The last day for the organisation to ask the tenant. Set only if neither an email nor a sign-in reaches the tenant.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        ask_by: Option<Date>,
        /// The last day of the wait for an answer. Older events do not have it.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        answer_by: Option<Date>,
    },
    /// The wait for proof of this person's authority ended without any. The organisation decides what happens to the case.
    AuthorityRequestExpired {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        /// The status of the case, if the case waited for this proof.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<Status>,
        /// By when the organisation decides.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
    },
    /// A representative was given authority to represent the tenant.
    AuthorityGiven {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        basis: Basis,
        by: ProofKind,
        scopes: Vec<Scope>,
        /// The last day of the authority.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        until: Option<Date>,
        /// Whether the agreement came from the representative's own device or address. The organisation should check it.
        #[serde(default, skip_serializing_if = "is_false")]
        own_device: bool,
        /// The status in which the case resumes, if the case waited for this authority.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<Status>,
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
    },
    /// The tenant changed what a representative may do.
    AuthorityChanged {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        scopes: Vec<Scope>,
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        until: Option<Date>,
    },
    /// A representative's authority ended, or the claim was refused.
    AuthorityEnded {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The tenant's answer about this person was doubted and not accepted; the page asked again. Internal. A mail program may
    /// have sent it: it came within seconds of the email, or from a page that shows no sign of being read.
    AuthorityAnswerDoubted {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
    },
    /// The email that asked the tenant about this person bounced.
    ConsentRequestBounced {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        /// The status code of the bounce, such as `5.1.1`.
        reason: String,
    },
    /// The organisation replaced a person's access code.
    AccessCodeReplaced {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
    },
    /// A message could not be delivered by the contact method `way`. Internal.
    MessageBounced {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        way: String,
        reason: String,
    },
    /// A person has no safe contact method for a notification. It waits for them in the portal, and creates a task for the
    /// organisation. Internal.
    NotTold {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        about: String,
    },
    /// A person now knows of something that no message could tell them. Completes the task that `not_told` created. Internal.
    #[serde(rename = "told_by_other_way")]
    #[strum(serialize = "told_by_other_way")]
    InformedOtherwise {
        #[cfg_attr(feature = "openapi", schema(value_type = u8))]
        person: PersonNumber,
        how: LearnedBy,
        /// The organisation's note about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// A file of the complaint arrived after sending, or a file was added to the case.
    FileReceived {
        /// The upload's id.
        file: String,
        /// The file's name on the sender's device.
        filename: String,
        /// Hexadecimal.
        sha256: String,
        bytes: u64,
        /// The person on the case who sent the file. Not known for files from before this was recorded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<u8>))]
        person: Option<PersonNumber>,
    },
    /// A file was refused: it contains a virus, or the organisation decided that it must not be opened.
    FileRefused {
        /// The upload's id.
        file: String,
        /// The file's name on the sender's device.
        filename: String,
        /// A code, such as `virus`.
        reason: String,
        /// The scanner's name for what it found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    /// The virus scanner suspects a file, without a known virus in it. No one can open it until the organisation decides.
    /// Internal.
    FileHeld {
        /// The upload's id.
        file: String,
        /// The file's name on the sender's device.
        filename: String,
        /// The scanner's name for what it suspects.
        signature: String,
    },
    /// The organisation released a held file: it may be opened. Internal.
    FileReleased {
        /// The upload's id.
        file: String,
        /// The file's name on the sender's device.
        filename: String,
        /// The scanner's name for what it suspects.
        signature: String,
    },
    /// A file that was chosen before the complaint was sent will not arrive.
    FileNotReceived {
        /// The upload's id.
        file: String,
        /// The file's name on the sender's device.
        filename: String,
        /// A code: why the upload was refused, `withdrawn` if its sender cancelled it, or `expired` if it was not resumed in
        /// time.
        reason: String,
    },
    /// A note between members of the organisation. Internal: the people on the case do not see it.
    Note { note: String },
    /// The server bound the event chain to everything the case contained at this moment: answers, files, access codes. Internal.
    /// Only on cases from before events had commitments. It proves nothing about earlier changes.
    ContentsCommitted {
        /// The number of events on the case before this one.
        events: i32,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls skip_serializing_if with a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl EventBody {
    /// Returns the stable name of the event's kind.
    pub fn kind(&self) -> &'static str {
        self.into()
    }

    /// Returns the ids of the attached files, or of the file that was received or refused.
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

    /// Returns whether the people on the case may see events of this kind.
    pub fn is_public(&self) -> bool {
        !INTERNAL.contains(&self.kind())
    }

    /// Returns the number of the only person on the case who may see the event, if it is restricted.
    ///
    /// Contact changes and private answers are restricted: another person on the case may be the danger that they protect from.
    pub fn visible_only_to(&self) -> Option<PersonNumber> {
        match self {
            Self::ContactChanged { person, .. }
            | Self::ContactChangeAsked { person, .. }
            | Self::ContactChangeConfirmed { person, .. }
            | Self::ContactChangeRefused { person, .. }
            | Self::ContactChangeDropped { person, .. } => Some(*person),
            Self::AnswerAdded { person, answers } if answers.has_private() => Some(*person),
            _ => None,
        }
    }

    /// Returns the status of the case after the event, or `None` if the event does not change it.
    pub fn new_status(&self) -> Option<Status> {
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

/// Event kinds that the people on the case do not see.
///
/// A failed delivery is one: it may name a contact method that another person on the case does not know.
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

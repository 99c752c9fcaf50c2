//! The response types of the REST API. Pages are rendered from the same types.

use serde::{Deserialize, Serialize};
use time::Date;

use complaint::case::actions::CaseActionKind;
use complaint::case::contact_plan::change::ConfirmBy;
use complaint::case::event::ActorRole;
use complaint::case::event::Day;
use complaint::case::outcome::{Done, Finding};
use complaint::case::person_number::PersonNumber;
use complaint::case::status::ClosedReason;
use complaint::case::status::{Actor, Status};
use complaint::fields::form::choices;
use complaint::fields::iso_date;
use complaint::questionnaire::answers::Answers;
use complaint::questionnaire::question::Purpose;
use complaint::questionnaire::question_ref::Page;
use complaint::questionnaire::question_ref::QuestionRef;
use complaint::questionnaire::questions::CategoryKind;
use complaint::questionnaire::steps::StepId;
use complaint::questionnaire::steps::{self, StepState};

use people::ClaimView;

pub mod browser_drafts;
pub mod contact;
pub mod desk;
pub mod draft_devices;
pub mod people;
pub mod sessions;

/// An instant, with its date and time in England.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Moment {
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub at: String,
    /// The date in Europe/London.
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub date: Date,
    /// The time in Europe/London, such as `14:02`.
    pub time: String,
}

/// A question and its progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JourneyStep {
    /// The question's code, as used in `PUT /api/v1/drafts/{id}/answers/{step}`.
    pub step: String,
    pub path: String,
    pub state: StepState,
}

impl JourneyStep {
    /// Returns the questions that these answers require.
    pub fn all(answers: &Answers) -> Vec<Self> {
        steps::steps(answers)
            .map(|place: QuestionRef| Self {
                step: place.code(),
                path: place.path(),
                state: steps::state(place, answers),
            })
            .collect()
    }
}

choices! {
    /// The state of an uploaded file.
    FileState {
        /// The file's bytes are still arriving.
        Receiving = "receiving",
        /// The file is stored and waits for the virus scan.
        Scanning = "scanning",
        Clean = "clean",
        Refused = "refused",
    }
}

/// An uploaded file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(clippy::struct_excessive_bools, reason = "each field is a separate member of the REST response")]
pub struct FileView {
    pub id: String,
    /// The file's name on the sender's device.
    pub filename: String,
    /// Detected from the file's content, not from its name.
    pub media_type: String,
    pub bytes: u64,
    /// Hexadecimal.
    pub sha256: String,
    /// When the upload was complete.
    pub received: Moment,
    pub state: FileState,
    /// Whether the file was scanned for viruses.
    pub scanned: bool,
    /// Whether the file can be opened: the scan found nothing, or the organisation has switched scanning off.
    pub readable: bool,
    /// Why the file was refused, as a code: `virus`.
    pub reason: Option<String>,
    pub purpose: Purpose,
    /// When a picture was taken, by the camera's own clock. A date and time; the offset from UTC is included only if the camera
    /// recorded it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "2026-03-04T18:30:00"))]
    pub taken_at: Option<String>,
    /// Whether a picture or video contains its location. For a picture, a copy without location metadata can be made.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub has_place: bool,
    /// The sender's caption for the file.
    #[serde(default)]
    pub caption: Option<String>,
    /// The sender's description of what the file shows.
    #[serde(default)]
    pub shows: Option<String>,
    /// The SHA-256 of the original, if the sender had it replaced by a copy without location metadata. The file is that copy.
    #[serde(default)]
    pub original_sha256: Option<String>,
    /// Whether a preview of the picture is available: a JPEG of at most 1600 pixels a side.
    // No hydrated page shows a preview, so the browser build leaves the field out.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub has_preview: bool,
    /// Whether the file is held for a decision. The virus scanner suspects it, and the organisation decides whether it may be
    /// opened. Its `state` is `scanning`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub held: bool,
}

/// The progress of files of a complaint that was sent before all of them had arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesProgress {
    /// How many files have arrived.
    pub here: u64,
    /// The files that have not arrived yet.
    pub coming: Vec<PendingFile>,
    /// The names of the files that did not arrive.
    pub missing: Vec<String>,
}

/// A file that has not arrived yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingFile {
    pub id: String,
    pub filename: String,
}

impl FilesProgress {
    /// Returns how many files are expected, including those that did not arrive.
    pub fn all(&self) -> u64 {
        self.here + self.coming.len() as u64 + self.missing.len() as u64
    }
}

/// A draft: its answers so far, and the questions that they require.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftView {
    pub id: String,
    pub answers: Answers,
    pub journey: Vec<JourneyStep>,
    pub files: Vec<FileView>,
    pub saved: Moment,
    pub expires: Moment,
    /// RFC 3339, UTC; the same instant as `saved.at`.
    pub saved_at: String,
    /// RFC 3339, UTC; the same instant as `expires.at`.
    pub expires_at: String,
    /// Increases by one with each save.
    pub revision: i64,
    /// Today in Europe/London, for rules that need it.
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub today: Date,
    /// The complaint's reference, once the draft was sent. Empty on any device except the one that sent it.
    pub sent: Option<String>,
    /// Whether a page has text that was typed and not submitted. Only for pages.
    #[serde(skip)]
    pub has_typed_text: bool,
}

impl DraftView {
    /// Returns the path of the page on which a person resumes the draft.
    pub fn resume_at(&self) -> String {
        Page::Tasks.path()
    }

    /// Returns whether another device sent the complaint.
    pub fn is_sent_elsewhere(&self) -> bool {
        self.sent.as_deref() == Some("")
    }

    /// Returns the email address among the answers, so that the person need not type it twice (WCAG 2.2, 3.3.7).
    ///
    /// Returns an empty string if there is none.
    pub fn contact_email(&self) -> &str {
        self.answers.text(StepId::Contact, "email")
    }
}

/// The receipt for a sent complaint.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    pub reference: String,
    /// The code that opens the case together with the reference. Returned only in the receipt.
    pub access_code: String,
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub submitted_at: String,
    pub submitted: Moment,
    /// The page that shows this receipt to the person who sent the complaint.
    pub receipt_url: String,
    pub next: Next,
    /// If a representative sent the complaint: what the claim to represent the tenant waits for.
    pub claim: Option<ClaimView>,
}

/// Hides the access code: a log line must not open a case.
impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receipt")
            .field("submitted_at", &self.submitted_at)
            .finish_non_exhaustive()
    }
}

/// What happens next: who acts, and by when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Next {
    /// The current status; `status.<code>.next` in `locales/` describes what happens.
    pub status: Status,
    pub who_acts: Actor,
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub due: Option<Date>,
}

/// One issue of a complaint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Issue {
    pub category: CategoryKind,
    /// The subcategory, if one was chosen.
    pub subcategory: Option<String>,
    pub what_happened: String,
    pub put_right: String,
}

/// A person on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    pub role: ActorRole,
    pub name: String,
}

/// An information request that waits for answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestView {
    /// The request's number among the requests of the case, from 1.
    pub n: u16,
    pub questions: Vec<String>,
    /// The last day to reply.
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub due: Date,
}

/// An order to the landlord.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderView {
    /// The order's number among all orders of the case, from 1.
    pub order: u8,
    pub what: String,
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub due: Date,
    /// Whether the landlord has complied, as last reported by a person on the case.
    pub done: Option<Done>,
    pub note: Option<String>,
}

/// A decision of the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecisionView {
    /// The text of the decision, as the people on the case read it.
    pub message: String,
    /// The newest finding about each issue, in the order of `issues`.
    pub findings: Vec<Finding>,
    /// The last day to request a review.
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub review_until: Date,
}

/// A need that a person on the case reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NeedView {
    /// Its code, as in the answers.
    pub need: String,
    /// What the organisation did about the need, oldest first. Empty if nothing yet.
    pub acted_on: Vec<String>,
}

/// A case, as the people on it see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseView {
    pub reference: String,
    pub status: Status,
    pub who_acts: Actor,
    pub next: Next,
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub due: Option<Date>,
    /// Whether `due` has passed.
    pub late: bool,
    /// Why the case was closed; `null` while it is open.
    pub closed_reason: Option<ClosedReason>,
    /// The caller's person number on the case.
    #[cfg_attr(feature = "openapi", schema(value_type = u8))]
    pub me: PersonNumber,
    /// The caller's role: resident or representative.
    pub my_role: ActorRole,
    /// The open claims to represent the tenant, each with what it waits for.
    pub claims: Vec<ClaimView>,
    /// The case actions that the caller may take today.
    pub can: Vec<CaseActionKind>,
    /// The codes of the questions that the caller may answer now by `PUT /api/v1/cases/{reference}/answers/{step}`: those not
    /// answered before sending. Those answered since may be answered again.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub can_answer: Vec<String>,
    /// The open information request, if the caller may answer it.
    pub request: Option<RequestView>,
    pub orders: Vec<OrderView>,
    /// The newest decision, if the caller may read it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub decision: Option<DecisionView>,
    /// The last day on which the caller may request a review of the decision.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub review_until: Option<Date>,
    /// The last day on which the caller may undo the withdrawal.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub undo_until: Option<Date>,
    pub landlord: String,
    /// All issues: first those that were sent, then those added later. A subcategory may have been added later too.
    pub issues: Vec<Issue>,
    /// The needs that people on the case reported.
    pub needs: Vec<NeedView>,
    /// The answers as they were sent; the timeline has those that were added later. A caller who did not send them does not get the answers about contact and safety, and gets
    /// none at all if `partial` is true.
    pub answers: Answers,
    /// The tenant and the caller. If the caller sees the whole case, also everyone else who has access to it.
    pub people: Vec<Person>,
    pub files: Vec<FileView>,
    /// The day after which the closed case need not be kept any longer.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub kept_until: Option<Date>,
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub submitted_at: String,
    pub submitted: Moment,
    /// When the status last changed.
    pub updated: Moment,
    /// The contact methods that failed for the caller since the caller last changed their contact plan: `email`, `text`.
    pub unreached: Vec<String>,
    /// Whether parts of the case are left out, because the caller lacks the scope `see`.
    pub partial: bool,
    /// How the caller's contact change is confirmed, if one waits for that.
    pub contact_change: Option<ConfirmBy>,
}

/// One case in the list of cases that a session may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseLine {
    pub reference: String,
    /// The tenant's name, so that a representative of several tenants can tell the cases apart.
    pub resident: String,
    /// The caller's own reference for the case, if the caller gave one.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub own_reference: Option<String>,
    /// The caller's role: resident or representative.
    pub my_role: ActorRole,
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
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub updated_at: String,
}

/// An event on a case, as the caller sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    /// The entry's number among those shown to the caller, from 1. Hidden entries leave no gap, because the existence of one
    /// could endanger another person.
    pub n: u32,
    /// The event's kind, such as `status_changed`.
    pub kind: String,
    pub when: Moment,
    pub actor_role: ActorRole,
    /// The new status, if it changed.
    pub status: Option<Status>,
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub due: Option<Date>,
    /// Why the case was closed.
    pub closed_reason: Option<ClosedReason>,
    /// The text that was written, by any author; one line for each part.
    pub message: Option<String>,
    /// The day or month of a diary entry.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub on: Option<Day>,
    /// The name of the file that the event is about.
    pub filename: Option<String>,
    /// The files that the event is about, or that were attached to it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub files: Vec<FileView>,
    /// The order that the event is about, by its number among all orders of the case, from 1.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub order: Option<u8>,
    /// Whether the landlord has complied with that order.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub done: Option<Done>,
    /// The findings of a decision, one for each decided issue.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub findings: Vec<Finding>,
    /// The answer that was added after sending, under the code of its question.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub answers: Option<Answers>,
}

/// A page of the timeline, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Timeline {
    pub entries: Vec<TimelineEntry>,
    /// Send it as `cursor` to get the next entries; `null` at the end.
    pub next_cursor: Option<String>,
}

/// The version of a case as the caller sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseVersion {
    /// Opaque text, to be compared only.
    pub version: String,
}

/// A landlord of the register that matches a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LandlordMatch {
    /// The registration number given by the Regulator of Social Housing; opaque text.
    pub registration_number: String,
    pub name: String,
    /// Other and former names.
    pub also_known_as: Vec<String>,
    /// `housing_association`, `local_authority` or `for_profit_provider`.
    pub landlord_type: String,
    /// Why the search found this landlord, where its names do not show that; a sentence in the caller's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

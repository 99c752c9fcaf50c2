//! What a person or the organisation is shown: the shapes of the REST answers, which the pages are drawn from too.

use serde::{Deserialize, Serialize};
use time::Date;

#[cfg(feature = "ssr")]
use super::act::ActKind;
use super::answers::Answers;
#[cfg(feature = "ssr")]
use super::contact_plan::change::ConfirmBy;
use super::event::ActorRole;
#[cfg(feature = "ssr")]
use super::event::Day;
use super::fields::iso_date;
use super::form::choices;
#[cfg(feature = "ssr")]
use super::journey::StepId;
use super::journey::{self, StepState};
#[cfg(feature = "ssr")]
use super::outcome::{Done, Finding};
#[cfg(feature = "ssr")]
use super::place::Page;
use super::place::Place;
use super::questions::CategoryKind;
#[cfg(feature = "ssr")]
use super::status::ClosedReason;
use super::status::{Actor, Status};

#[cfg(feature = "ssr")]
use people::ClaimView;

#[cfg(feature = "ssr")]
pub mod contact;
pub mod desk;
#[cfg(feature = "ssr")]
pub mod draft_devices;
#[cfg(feature = "ssr")]
pub mod held_drafts;
pub mod people;
#[cfg(feature = "ssr")]
pub mod sign_ins;

/// A moment: the instant, and how it reads on a clock in England.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Moment {
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "ssr", schema(format = DateTime))]
    pub at: String,
    /// The date in Europe/London.
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = Date))]
    pub date: Date,
    /// The time in Europe/London, `14:02`.
    pub time: String,
}

/// One question and how far it has got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct JourneyStep {
    /// The question's code, as `PUT /api/v1/drafts/{id}/answers/{step}` takes it.
    pub step: String,
    pub path: String,
    pub state: StepState,
}

impl JourneyStep {
    /// The journey that these answers call for.
    #[must_use]
    pub fn all(answers: &Answers) -> Vec<Self> {
        journey::steps(answers)
            .map(|place: Place| Self {
                step: place.code(),
                path: place.path(),
                state: journey::state(place, answers),
            })
            .collect()
    }
}

choices! {
    /// What has become of an uploaded file.
    FileState {
        /// Its bytes are still arriving.
        Receiving = "receiving",
        /// It is safely stored and waits to be checked for viruses.
        Scanning = "scanning",
        Clean = "clean",
        Refused = "refused",
    }
}

choices! {
    /// What an uploaded file is for.
    Purpose {
        Evidence = "evidence",
        LandlordLetter = "landlord_letter",
        Authority = "authority",
    }
}

/// An uploaded file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "ssr",
    expect(clippy::struct_excessive_bools, reason = "each is a fact of its own in the REST answer")
)]
pub struct FileView {
    pub id: String,
    /// The name it had on the person's device.
    pub filename: String,
    /// Found from its content, not from its name.
    pub media_type: String,
    pub bytes: u64,
    /// Hexadecimal.
    pub sha256: String,
    /// When all of it was here.
    pub received: Moment,
    pub state: FileState,
    /// Whether it was checked for viruses.
    pub scanned: bool,
    /// Whether it can be opened: once nothing was found in it, or unscanned where the organisation has switched scanning off.
    pub readable: bool,
    /// Why it was refused, as a code: `virus`.
    pub reason: Option<String>,
    pub purpose: Purpose,
    /// When a picture was taken, by the camera's own clock: a date and a time, with the distance to UTC only when the camera
    /// noted it.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(example = "2026-03-04T18:30:00"))]
    pub taken_at: Option<String>,
    /// Whether a picture or film says where it was taken. Of a picture a copy without that can be made.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(required = true))]
    pub has_place: bool,
    /// What its sender calls it.
    #[serde(default)]
    pub caption: Option<String>,
    /// What its sender says it shows.
    #[serde(default)]
    pub shows: Option<String>,
    /// Set when the sender had a copy made without the place: the SHA-256 of what came first. The file is that copy.
    #[serde(default)]
    pub original_sha256: Option<String>,
    /// Whether it is a picture with a preview that can be had: a JPEG of at most 1600 pixels a side.
    // The pages that come alive show none, and need not know.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    #[schema(required = true)]
    pub has_preview: bool,
    /// Whether the virus scanner suspects it, and a person of the organisation decides whether it may be opened. Its state is `scanning`.
    #[cfg(feature = "ssr")]
    #[serde(default)]
    #[schema(required = true)]
    pub held: bool,
}

/// How far the files of a complaint have got that was sent before all of them were here.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arriving {
    /// How many are here.
    pub here: u64,
    /// Those that are on their way.
    pub coming: Vec<Coming>,
    /// The names of those that did not arrive.
    pub missing: Vec<String>,
}

/// A file that is on its way.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coming {
    pub id: String,
    pub filename: String,
}

#[cfg(feature = "ssr")]
impl Arriving {
    /// How many there are to be, with those that did not arrive.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.here + self.coming.len() as u64 + self.missing.len() as u64
    }
}

/// A draft: what has been answered so far, and what is still asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
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
    /// Goes up by one with each save.
    pub revision: i64,
    /// Today in Europe/London, for rules that need it.
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = Date))]
    pub today: Date,
    /// The complaint's reference once it has been sent; empty on a device other than the one that sent it.
    pub sent: Option<String>,
}

#[cfg(feature = "ssr")]
impl DraftView {
    /// The address of the page where somebody goes on who has been away.
    #[must_use]
    pub fn resume_at(&self) -> String {
        Page::Tasks.path()
    }

    /// Whether another device sent the complaint.
    #[must_use]
    pub fn is_sent_elsewhere(&self) -> bool {
        self.sent.as_deref() == Some("")
    }

    /// The email address among the answers, so that nobody has to type it twice (WCAG 2.2, 3.3.7). Empty when there is none.
    #[must_use]
    pub fn contact_email(&self) -> &str {
        self.answers.text(StepId::Contact, "email")
    }
}

/// What a person gets for sending a complaint.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Receipt {
    pub reference: String,
    /// Shown with the receipt and nowhere else.
    pub access_code: String,
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "ssr", schema(format = DateTime))]
    pub submitted_at: String,
    pub submitted: Moment,
    /// The page that shows this receipt to the one who sent it.
    pub receipt_url: String,
    pub next: Next,
    /// Of a complaint for a tenant: what the claim to act for them waits for.
    #[cfg(feature = "ssr")]
    pub claim: Option<ClaimView>,
}

/// Never the access code: a debug line must not open a case.
impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receipt")
            .field("submitted_at", &self.submitted_at)
            .finish_non_exhaustive()
    }
}

/// What happens next: who acts, and by when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Next {
    /// The status it follows from; `status.<code>.next` in `locales/` says what happens.
    pub status: Status,
    pub who_acts: Actor,
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
    pub due: Option<Date>,
}

/// One thing complained of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Issue {
    pub category: CategoryKind,
    /// The narrower category, where one was chosen.
    pub subcategory: Option<String>,
    pub what_happened: String,
    pub put_right: String,
}

/// Someone on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Person {
    pub role: ActorRole,
    pub name: String,
}

/// Questions that wait for answers.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RequestView {
    /// Its place among the requests of the case, from 1.
    pub n: u16,
    pub questions: Vec<String>,
    /// Reply by.
    #[serde(with = "iso_date")]
    #[schema(value_type = String, format = Date)]
    pub due: Date,
}

/// Something the landlord has to do.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderView {
    /// Its place among all orders of the case, from 1.
    pub order: u8,
    pub what: String,
    #[serde(with = "iso_date")]
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    /// Whether it was done, as somebody on the case said last.
    pub done: Option<Done>,
    pub note: Option<String>,
}

/// What the organisation decided.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DecisionView {
    /// The decision in words the people on the case read.
    pub message: String,
    /// The newest finding about each thing complained of, in the order of `issues`.
    pub findings: Vec<Finding>,
    /// The last day to ask for a review.
    #[serde(with = "iso_date")]
    #[schema(value_type = String, format = Date)]
    pub review_until: Date,
}

/// Something that somebody on the case needs from the organisation.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NeedView {
    /// Its code, as in the answers.
    pub need: String,
    /// What the organisation did about it, oldest first. Empty: nothing yet.
    pub acted_on: Vec<String>,
}

/// A case as its own people see it.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CaseView {
    pub reference: String,
    pub status: Status,
    pub who_acts: Actor,
    pub next: Next,
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
    pub due: Option<Date>,
    /// Whether that day has gone by.
    pub late: bool,
    /// Why, when closed.
    pub closed_reason: Option<ClosedReason>,
    /// Who this caller is: their number on the case.
    pub me: u8,
    /// Whether this caller is the tenant or acts for them.
    pub my_role: ActorRole,
    /// Claims to act for the tenant that wait, each with whom it waits for.
    pub claims: Vec<ClaimView>,
    /// What this caller can do on the case today.
    pub can: Vec<ActKind>,
    /// What the organisation asks, while it waits for answers that this caller can give.
    pub request: Option<RequestView>,
    pub orders: Vec<OrderView>,
    /// The newest decision, for those who may read it.
    #[serde(default)]
    #[schema(required = true)]
    pub decision: Option<DecisionView>,
    /// The last day on which this caller can ask for a review of the decision.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub review_until: Option<Date>,
    /// The last day on which this caller can undo the withdrawal.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub undo_until: Option<Date>,
    pub landlord: String,
    /// All that is complained of: first what was sent, then what was added.
    pub issues: Vec<Issue>,
    /// What people on the case need from the organisation.
    pub needs: Vec<NeedView>,
    /// The answers as they were sent. A person who did not send them reads nothing of how the sender is reached and what is unsafe; nothing at
    /// all when the case is `partial`.
    pub answers: Answers,
    /// Everybody who may see the case or is complained for.
    pub people: Vec<Person>,
    pub files: Vec<FileView>,
    /// The day after which what is closed need not be kept any more.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub kept_until: Option<Date>,
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "ssr", schema(format = DateTime))]
    pub submitted_at: String,
    pub submitted: Moment,
    /// When the status last changed.
    pub updated: Moment,
    /// The ways by which we could not reach whoever asks, since they last told us how we can: `email`, `text`.
    pub unreached: Vec<String>,
    /// Whether parts of the case are left out, because what the tenant agreed to does not include seeing all of it.
    pub partial: bool,
    /// How a change of contact details of whoever asks is confirmed, when one waits for that.
    pub contact_change: Option<ConfirmBy>,
}

/// One line in the list of cases a session may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CaseLine {
    pub reference: String,
    /// The name of the tenant, so that whoever acts for several knows which is which.
    pub resident: String,
    /// What this caller calls the case in their own papers, where they have said that.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(required = true))]
    pub own_reference: Option<String>,
    /// Whether this caller is the tenant or acts for them.
    pub my_role: ActorRole,
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
    /// RFC 3339, UTC.
    #[cfg_attr(feature = "ssr", schema(format = DateTime))]
    pub updated_at: String,
}

/// Something that happened on a case.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TimelineEntry {
    /// Its place among what this person is shown of the case, from 1. What they are not shown leaves no gap: that there is something may be
    /// what keeps another safe.
    pub n: u32,
    /// The event's kind, such as `status_changed`.
    pub kind: String,
    pub when: Moment,
    pub actor_role: ActorRole,
    /// The new status, when it changed.
    pub status: Option<Status>,
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
    /// Why, when the case was closed.
    pub closed_reason: Option<ClosedReason>,
    /// What was written, by whomever; a line for each part.
    pub message: Option<String>,
    /// The day or month that an entry of the diary is about.
    #[serde(default)]
    #[schema(required = true)]
    pub on: Option<Day>,
    /// The name of the file it is about.
    pub filename: Option<String>,
    /// The files it is about, or that came with it.
    #[serde(default)]
    #[schema(required = true)]
    pub files: Vec<FileView>,
    /// The order it is about: its place among all orders of the case, from 1.
    #[serde(default)]
    #[schema(required = true)]
    pub order: Option<u8>,
    /// Whether that was done.
    #[serde(default)]
    #[schema(required = true)]
    pub done: Option<Done>,
    /// What a decision found about each thing complained of.
    #[serde(default)]
    #[schema(required = true)]
    pub findings: Vec<Finding>,
}

/// A page of the timeline, oldest first.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Timeline {
    pub entries: Vec<TimelineEntry>,
    /// Send it as `cursor` for the entries after these; `null` at the end.
    pub next_cursor: Option<String>,
}

/// A landlord that a search found in the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LandlordMatch {
    /// The Regulator of Social Housing's number, opaque text.
    pub registration_number: String,
    pub name: String,
    /// Other and earlier names.
    pub also_known_as: Vec<String>,
    /// `housing_association`, `local_authority` or `for_profit_provider`.
    pub landlord_type: String,
}

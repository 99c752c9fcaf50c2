//! The one way a page gets data: read through [`Portal`], which the services answer on the server and the REST API in the
//! browser. What a person *does* goes another way: a posted form, or `app::browser`.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::shell::Frames;
#[cfg(feature = "ssr")]
use crate::complaint::Place;
use crate::complaint::clock::Clock;
#[cfg(feature = "ssr")]
use crate::complaint::view::contact::ContactView;
#[cfg(feature = "ssr")]
use crate::complaint::view::draft_devices::{DraftDevice, DraftSummary};
#[cfg(feature = "ssr")]
use crate::complaint::view::held_drafts::{DraftLine, OwnDetails};
#[cfg(feature = "ssr")]
use crate::complaint::view::people::{CasePeople, CasePerson, ConsentRequest, Joined, NoAccess, WayIn};
#[cfg(feature = "ssr")]
use crate::complaint::view::sign_ins::SignIn;
#[cfg(feature = "ssr")]
use crate::complaint::view::{Arriving, CaseLine, CaseView, Moment, Receipt, Timeline};
use crate::complaint::view::{DraftView, LandlordMatch};
use crate::complaint::{Answers, FieldError, Fields};
#[cfg(feature = "ssr")]
use crate::text::Language;

/// Why a page could not get its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum PortalError {
    /// The service cannot be reached just now: the network, or our own database. Trying again later helps.
    #[error("the service cannot be reached")]
    Unavailable,
    /// Something broke on our side.
    #[error("something went wrong")]
    Broken,
}

/// An answer on its way.
pub type PortalFuture<T> = Pin<Box<dyn Future<Output = Result<T, PortalError>> + Send>>;

/// A case with what happened on it.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CasePage {
    pub case: CaseView,
    /// All of it.
    pub timeline: Timeline,
    pub arriving: Arriving,
    /// What the complaint clock says about what was sent; `None` for a person who does not see what was sent.
    pub clock: Option<Clock>,
    /// Names the form on this page: the same form posted twice is one act.
    pub form_key: String,
    /// How many years a case is kept after it was closed.
    pub years: u32,
    /// Whether the session opens other cases too.
    pub is_one_of_many: bool,
}

/// Where pages get their data. What only pages of the server ask for is not asked for in the browser. Each method speaks for the person behind the request: their draft cookie, their session.
pub trait Portal: Send + Sync {
    /// The draft of this browser; `None` when there is none or it has expired.
    fn draft(&self) -> PortalFuture<Option<DraftView>>;
    /// What the complaint clock says about these answers.
    fn clock(&self, answers: Answers) -> PortalFuture<Clock>;
    /// What it says about the complaint that was sent from this browser's draft; `None` like the receipt.
    #[cfg(feature = "ssr")]
    fn sent_clock(&self) -> PortalFuture<Option<Clock>>;
    /// The receipt of this browser's draft, while it is still shown; `None` when nothing was sent or it is too long ago.
    #[cfg(feature = "ssr")]
    fn receipt(&self) -> PortalFuture<Option<Receipt>>;
    /// How far its files have got that were on their way when it was sent; `None` like the receipt.
    #[cfg(feature = "ssr")]
    fn sent_arriving(&self) -> PortalFuture<Option<Arriving>>;
    /// Whether whoever sent that complaint can still answer the equality questions.
    #[cfg(feature = "ssr")]
    fn equality_open(&self) -> PortalFuture<bool>;
    /// A case of this session; `None` when not signed in or not theirs.
    #[cfg(feature = "ssr")]
    fn case(&self, reference: String) -> PortalFuture<Option<CasePage>>;
    /// The cases this session may see; none when not signed in.
    #[cfg(feature = "ssr")]
    fn cases(&self) -> PortalFuture<Vec<CaseLine>>;
    /// Where whoever holds this session is signed in; empty when not signed in.
    #[cfg(feature = "ssr")]
    fn sign_ins(&self) -> PortalFuture<Vec<SignIn>>;
}

/// The portal as pages find it in context.
pub type PortalHandle = Arc<dyn Portal>;

/// Why a posted form was not acted on although nothing was wrong with the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// The database or the disk cannot be reached. Nothing typed is lost: it is on the page that says so.
    NotSaved,
    /// Too many tries; wait this many seconds.
    TooMany { seconds: u64 },
    /// The complaint could not be sent: no connection, or our own trouble. Sending again makes no second one.
    NotSent,
    /// Another device saved since this page was opened.
    ChangedElsewhere,
}

/// A posted form that comes back: what was typed, and what was wrong. Provided by `forms` before it renders the page again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    pub fields: Fields,
    pub errors: Vec<FieldError>,
    pub trouble: Option<Trouble>,
    /// The landlords that were found for what was typed, when the person asked to look for it.
    pub found: Option<Vec<LandlordMatch>>,
}

/// How long things are kept, as it is set. In context on every page the server draws.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keeping {
    /// Days a draft is kept after its last save.
    pub draft_days: u32,
    /// Days before its end that the person is warned.
    pub warning_days: u32,
    /// Hours a code works.
    pub code_hours: u32,
    /// Days a device is remembered.
    pub remember_days: u32,
}

/// How large files may be, in bytes. In context on every page the server draws.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileSizes {
    pub file: u64,
    /// A sound or a film.
    pub recording: u64,
}

/// Whether a question stands on the page, with a form that other parts of the page may belong to. In context on every page the
/// server draws.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QuestionThere(pub bool);

/// What the pages of saving and coming back show besides the draft. In context when `forms` has something to say.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returning {
    /// The page of a link.
    Link(LinkOpens),
    /// A code that was typed and opens a draft: the page asks before it is opened.
    Code { code: String, draft: DraftSummary },
    /// The page of saving for later.
    Saved {
        /// What was just done: `later.said.<said>` says it.
        said: Option<&'static str>,
        /// A code just made.
        code: Option<ShownCode>,
        /// Whether any link or code opens the draft.
        any_open: bool,
        /// Whether the draft is open on another device too.
        elsewhere: bool,
    },
    /// The page with the devices the draft is open on.
    Devices {
        devices: Vec<DraftDevice>,
        /// Whether one or more were just ended.
        done: bool,
    },
    /// The page for a device that was ended, with the question that was answered there just now.
    Closed { place: Option<Place> },
}

/// What the link of an email opens.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkOpens {
    /// Nothing, or nothing any more.
    Nothing,
    /// The database did not answer, so the link may well open a draft.
    Unknown,
    Draft(DraftSummary),
}

/// What the pages about acting for somebody show. In context when `forms` has something to say.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acting {
    /// Everybody on a case.
    People {
        people: CasePeople,
        /// What was just done: `acting.said.<said>` says it.
        said: Option<&'static str>,
        /// A code just made.
        code: Option<ShownCode>,
        /// Names the form for a paper: the same form posted twice brings it once.
        form_key: String,
    },
    /// One of them, whose rights the tenant may change.
    Person { reference: String, person: CasePerson },
    /// What a tenant is asked.
    Request {
        request: ConsentRequest,
        /// What the form posts back, by which the server knows since when the page was open.
        looked: String,
    },
    /// What they said: `acting.answered.<outcome>`.
    Answered { outcome: &'static str, may_come_in: bool },
    /// A way in of their own.
    WayIn(WayIn),
    /// Somebody comes by a code. Names the form: posted again with the same name and code it has the same answer.
    Join { form_key: String },
    /// Somebody has come by a code.
    Joined(Joined),
    /// A person with the right code may do nothing on the case.
    NoAccess(NoAccess),
    /// A link that opens nothing.
    Nothing,
}

/// An act that cannot be undone and was asked for by one tap. In context when `forms` asks whether it is meant.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sure {
    /// Names the sentences: `sure.<act>.title`, `.text` and `.button`.
    pub act: &'static str,
    /// The name of the person it is about; empty when it is about no other.
    pub name: String,
    /// The fields of the form, to be posted again.
    pub fields: Vec<(&'static str, String)>,
    /// Where the way back leads.
    pub back: String,
}

/// What the pages about the drafts of a browser show. In context when `forms` has something to say.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeldDrafts {
    /// The list of them.
    List {
        drafts: Vec<HeldDraft>,
        /// Whether other people use this device, so that nothing is listed.
        is_shared: bool,
        /// How many a browser may hold, when the person wanted one more.
        is_full: Option<usize>,
        /// Whether one was just deleted.
        is_deleted: bool,
    },
    /// The start page says that there are several.
    Several,
    /// The question before another complaint.
    Another {
        own: OwnDetails,
        /// The first question of a complaint without them.
        first_page: String,
    },
}

/// The numbers of the drafts of the browser, with spaces between them. In context on every page the server draws.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldNumbers(pub Option<String>);

/// A draft of a browser with the number that names it there.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldDraft {
    pub number: String,
    pub line: DraftLine,
}

/// What the pages about contact details show. In context when `forms` has something to say.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactPage {
    /// None for whoever was signed out while they typed.
    pub view: Option<ContactView>,
    /// Names the form on this page: the same form posted twice is one act.
    pub form_key: String,
    /// What was just done: `contact.said.<said>` says it.
    pub said: Option<&'static str>,
}

/// A code, to be shown this once.
#[cfg(feature = "ssr")]
#[derive(Clone, PartialEq, Eq)]
pub struct ShownCode {
    pub code: String,
    pub until: Moment,
}

/// Never the code: a debug line must not open a draft.
#[cfg(feature = "ssr")]
impl std::fmt::Debug for ShownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShownCode").field("until", &self.until).finish_non_exhaustive()
    }
}

/// What the shell of a page needs from the server, besides the page.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub struct ShellData {
    /// The address of the style sheet, hashed.
    pub main_css: Arc<str>,
    /// The styles a first page needs, to stand inside it; `None` when the browser has been here and has the sheet.
    pub inline_css: Option<Arc<str>>,
    /// The address of the script that brings the page alive, hashed.
    pub script: Arc<str>,
    /// The address of the Wasm, hashed.
    pub wasm: Arc<str>,
    /// The address of the sentences this page needs in the browser, in its language, hashed.
    pub text: Arc<str>,
    /// The address of the script that sends files, in its language, hashed.
    pub uploads: Arc<str>,
    /// The address of the script that keeps what is typed about a case, hashed.
    pub typed: Arc<str>,
    /// The languages the page can be had in.
    pub languages: Arc<[Language]>,
    pub favicon: Arc<str>,
    pub safety: Safety,
    /// What is kept of the pages drawn before.
    pub frames: Frames,
}

/// What pages need for people whom somebody watches.
#[derive(Clone, Debug)]
pub struct Safety {
    /// The address of the script that leaves at once, hashed.
    pub script: Arc<str>,
    /// Where *Exit this page* leads.
    pub exit_url: Arc<str>,
    /// The name of the cookie by which the script tells us that somebody has left.
    pub left: &'static str,
    /// Whether other people use this device.
    pub shared: bool,
    /// How many days answers are kept that were not sent.
    pub kept_days: u32,
}

#[cfg(feature = "ssr")]
impl ShellData {
    /// The files that the service worker keeps on the phone: all that the journey needs besides its pages.
    #[must_use]
    pub fn kept(&self) -> [&str; 6] {
        [
            &self.wasm,
            &self.script,
            &self.text,
            &self.main_css,
            &self.favicon,
            &self.safety.script,
        ]
    }
}

/// Who runs the portal and how else people can reach them. In context on every page; what is not set is not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Organisation {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// The postal address, its lines parted by line ends.
    pub post: Option<String>,
    /// When the telephone is answered, in the organisation's own words.
    pub hours: Option<String>,
}

//! The data interface of the pages. They read through [`Portal`], which the services answer on the server and the REST API in the
//! browser. It only reads: a person's input goes to the server as a posted form, or through `app::client`.

#[cfg(feature = "ssr")]
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::page_chrome::PageChromeCache;
#[cfg(feature = "ssr")]
use complaint::QuestionRef;
use complaint::clock::Clock;
use complaint::{Answers, FieldError, Fields};
#[cfg(feature = "ssr")]
use contract::browser_drafts::{DraftLine, OwnDetails};
#[cfg(feature = "ssr")]
use contract::contact::ContactView;
#[cfg(feature = "ssr")]
use contract::draft_devices::{DraftDevice, DraftSummary};
#[cfg(feature = "ssr")]
use contract::people::{CaseAccess, CasePeople, CasePerson, ConsentRequest, JoinedCase, NoAccess};
#[cfg(feature = "ssr")]
use contract::sessions::SignIn;
#[cfg(feature = "ssr")]
use contract::{CaseLine, CaseView, FileView, FilesProgress, Moment, Receipt, Timeline};
use contract::{DraftView, LandlordMatch};
#[cfg(feature = "ssr")]
use text::Language;

/// Why a page could not get its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum PortalError {
    /// The network or our own database cannot be reached now. Trying again later helps.
    #[error("the service cannot be reached")]
    Unavailable,
    /// An internal error.
    #[error("something went wrong")]
    Broken,
}

/// The future of a portal call.
pub type PortalFuture<T> = Pin<Box<dyn Future<Output = Result<T, PortalError>> + Send>>;

/// A case with its timeline.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CasePage {
    pub case: CaseView,
    /// All entries.
    pub timeline: Timeline,
    pub arriving: FilesProgress,
    /// The complaint clock of the sent complaint; `None` for a person who may not see what was sent.
    pub clock: Option<Clock>,
    /// The idempotency key of the form on this page: posting the form twice is one case action.
    pub form_key: String,
    /// How many years a case is kept after it was closed.
    pub years: u32,
    /// Whether the session opens other cases too.
    pub is_one_of_many: bool,
    /// What this person has typed on the page and not submitted: the fields with their values.
    pub typed: BTreeMap<String, Vec<String>>,
    /// The version of the case that the page shows; see `contract::CaseVersion`.
    pub version: String,
}

/// The source of the pages' data. Methods that only server-only pages call are not compiled for the browser. Each method answers for the
/// person behind the request: their draft cookie, their session.
pub trait Portal: Send + Sync {
    /// The draft of this browser; `None` when there is none or it has expired.
    fn draft(&self) -> PortalFuture<Option<DraftView>>;
    /// The complaint clock for these answers.
    fn clock(&self, answers: Answers) -> PortalFuture<Clock>;
    /// The complaint clock for the complaint sent from this browser's draft; `None` like the receipt.
    #[cfg(feature = "ssr")]
    fn sent_clock(&self) -> PortalFuture<Option<Clock>>;
    /// The receipt of this browser's draft, while it is still shown. `None` if nothing was sent or it was too long ago.
    #[cfg(feature = "ssr")]
    fn receipt(&self) -> PortalFuture<Option<Receipt>>;
    /// The upload progress of files that were still being sent when the complaint was sent; `None` like the receipt.
    #[cfg(feature = "ssr")]
    fn sent_arriving(&self) -> PortalFuture<Option<FilesProgress>>;
    /// Whether the person who sent that complaint can still answer the equality questions.
    #[cfg(feature = "ssr")]
    fn equality_open(&self) -> PortalFuture<bool>;
    /// A case of this session; `None` if not signed in or not theirs.
    #[cfg(feature = "ssr")]
    fn case(&self, reference: String) -> PortalFuture<Option<CasePage>>;
    /// The cases that this session may see; none if not signed in.
    #[cfg(feature = "ssr")]
    fn cases(&self) -> PortalFuture<Vec<CaseLine>>;
    /// The devices on which the person of this session is signed in; empty if not signed in.
    #[cfg(feature = "ssr")]
    fn sign_ins(&self) -> PortalFuture<Vec<SignIn>>;
}

/// The portal, as pages find it in context.
pub type PortalHandle = Arc<dyn Portal>;

/// Why a posted form was not processed although its answer is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotProcessed {
    /// The database or the disk cannot be reached. The page that says so contains everything typed.
    NotSaved,
    /// Too many requests; wait this many seconds.
    TooMany { seconds: u64 },
    /// The complaint could not be sent: no connection, or an error of ours. Sending again creates no second complaint.
    NotSent,
    /// Another device saved since this page was opened.
    ChangedElsewhere,
}

/// A rejected form: what was typed, and the errors. Provided by `http::pages` before it renders the page again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedForm {
    pub fields: Fields,
    pub errors: Vec<FieldError>,
    pub trouble: Option<NotProcessed>,
    /// The landlords found for the typed name, if the person searched the register.
    pub found: Option<Vec<LandlordMatch>>,
}

/// The configured retention periods. In context on every page that the server renders.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionPeriods {
    /// Days a draft is kept after its last save.
    pub draft_days: u32,
    /// How many days before its end the person is warned.
    pub warning_days: u32,
    /// Hours a resume code works.
    pub code_hours: u32,
    /// Days a device is remembered.
    pub remember_days: u32,
    /// Years a closed case is kept.
    pub case_years: u32,
}

/// The size limits of files, in bytes. In context on every page that the server renders.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileSizes {
    pub file: u64,
    /// For audio and video.
    pub recording: u64,
}

/// Whether the page has a question's form, to which other parts of the page may belong. In context on every page that the server
/// renders.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HasQuestionForm(pub bool);

/// Text typed on pages of the draft and not submitted, as JSON: fields with their values, by question. In context when
/// `http::pages` provides it.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedText(pub Option<String>);

/// The questions, and the files with a description, whose pages have such text. In context when `http::pages` provides it.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfinished {
    pub questions: Vec<QuestionRef>,
    pub files: Vec<FileView>,
}

/// The data of the save and resume pages besides the draft. In context when `http::pages` provides it.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResumePage {
    /// The page of a resume link.
    Link(ResumeLinkTarget),
    /// A typed resume code that opens a draft: the page asks before opening it.
    Code { code: String, draft: DraftSummary },
    /// The page for saving.
    Saved {
        /// The action just completed: the key `save_and_resume.said.<said>`.
        said: Option<&'static str>,
        /// A resume code just created.
        code: Option<ShownCode>,
        /// Whether any resume link or code still opens the draft.
        any_open: bool,
        /// Whether the draft is open on another device too.
        elsewhere: bool,
    },
    /// The page that lists the devices on which the draft is open.
    Devices {
        devices: Vec<DraftDevice>,
        /// Whether the draft was just closed on one or more of them.
        done: bool,
    },
    /// The page for a device on which the draft was closed, with the question that was answered there just now.
    Closed { place: Option<QuestionRef> },
}

/// The draft that a resume link opens, if any.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResumeLinkTarget {
    /// No draft, or none any more.
    Nothing,
    /// The database did not answer, so the link may still open a draft.
    Unknown,
    Draft(DraftSummary),
}

/// The data of the pages about representation. In context when `http::pages` provides it.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RepresentationPage {
    /// The participants of a case.
    People {
        people: CasePeople,
        /// The action just completed: the key `representation.said.<said>`.
        said: Option<&'static str>,
        /// A hand-over code just created.
        code: Option<ShownCode>,
        /// The idempotency key of the form for a signed paper: posting it twice adds the paper once.
        form_key: String,
    },
    /// A representative whose rights the tenant may change.
    Person { reference: String, person: CasePerson },
    /// The request that the tenant is asked to answer.
    Request {
        request: ConsentRequest,
        /// Posted back by the form: tells the server when the page was opened.
        looked: String,
    },
    /// The result of the tenant's answer: the key `representation.answered.<outcome>`.
    Answered { outcome: &'static str, may_come_in: bool },
    /// The tenant's own reference and access code.
    OwnAccess(CaseAccess),
    /// The form for joining a case by a hand-over code. Posting it again with the same key and code gives the same answer.
    Join { form_key: String },
    /// A person has joined a case by a hand-over code.
    Joined(JoinedCase),
    /// A person with a valid code may do nothing on the case.
    NoAccess(NoAccess),
    /// A link that opens nothing.
    Nothing,
}

/// A confirmation before an action that cannot be undone. In context when `http::pages` asks for it.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Names the sentences: `confirmation.<act>.title`, `.text` and `.button`.
    pub act: &'static str,
    /// The name of the person or complaint concerned; empty if there is none.
    pub name: String,
    /// The fields of the form, to be posted again.
    pub fields: Vec<(&'static str, String)>,
    /// The address of the links that lead back.
    pub back: String,
}

/// The data of the pages about a browser's drafts. In context when `http::pages` provides it.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrowserDrafts {
    List {
        drafts: Vec<BrowserDraft>,
        /// Whether this is a shared device, on which nothing is listed.
        is_shared: bool,
        /// How many drafts a browser may hold, if the person wanted one more.
        is_full: Option<usize>,
        /// Whether a draft was just deleted.
        is_deleted: bool,
    },
    /// The browser holds several drafts, and the start page says so.
    Several,
    /// The question before another complaint is begun.
    Another {
        own: OwnDetails,
        /// The address of the first question of a complaint without these details.
        first_page: String,
    },
}

/// The numbers of the browser's drafts, separated by spaces. In context on every page that the server renders.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftNumbers(pub Option<String>);

/// When the server rendered a page that the phone may store. In context as an `Option`, which is `None` on other pages.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub struct ServedAt(pub Moment);

/// A draft of a browser, with the number that identifies it there.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserDraft {
    pub number: String,
    pub line: DraftLine,
}

/// The data of the pages about contact details. In context when `http::pages` provides it.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactPage {
    /// `None` if the person was signed out while typing.
    pub view: Option<ContactView>,
    /// The person's number on the case, like `view`.
    pub me: Option<String>,
    /// The idempotency key of the form on this page: posting the form twice is one case action.
    pub form_key: String,
    /// The action just completed: the key `contact.said.<said>`.
    pub said: Option<&'static str>,
}

/// A code that is shown only this once.
#[cfg(feature = "ssr")]
#[derive(Clone, PartialEq, Eq)]
pub struct ShownCode {
    pub code: String,
    pub until: Moment,
}

/// Omits the code: a debug line must not open a draft.
#[cfg(feature = "ssr")]
impl std::fmt::Debug for ShownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShownCode").field("until", &self.until).finish_non_exhaustive()
    }
}

/// The data that the document around a page needs from the server.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub struct ShellData {
    /// The hashed address of the style sheet.
    pub main_css: Arc<str>,
    /// The inline styles of a first page; `None` if the browser has been here before and has the style sheet.
    pub inline_css: Option<Arc<str>>,
    /// The hashed address of the script that hydrates the page.
    pub script: Arc<str>,
    /// The hashed address of the Wasm.
    pub wasm: Arc<str>,
    /// The hashed address of the sentences that this page needs in the browser, in its language.
    pub text: Arc<str>,
    /// The hashed address of the script that sends files, in the page's language.
    pub uploads: Arc<str>,
    /// The hashed address of the script that stores what is being typed about a case.
    pub typed: Arc<str>,
    /// The hashed address of the script of the pages of a case.
    pub portal: Arc<str>,
    /// The hashed address of the script that stores case actions on the phone until the server has them.
    pub unsent: Arc<str>,
    /// The languages that the site offers.
    pub languages: Arc<[Language]>,
    pub favicon: Arc<str>,
    /// The public URL of the portal, if it is configured. It is printed on the receipt.
    pub public_url: Option<Arc<str>>,
    /// The hashed address of the organisation's logo.
    pub logo: Option<Arc<str>>,
    pub safety: Safety,
    /// The cache of page chrome.
    pub page_chrome: PageChromeCache,
}

/// The data that pages need for people whose use of the device is watched by another person.
#[derive(Clone, Debug)]
pub struct Safety {
    /// The hashed address of the script that leaves at once.
    pub script: Arc<str>,
    /// Where *Exit this page* leads.
    pub exit_url: Arc<str>,
    /// The name of the cookie by which the script tells the server that the person has left.
    pub left: &'static str,
    /// Whether other people use this device.
    pub shared: bool,
    /// How many days unsent answers are kept.
    pub kept_days: u32,
}

#[cfg(feature = "ssr")]
impl ShellData {
    /// Returns the files that the service worker stores: all that the questionnaire needs besides its pages.
    pub fn kept(&self) -> Vec<&str> {
        let files = [
            &self.wasm,
            &self.script,
            &self.text,
            &self.main_css,
            &self.favicon,
            &self.safety.script,
        ];
        files.into_iter().chain(&self.logo).map(|file| &**file).collect()
    }
}

/// The organisation that runs the portal, shown on every page. A value that is not set is not shown.
///
/// It is in context on every page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Organisation {
    /// The name of the organisation.
    /// Example: `Example Housing Ombudsman`
    pub name: Option<String>,
    /// The file of the logo in the header: an SVG or PNG of at most 64 KiB.
    /// Example: `/etc/onrecord/logo.svg`
    pub logo: Option<std::path::PathBuf>,
    /// The colour of the header. White text on it needs a contrast of at least 4.5:1.
    /// Example: `#5a1f6b`
    pub header_colour: Option<String>,
    /// The colour of the line below the header, with a contrast of at least 3:1 to it.
    /// Example: `#ffdd00`
    pub accent_colour: Option<String>,
    /// The telephone number that people can call.
    /// Example: `01632 960 100`
    pub phone: Option<String>,
    /// The email address that people can write to.
    /// Example: `help@example.org`
    pub email: Option<String>,
    /// The postal address, with `\n` between its lines.
    /// Example: `1 Example Street\nExampletown`
    pub post: Option<String>,
    /// When the telephone is answered, in the organisation's own words.
    /// Example: `Monday to Friday, 9am to 5pm`
    pub hours: Option<String>,
    /// The organisation's own privacy notice. The portal's page says what this program does, and links to it.
    /// Example: `https://www.example.org/privacy`
    pub privacy_url: Option<String>,
    /// The organisation's own accessibility statement, linked likewise.
    /// Example: `https://www.example.org/accessibility`
    pub accessibility_url: Option<String>,
}

/// Returns the path of the current request.
#[cfg(feature = "ssr")]
pub(crate) fn address() -> String {
    leptos::prelude::use_context::<axum::http::request::Parts>().map_or_else(String::new, |parts| parts.uri.path().to_owned())
}

//! The data that pages are rendered from. A person's input goes to the server as a posted form, or through `app::client`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::page_chrome::PageChromeCache;
#[cfg(feature = "ssr")]
use crate::setting_rules::{given, page};
#[cfg(feature = "ssr")]
use complaint::QuestionRef;
use complaint::clock::Clock;
use complaint::fields::iso_date;
use complaint::{FieldError, Fields};
#[cfg(feature = "portal")]
use contract::CaseLine;
#[cfg(feature = "ssr")]
use contract::browser_drafts::{DraftLine, OwnDetails};
use contract::contact::ContactView;
#[cfg(feature = "ssr")]
use contract::draft_devices::{DraftDevice, DraftSummary};
use contract::people::{CaseAccess, CasePeople, CasePerson, ConsentRequest, JoinedCase, NoAccess};
#[cfg(feature = "portal")]
use contract::sessions::SignIn;
use contract::{CaseView, DraftView, FilesProgress, LandlordMatch, Moment, Timeline};
#[cfg(feature = "ssr")]
use contract::{FileView, Receipt};
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

/// A case with its timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// The data that a page is rendered from. The server reads it before it renders; in the browser it came with the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PageData {
    /// The page needs none.
    #[default]
    Nothing,
    /// The draft of this browser; `None` when there is none or it has expired.
    #[cfg(feature = "form")]
    Draft(Result<Option<DraftView>, PortalError>),
    /// The complaint that was sent from the draft of this browser.
    #[cfg(feature = "ssr")]
    #[serde(skip)]
    Sent(Result<SentPage, PortalError>),
    /// A case of this session; `None` if not signed in or not theirs.
    #[cfg(feature = "portal")]
    Case(Result<Option<CasePage>, PortalError>),
    /// The cases that this session may see; none if not signed in.
    #[cfg(feature = "portal")]
    Cases(Result<Vec<CaseLine>, PortalError>),
    /// The devices on which the person of this session is signed in; empty if not signed in.
    #[cfg(feature = "portal")]
    SignIns(Result<Vec<SignIn>, PortalError>),
}

/// The complaint that was sent from the draft of this browser, while it is still shown. All parts are `None` if nothing was sent or it was too long ago.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SentPage {
    pub receipt: Option<Receipt>,
    pub clock: Option<Clock>,
    /// The upload progress of files that were still being sent when the complaint was sent.
    pub arriving: Option<FilesProgress>,
    /// Whether the person can still answer the equality questions.
    pub is_equality_open: bool,
    pub draft: Option<DraftView>,
}

/// The page's data in context, until the page takes it.
#[derive(Clone, Copy)]
pub struct PageDataHandle(pub StoredValue<PageData>);

impl PageData {
    /// Takes the page's data from context.
    pub fn take() -> Self {
        let take = |PageDataHandle(data)| data.try_update_value(std::mem::take);
        use_context().and_then(take).unwrap_or_default()
    }

    /// Takes the draft. `None` on a page whose data is another.
    #[cfg(feature = "form")]
    pub fn take_draft() -> Result<Option<DraftView>, PortalError> {
        let Self::Draft(draft) = Self::take() else { return Ok(None) };
        draft
    }

    /// Takes the case. `None` on a page whose data is another.
    #[cfg(feature = "portal")]
    pub fn take_case() -> Result<Option<CasePage>, PortalError> {
        let Self::Case(case) = Self::take() else { return Ok(None) };
        case
    }
}

/// The complaint clock for the draft's answers as they were when the server rendered the page, until the page takes it. In context of the
/// page that shows it.
#[derive(Clone, Copy)]
pub struct ServedClock(pub StoredValue<Option<Clock>>);

/// The data of a page of the questionnaire, as JSON inside the page: the browser hydrates with what the server rendered from.
#[derive(Debug, Serialize, Deserialize)]
pub struct ServedPage<'a> {
    pub draft: Cow<'a, Result<Option<DraftView>, PortalError>>,
    pub rejected: Cow<'a, Option<RejectedForm>>,
    pub clock: Cow<'a, Option<Clock>>,
}

/// All that the pages of sign-in and of cases are rendered from, in context of every page. As JSON inside a page of the portal it lets the
/// browser hydrate with what the server rendered from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PortalPage {
    pub data: PageData,
    pub representation: Option<RepresentationPage>,
    pub contact: Option<ContactPage>,
    pub confirmation: Option<Confirmation>,
    pub rejected: Option<RejectedForm>,
    pub retention: RetentionPeriods,
    pub device: SharedDevice,
    /// Whether the page addresses a representative, about another person's case.
    pub is_to_representative: bool,
    /// Today in Europe/London.
    pub today: Option<IsoDate>,
}

impl PortalPage {
    /// Provides each part in context, and the language that the page speaks.
    pub fn provide(self, language: Language) {
        provide_context(PageDataHandle(StoredValue::new(self.data)));
        provide_if_any(self.representation);
        provide_if_any(self.contact);
        provide_if_any(self.confirmation);
        provide_if_any(self.rejected);
        provide_context(self.retention);
        provide_context(self.device);
        provide_context(if self.is_to_representative {
            language.to_representative()
        } else {
            language
        });
    }
}

/// Provides a value in context, if there is one.
pub fn provide_if_any<T: Send + Sync + 'static>(value: Option<T>) {
    if let Some(value) = value {
        provide_context(value);
    }
}

/// A date that is written `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct IsoDate(#[serde(with = "iso_date")] pub time::Date);

/// Whether other people use this device.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct SharedDevice(pub bool);

/// Returns whether other people use this device.
pub fn is_shared() -> bool {
    use_context::<SharedDevice>().unwrap_or_default().0
}

/// The id of the element with the [`ServedPage`] or [`PortalPage`].
pub const SERVED_PAGE_ID: &str = "page-data";

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RepresentationPage {
    /// The participants of a case.
    People {
        people: CasePeople,
        /// The action just completed: the key `representation.said.<said>`.
        said: Option<String>,
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
    Answered { outcome: String, may_come_in: bool },
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Names the sentences: `confirmation.<act>.title`, `.text` and `.button`.
    pub act: String,
    /// The name of the person or complaint concerned; empty if there is none.
    pub name: String,
    /// The fields of the form, to be posted again.
    pub fields: Vec<(String, String)>,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactPage {
    /// `None` if the person was signed out while typing.
    pub view: Option<ContactView>,
    /// The person's number on the case, like `view`.
    pub me: Option<String>,
    /// The idempotency key of the form on this page: posting the form twice is one case action.
    pub form_key: String,
    /// The action just completed: the key `contact.said.<said>`.
    pub said: Option<String>,
}

/// A code that is shown only this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownCode {
    pub code: String,
    pub until: Moment,
}

/// Omits the code: a debug line must not open a draft.
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
    /// The hashed address of the script that hydrates the pages of sign-in and of cases, and of their sentences in the page's language.
    pub portal_app: Arc<str>,
    pub portal_text: Arc<str>,
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
            &self.typed,
        ];
        files.into_iter().chain(&self.logo).map(|file| &**file).collect()
    }
}

/// The organisation that runs the portal, shown on every page. A value that is not set is not shown.
///
/// It is in context on every page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(validator::Validate))]
#[serde(default, deny_unknown_fields)]
pub struct Organisation {
    /// The name of the organisation.
    /// Example: `Example Housing Ombudsman`
    #[cfg_attr(feature = "ssr", validate(custom(function = "given")))]
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
    #[cfg_attr(feature = "ssr", validate(custom(function = "given")))]
    pub phone: Option<String>,
    /// The email address that people can write to.
    /// Example: `help@example.org`
    #[cfg_attr(feature = "ssr", validate(email))]
    pub email: Option<String>,
    /// The postal address, with `\n` between its lines.
    /// Example: `1 Example Street\nExampletown`
    #[cfg_attr(feature = "ssr", validate(custom(function = "given")))]
    pub post: Option<String>,
    /// When the telephone is answered, in the organisation's own words.
    /// Example: `Monday to Friday, 9am to 5pm`
    #[cfg_attr(feature = "ssr", validate(custom(function = "given")))]
    pub hours: Option<String>,
    /// The organisation's own privacy notice. The portal's page says what this program does, and links to it.
    /// Example: `https://www.example.org/privacy`
    #[cfg_attr(feature = "ssr", validate(url, custom(function = "page")))]
    pub privacy_url: Option<String>,
    /// The organisation's own accessibility statement, linked likewise.
    /// Example: `https://www.example.org/accessibility`
    #[cfg_attr(feature = "ssr", validate(url, custom(function = "page")))]
    pub accessibility_url: Option<String>,
}

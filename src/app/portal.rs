//! The one way a page gets data: read through [`Portal`], which the services answer on the server and the REST API in the
//! browser. What a person *does* goes another way: a posted form, or `app::browser`.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::complaint::view::DraftView;
#[cfg(feature = "ssr")]
use crate::complaint::view::{CaseView, Receipt, Timeline};
use crate::complaint::{FieldError, Fields};
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasePage {
    pub case: CaseView,
    pub timeline: Timeline,
}

/// Where pages get their data. What only pages of the server ask for is not asked for in the browser. Each method speaks for the person behind the request: their draft cookie, their session.
pub trait Portal: Send + Sync {
    /// The draft of this browser; `None` when there is none or it has expired.
    fn draft(&self) -> PortalFuture<Option<DraftView>>;
    /// The receipt of this browser's draft, while it is still shown; `None` when nothing was sent or it is too long ago.
    #[cfg(feature = "ssr")]
    fn receipt(&self) -> PortalFuture<Option<Receipt>>;
    /// A case of this session; `None` when not signed in or not theirs.
    #[cfg(feature = "ssr")]
    fn case(&self, reference: String) -> PortalFuture<Option<CasePage>>;
    /// The references of the cases this session may see; empty when not signed in.
    #[cfg(feature = "ssr")]
    fn cases(&self) -> PortalFuture<Vec<String>>;
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
    /// The addresses of the parts of the Wasm, hashed, in order.
    pub wasm: Arc<[Arc<str>]>,
    /// The address of the sentences this page needs in the browser, in its language, hashed.
    pub text: Arc<str>,
    /// The languages the page can be had in.
    pub languages: Arc<[Language]>,
    pub favicon: Arc<str>,
    pub safety: Safety,
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

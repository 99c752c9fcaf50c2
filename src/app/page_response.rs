//! The title of a page, its status, and redirects. The server answers with them; in the browser the title is the document's, and a redirect
//! opens a page.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use axum::http::StatusCode;

/// What the server answers besides the page's HTML. In context of every page that it renders.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy)]
pub(crate) struct PageResponse(StoredValue<Parts>);

/// The parts of a [`PageResponse`].
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    pub(crate) title: String,
    /// 200 if `None`.
    pub(crate) status: Option<StatusCode>,
    /// The address to which the browser is sent.
    pub(crate) redirect: Option<String>,
}

#[cfg(feature = "ssr")]
impl PageResponse {
    pub(crate) fn new() -> Self {
        Self(StoredValue::new(Parts::default()))
    }

    pub(crate) fn parts(self) -> Parts {
        self.0.get_value()
    }
}

#[cfg(feature = "ssr")]
fn change(by: impl FnOnce(&mut Parts)) {
    if let Some(PageResponse(parts)) = use_context() {
        parts.update_value(by);
    }
}

/// Answers with this status.
#[cfg_attr(not(feature = "ssr"), expect(unused_variables, reason = "only the server answers"))]
pub(crate) fn answer_with(status: u16) {
    #[cfg(feature = "ssr")]
    change(|parts| parts.status = StatusCode::from_u16(status).ok());
}

/// Opens a page in the browser instead of the one that is being rendered. In context of the questionnaire there.
#[cfg(feature = "hydrate")]
#[derive(Clone, Copy)]
pub struct OpenInstead(pub fn(&str));

/// Makes this the title of the document, whenever it changes.
pub fn set_title(title: impl Fn() -> String + 'static) {
    #[cfg(feature = "ssr")]
    change(|parts| parts.title = untrack(title));
    #[cfg(feature = "hydrate")]
    Effect::new(move || document().set_title(&title()));
}

/// Shows another page instead of this one.
pub fn redirect(path: &str) -> AnyView {
    #[cfg(feature = "ssr")]
    change(|parts| parts.redirect = Some(path.to_owned()));
    #[cfg(feature = "hydrate")]
    if let Some(OpenInstead(open)) = use_context() {
        open(path);
    }
    ().into_any()
}

//! Page chrome: header, exit button and footer. Rendered once for each `Kind` of page and cached as text.

use std::sync::{Arc, PoisonError, RwLock};

use leptos::prelude::*;

use crate::app::components::layout::{SiteFooter, SiteHeader};
use crate::app::components::safety::Exit;
use crate::app::portal::{HasQuestionForm, ShellData};
use crate::app::shell::address;
use crate::app::words::{language, say};
use complaint::questionnaire::steps::ROOT;
use text::Language;

/// The placeholder for the page's address in cached text: a private-use character, which no sentence contains.
const ADDRESS: &str = "\u{e000}";

/// Everything that the page chrome depends on except the address. The site's settings are the same for all of its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each field is a separate property of the page")]
struct Kind {
    language: Language,
    shared: bool,
    exit: bool,
    in_journey: bool,
    question: bool,
    /// Whether the site offers other languages.
    languages: bool,
}

/// The chrome of one kind of page: the inner HTML of its `<header>`, `<section>` and `<footer>`.
#[derive(Debug)]
pub(crate) struct PageChrome {
    before_address: String,
    /// `None` if the header does not contain the address, because the site offers no other language.
    after_address: Option<String>,
    /// The label and the inner HTML of the exit section.
    pub(crate) exit: Option<(String, Arc<str>)>,
    pub(crate) footer: Arc<str>,
}

/// Page chrome by kind of page.
type CachedChrome = Vec<(Kind, Arc<PageChrome>)>;

/// The cache of a site's page chrome. It has at most one entry for each kind of page, some dozens.
#[derive(Clone, Debug, Default)]
pub struct PageChromeCache(Arc<RwLock<CachedChrome>>);

impl PageChromeCache {
    /// Returns the chrome of the current page, and renders it on first use.
    pub(crate) fn for_page(data: &ShellData) -> Arc<PageChrome> {
        let path = address();
        let kind = Kind {
            language: language(),
            shared: data.safety.shared,
            // The start page only mentions the exit button: the resident has entered nothing yet.
            exit: path != "/",
            in_journey: path.starts_with(ROOT),
            question: use_context::<HasQuestionForm>().is_some_and(|there| there.0),
            languages: !data.languages.is_empty(),
        };
        let Self(frames) = &data.page_chrome;
        let known = frames.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, frame)) = known.iter().find(|(known, _)| *known == kind) {
            return Arc::clone(frame);
        }
        drop(known);
        let frame = Arc::new(PageChrome::drawn(kind));
        let mut known = frames.write().unwrap_or_else(PoisonError::into_inner);
        // Another request may have rendered the same chrome meanwhile.
        if known.iter().all(|(known, _)| *known != kind) {
            known.push((kind, Arc::clone(&frame)));
        }
        frame
    }
}

impl PageChrome {
    fn drawn(Kind { exit, in_journey, .. }: Kind) -> Self {
        let header = view! { <SiteHeader in_journey exit back=ADDRESS/> }.to_html();
        let (before_address, after_address) = match header.split_once(ADDRESS) {
            Some((before, after)) => (before.to_owned(), Some(after.to_owned())),
            None => (header, None),
        };
        Self {
            before_address,
            after_address,
            exit: exit.then(|| (say("safe.exit.label"), view! { <Exit/> }.to_html().into())),
            footer: view! { <SiteFooter/> }.to_html().into(),
        }
    }

    /// Returns the inner HTML of the header for the page at this address.
    pub(crate) fn header(&self, address: &str) -> String {
        let Some(after) = &self.after_address else {
            return self.before_address.clone();
        };
        let address = html_escape::encode_double_quoted_attribute(address);
        [&*self.before_address, &*address, &**after].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(after: Option<&str>) -> PageChrome {
        PageChrome {
            before_address: "<input value=\"".into(),
            after_address: after.map(str::to_owned),
            exit: None,
            footer: "".into(),
        }
    }

    #[test]
    fn an_address_stays_inside_its_quotes() {
        let header = frame(Some("\">")).header("/help?a=\"><b>&c");
        assert_eq!(header, "<input value=\"/help?a=&quot;&gt;&lt;b&gt;&amp;c\">");
    }

    #[test]
    fn a_header_that_names_no_page_stays_as_it_is() {
        assert_eq!(frame(None).header("/help"), "<input value=\"");
    }
}

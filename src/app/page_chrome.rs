//! Page chrome: header, exit button and footer. Rendered once for each [`PageKind`] and cached as text.

use std::sync::{Arc, PoisonError, RwLock};

use text::Language;

/// Everything that the page chrome depends on except the address. The site's settings are the same for all of its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each field is a separate property of the page")]
pub(crate) struct PageKind {
    pub(crate) language: Language,
    pub(crate) shared: bool,
    pub(crate) exit: bool,
    pub(crate) in_journey: bool,
    pub(crate) question: bool,
    /// Whether the site offers other languages.
    pub(crate) languages: bool,
}

/// The chrome of one kind of page: the inner HTML of its `<header>`, `<section>` and `<footer>`.
#[derive(Debug)]
pub(crate) struct PageChrome {
    pub(crate) before_address: String,
    /// `None` if the header does not contain the address, because the site offers no other language.
    pub(crate) after_address: Option<String>,
    /// The label and the inner HTML of the exit section.
    pub(crate) exit: Option<(String, Arc<str>)>,
    pub(crate) footer: Arc<str>,
}

/// Page chrome by kind of page.
type CachedChrome = Vec<(PageKind, Arc<PageChrome>)>;

/// The cache of a site's page chrome. It has at most one entry for each kind of page, some dozens.
#[derive(Clone, Debug, Default)]
pub struct PageChromeCache(Arc<RwLock<CachedChrome>>);

impl PageChromeCache {
    /// Returns the chrome of one kind of page. `render` makes it on first use.
    pub(crate) fn get(&self, kind: PageKind, render: impl FnOnce(PageKind) -> PageChrome) -> Arc<PageChrome> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, chrome)) = known.iter().find(|(known, _)| *known == kind) {
            return Arc::clone(chrome);
        }
        drop(known);
        let chrome = Arc::new(render(kind));
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Another request may have rendered the same chrome meanwhile.
        if known.iter().all(|(known, _)| *known != kind) {
            known.push((kind, Arc::clone(&chrome)));
        }
        chrome
    }
}

impl PageChrome {
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

    fn chrome(after: Option<&str>) -> PageChrome {
        PageChrome {
            before_address: "<input value=\"".into(),
            after_address: after.map(str::to_owned),
            exit: None,
            footer: "".into(),
        }
    }

    #[test]
    fn an_address_stays_inside_its_quotes() {
        let header = chrome(Some("\">")).header("/help?a=\"><b>&c");
        assert_eq!(header, "<input value=\"/help?a=&quot;&gt;&lt;b&gt;&amp;c\">");
    }

    #[test]
    fn a_header_that_names_no_page_stays_as_it_is() {
        assert_eq!(chrome(None).header("/help"), "<input value=\"");
    }
}

//! What stands around a page: the same on many of them. It is drawn once for each kind of page there is, and kept as text.

use std::sync::{Arc, PoisonError, RwLock};

use leptos::prelude::*;

use super::address;
use crate::app::components::layout::{SiteFooter, SiteHeader};
use crate::app::components::safety::Exit;
use crate::app::portal::{QuestionThere, ShellData};
use crate::app::words::{language, say};
use crate::complaint::journey::ROOT;
use crate::text::Language;

/// Stands in the kept text where the address of the page goes. No sentence has this letter.
const ADDRESS: &str = "\u{e000}";

/// All that the frame of a page depends on, but for its address. What a site has set is the same for all of its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own that the frame answers")]
struct Kind {
    language: Language,
    shared: bool,
    exit: bool,
    in_journey: bool,
    question: bool,
    /// Whether another language can be asked for.
    languages: bool,
}

/// The frame of one kind of page: the insides of its `<header>`, `<section>` and `<footer>`.
#[derive(Debug)]
pub(super) struct Frame {
    before_address: String,
    /// None where the header does not name the page: no other language can be asked for.
    after_address: Option<String>,
    /// The name of the way out and what is in it.
    pub(super) exit: Option<(String, Arc<str>)>,
    pub(super) footer: Arc<str>,
}

/// Frames by what they depend on.
type Drawn = Vec<(Kind, Arc<Frame>)>;

/// The frames of a site that were drawn so far: there are not more than kinds of pages, some dozens.
#[derive(Clone, Debug, Default)]
pub struct Frames(Arc<RwLock<Drawn>>);

impl Frames {
    /// The frame of this page.
    pub(super) fn of_page(data: &ShellData) -> Arc<Frame> {
        let path = address();
        let kind = Kind {
            language: language(),
            shared: data.safety.shared,
            // The start page only says that there is a way out: nothing has been told there yet.
            exit: path != "/",
            in_journey: path.starts_with(ROOT),
            question: use_context::<QuestionThere>().is_some_and(|there| there.0),
            languages: !data.languages.is_empty(),
        };
        let Self(frames) = &data.frames;
        let known = frames.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, frame)) = known.iter().find(|(known, _)| *known == kind) {
            return Arc::clone(frame);
        }
        drop(known);
        let frame = Arc::new(Frame::drawn(kind));
        let mut known = frames.write().unwrap_or_else(PoisonError::into_inner);
        // Another request may have drawn the same one meanwhile.
        if known.iter().all(|(known, _)| *known != kind) {
            known.push((kind, Arc::clone(&frame)));
        }
        frame
    }
}

impl Frame {
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

    /// What is in the header of the page at this address.
    pub(super) fn header(&self, address: &str) -> String {
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

    fn frame(after: Option<&str>) -> Frame {
        Frame {
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

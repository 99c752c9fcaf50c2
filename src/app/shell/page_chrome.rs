//! Renders the page chrome of the current page.

use std::sync::Arc;

use leptos::prelude::*;

use crate::app::address::address;
use crate::app::components::layout::{SiteFooter, SiteHeader};
use crate::app::components::safety::Exit;
use crate::app::page_chrome::{PageChrome, PageKind};
use crate::app::portal::{HasQuestionForm, ShellData};
use crate::app::words::{language, say};
use complaint::Page;
use complaint::questionnaire::steps::ROOT;

/// The placeholder for the page's address in cached text: a private-use character, which no sentence contains.
const ADDRESS: &str = "\u{e000}";

/// Returns the chrome of the current page, and renders it on first use.
pub(crate) fn page_chrome(data: &ShellData) -> Arc<PageChrome> {
    let address = address();
    let path = address.path();
    let kind = PageKind {
        language: language(),
        shared: data.safety.shared,
        // The start page only mentions the exit button: the resident has entered nothing yet.
        exit: path != "/",
        // After sending, the way back is a sign-in, as for a case.
        in_journey: path.starts_with(ROOT) && path != Page::Sent.path(),
        question: use_context::<HasQuestionForm>().is_some_and(|there| there.0),
        languages: !data.languages.is_empty(),
    };
    data.page_chrome.get(kind, render)
}

fn render(PageKind { exit, in_journey, .. }: PageKind) -> PageChrome {
    let header = view! { <SiteHeader in_journey exit back=ADDRESS/> }.to_html();
    let (before_address, after_address) = match header.split_once(ADDRESS) {
        Some((before, after)) => (before.to_owned(), Some(after.to_owned())),
        None => (header, None),
    };
    PageChrome {
        before_address,
        after_address,
        exit: exit.then(|| (say("safe.exit.label"), view! { <Exit in_journey/> }.to_html().into())),
        footer: view! { <SiteFooter/> }.to_html().into(),
    }
}

//! The page's one `h1`, and its title.

use leptos::prelude::*;
use leptos_meta::Title;

use super::Errors;
use crate::app::words::{say, say_with};

/// The id of every page's `h1`, where the focus goes when a page opens without a load.
pub const HEADING_ID: &str = "page-heading";

/// The document's title: the page and the service, "Error:" first when something is wrong on it.
#[component]
pub fn PageTitle(#[prop(into)] text: String, #[prop(optional)] errors: Option<Errors>) -> impl IntoView {
    let plain = say_with("form.title", &[("page", text.as_str()), ("service", say("site.name").as_str())]);
    let wrong = say_with("form.title_with_error", &[("title", plain.as_str())]);
    let title = move || {
        if errors.is_some_and(Errors::any) {
            wrong.clone()
        } else {
            plain.clone()
        }
    };
    // The server writes the title once the page is rendered, when its signals are out of reach: another request's may be in
    // their place by then. So it is made here and now.
    #[cfg(feature = "ssr")]
    let title = {
        let title = untrack(title);
        move || title.clone()
    };
    view! { <Title text=title/> }.into_any()
}

/// A page's `h1` where no label or legend is one.
#[component]
pub fn Heading(#[prop(into)] text: String) -> impl IntoView {
    view! { <h1 id=HEADING_ID class="govuk-heading-l" tabindex="-1">{text}</h1> }.into_any()
}

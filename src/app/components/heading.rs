//! The page's only `h1`, and the document title.

use leptos::prelude::*;

use super::Errors;
use crate::app::page_response::set_title;
use crate::app::words::{say, say_with};

/// The id of every page's `h1`, which gets the focus when a page opens without a page load.
pub const HEADING_ID: &str = "page-heading";

/// The document title: page and service, with "Error:" first if the page shows errors.
#[component]
pub fn PageTitle(#[prop(into)] text: String, #[prop(optional)] errors: Option<Errors>) -> impl IntoView {
    let plain = say_with("form.title", &[("page", text.as_str()), ("service", say("site.name").as_str())]);
    let wrong = say_with("form.title_with_error", &[("title", plain.as_str())]);
    set_title(move || {
        if errors.is_some_and(Errors::any) {
            wrong.clone()
        } else {
            plain.clone()
        }
    });
}

/// The page's `h1`, for pages on which no label or legend is the `h1`.
#[component]
pub fn Heading(#[prop(into)] text: String) -> impl IntoView {
    view! { <h1 id=HEADING_ID class="govuk-heading-l" tabindex="-1">{text}</h1> }.into_any()
}

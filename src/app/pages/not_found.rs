//! Pages for an unknown address, and for a server that cannot answer now.

use leptos::prelude::*;

use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::page_response::answer_with;
use crate::app::words::say;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    answer_with(404);
    view! {
        <PageTitle text=say("not_found.title")/>
        <Main back=None>
            <Heading text=say("not_found.title")/>
            <p class="govuk-body">{say("not_found.typed")}</p>
            <p class="govuk-body">{say("not_found.kept")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/" rel="external">{say("not_found.start")}</a></p>
        </Main>
    }
    .into_any()
}

/// An error on our side: the database cannot be read now.
#[component]
pub fn UnavailablePage() -> impl IntoView {
    answer_with(503);
    view! {
        <PageTitle text=say("unavailable.title")/>
        <Main back=None>
            <Heading text=say("unavailable.title")/>
            <p class="govuk-body">{say("unavailable.what")}</p>
            <p class="govuk-body">{say("unavailable.kept")}</p>
        </Main>
    }
    .into_any()
}

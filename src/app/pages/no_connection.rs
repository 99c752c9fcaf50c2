//! The page that the service worker shows without a connection, in place of a server-only page.

use leptos::prelude::*;

use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::words::say;
use complaint::Page;

/// Says that there is no connection, and that the questionnaire works without one.
#[component]
pub fn NoConnectionPage() -> impl IntoView {
    view! {
        <PageTitle text=say("offline.page.title")/>
        <Main back=None>
            <Heading text=say("offline.page.title")/>
            <p class="govuk-body">{say("offline.page.what")}</p>
            <p class="govuk-body">{say("offline.page.kept")}</p>
            <a class="govuk-button" role="button" href=Page::Tasks.path()>{say("offline.page.go_on")}</a>
        </Main>
    }
    .into_any()
}

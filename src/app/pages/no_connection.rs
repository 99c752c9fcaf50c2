//! What the service worker shows without a connection for a page that only the server can make.

use leptos::prelude::*;

use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::words::say;
use crate::complaint::Page;

/// No connection; the journey goes on without one.
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

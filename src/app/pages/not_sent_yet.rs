//! The page after Send, while the server does not have the complaint yet.

use leptos::prelude::*;

use crate::app::client_state::SendState;
use crate::app::components::SaveStatus;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::draft_store::DraftStore;
use crate::app::words::say;
use complaint::Page;

/// "Not sent yet. We will send it when you are back online."
#[component]
pub fn NotSentYet(store: DraftStore) -> impl IntoView {
    let known = store.device.queue.get_untracked() == SendState::Waiting;
    let (title, text) = if known {
        (say("offline.queued.title"), say("offline.queued.text"))
    } else {
        (say("offline.unknown.title"), say("offline.unknown.text"))
    };
    let action = if known {
        view! { <button type="button" class="govuk-button" on:click=move |_| try_now()>{say("offline.try_now")}</button> }.into_any()
    } else {
        view! { <a class="govuk-button" role="button" href="/help" rel="external">{say("site.help")}</a> }.into_any()
    };
    view! {
        <PageTitle text=title.clone()/>
        <Main back=None>
            <Heading text=title/>
            <p class="govuk-body">{text}</p>
            {action}
            <p class="govuk-body">
                <a class="govuk-link" href=Page::CheckAnswers.path() on:click=move |_| stop(store)>{say("offline.change")}</a>
            </p>
            <SaveStatus state=store.saving.into()/>
        </Main>
    }
    .into_any()
}

fn try_now() {
    #[cfg(all(feature = "hydrate", feature = "form"))]
    crate::app::client::sending::try_now();
}

#[cfg_attr(
    not(all(feature = "hydrate", feature = "form")),
    expect(unused_variables, reason = "only the browser uses the arguments")
)]
fn stop(store: DraftStore) {
    #[cfg(all(feature = "hydrate", feature = "form"))]
    crate::app::client::sending::stop(store);
}

//! The setting for a device that other people use: what it does, and the switch.

use leptos::prelude::*;

use super::posted;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::safety::SharedSwitch;
use crate::app::words::say;

#[component]
pub fn ThisPhonePage() -> impl IntoView {
    let from = posted().map(|posted| posted.fields.raw("from").to_owned()).unwrap_or_default();
    let items = ["safe.shared.then.cookies", "safe.shared.then.kept", "safe.shared.then.sign_in"];
    let items = items.iter().map(|key| view! { <li>{say(key)}</li> }).collect_view();
    view! {
        <PageTitle text=say("safe.shared.title")/>
        <Main back=Some(from.clone())>
            <Heading text=say("safe.shared.heading")/>
            <p class="govuk-body">{say("safe.shared.lead")}</p>
            <ul class="govuk-list govuk-list--bullet">{items}</ul>
            <p class="govuk-body">{say("safe.shared.close")}</p>
            <SharedSwitch from/>
        </Main>
    }
    .into_any()
}

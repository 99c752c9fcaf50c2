//! Other ways to get in touch, and where to turn in an emergency.

use leptos::prelude::*;

use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::words::say;

#[component]
pub fn HelpPage() -> impl IntoView {
    let paragraphs = |keys: &[&str]| keys.iter().map(|key| view! { <p class="govuk-body">{say(key)}</p> }).collect_view();
    view! {
        <PageTitle text=say("help.title")/>
        <Main back=None>
            <Heading text=say("help.title")/>
            <h2 class="govuk-heading-m">{say("help.emergency.title")}</h2>
            {paragraphs(&["help.emergency.life", "help.emergency.gas", "help.emergency.home"])}
            <h2 class="govuk-heading-m">{say("help.contact.title")}</h2>
            {paragraphs(&["help.contact.text"])}
            <h2 class="govuk-heading-m">{say("help.answers.title")}</h2>
            {paragraphs(&["help.answers.kept", "help.answers.code"])}
        </Main>
    }
    .into_any()
}

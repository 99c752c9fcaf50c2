//! Other contact channels, and where to turn in an emergency.

use leptos::prelude::*;

use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::{Main, phone_link};
use crate::app::portal::{Organisation, RetentionPeriods};
use crate::app::words::{language, say};

#[component]
pub fn HelpPage() -> impl IntoView {
    let days = use_context::<RetentionPeriods>().unwrap_or_default().draft_days;
    let paragraphs = |keys: &[&str]| keys.iter().map(|key| view! { <p class="govuk-body">{say(key)}</p> }).collect_view();
    view! {
        <PageTitle text=say("help.title")/>
        <Main back=None>
            <Heading text=say("help.title")/>
            <h2 class="govuk-heading-m">{say("help.emergency.title")}</h2>
            {paragraphs(&["help.emergency.life", "help.emergency.gas", "help.emergency.home"])}
            <h2 class="govuk-heading-m">{say("help.contact.title")}</h2>
            {paragraphs(&["help.contact.text"])}
            {contact()}
            <h2 class="govuk-heading-m">{say("help.answers.title")}</h2>
            <p class="govuk-body">{language().say_count("help.answers.kept", days.into())}</p>
            {paragraphs(&["help.answers.code"])}
            <p class="govuk-body"><a class="govuk-link" href="/return" rel="external">{say("start.elsewhere")}</a></p>
        </Main>
    }
    .into_any()
}

/// The organisation's contact channels, as far as they are configured.
fn contact() -> AnyView {
    let Organisation {
        name,
        phone,
        email,
        post,
        hours,
        ..
    } = use_context().unwrap_or_default();
    if phone.is_none() && email.is_none() && post.is_none() {
        return view! { <p class="govuk-body">{say("help.contact.ask")}</p> }.into_any();
    }
    let line = |key: &str, value: AnyView| view! { <p class="govuk-body"><strong>{say(key)}</strong>" "{value}</p> };
    let mail = |text: String| view! { <a class="govuk-link" href=format!("mailto:{text}") rel="external">{text.clone()}</a> }.into_any();
    let post = post.map(|post| name.into_iter().chain([post]).collect::<Vec<_>>().join("\n"));
    view! {
        {phone.map(|text| line("help.contact.phone", phone_link(text)))}
        {hours.map(|text| line("help.contact.hours", text.into_any()))}
        {email.map(|text| line("help.contact.email", mail(text)))}
        {post.map(|text| line("help.contact.post", view! { <span class="or-user-text">{text}</span> }.into_any()))}
    }
    .into_any()
}

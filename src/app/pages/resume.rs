//! Resuming a draft on this device, by a resume code or a resume link.

use leptos::prelude::*;

use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{ErrorSummary, Errors, TextInput, TroubleNotice};
use crate::app::pages::posted;
use crate::app::portal::{RejectedForm, ResumeLinkTarget, ResumePage, RetentionPeriods};
use crate::app::words::{language, say, say_with};
use contract::draft_devices::DraftSummary;

/// The form for a resume code, and the other ways to resume.
#[component]
pub fn ComeBackPage() -> impl IntoView {
    if let Some(ResumePage::Code { code, draft }) = use_context() {
        return ask(Some(draft), Some(code));
    }
    let RejectedForm {
        fields, errors, trouble, ..
    } = posted().unwrap_or_default();
    let errors = Errors::new(errors);
    let title = say("resume.title");
    let hours = use_context::<RetentionPeriods>().unwrap_or_default().code_hours;
    let lasts = language().say_count("resume.code.lasts", hours.into());
    view! {
        <PageTitle text=title.clone() errors/>
        <Main back=Some("/".into())>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <ErrorSummary errors/>
            <Heading text=title/>
            <h2 class="govuk-heading-m">{say("resume.code.title")}</h2>
            <p class="govuk-body">{say("resume.code.where")}" "{lasts}</p>
            <form method="post" action="/return" novalidate=true>
                <TextInput
                    name="code"
                    label=say("resume.code.label")
                    hint=say("resume.code.hint")
                    value=fields.raw("code")
                    errors
                    autocomplete="one-time-code"
                    width="govuk-input--width-10"
                    spellcheck=false
                />
                <button type="submit" class="govuk-button">{say("resume.code.go_on")}</button>
            </form>
            <h2 class="govuk-heading-m">{say("resume.link.title")}</h2>
            <p class="govuk-body">{say("resume.link.where")}</p>
            <h2 class="govuk-heading-m">{say("resume.none.title")}</h2>
            <p class="govuk-body">{say("resume.none.text")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/help" rel="external">{say("site.help")}</a></p>
        </Main>
    }
    .into_any()
}

/// The page of a resume link. A GET changes nothing, because mail programs open links too. Only the button opens the draft.
#[component]
pub fn LinkPage() -> impl IntoView {
    match use_context() {
        Some(ResumePage::Link(ResumeLinkTarget::Draft(draft))) => ask(Some(draft), None),
        Some(ResumePage::Link(ResumeLinkTarget::Unknown)) => ask(None, None),
        _ => view! { <NoWayBack/> }.into_any(),
    }
}

/// Asks whether to open a draft on this device. Says which draft it is, because an attacker could have sent a link to their own.
fn ask(draft: Option<DraftSummary>, code: Option<String>) -> AnyView {
    let trouble = posted().and_then(|posted| posted.trouble);
    let which = draft.as_ref().map(|draft| {
        let begun = language().date(draft.begun.date);
        match (draft.landlord.clone(), draft.town.clone()) {
            (Some(landlord), _) => say_with("resume.which.landlord", &[("date", begun), ("landlord", landlord)]),
            (None, Some(town)) => say_with("resume.which.town", &[("date", begun), ("town", town)]),
            (None, None) => say_with("resume.which.begun", &[("date", begun)]),
        }
    });
    // Without `action`, a form posts to the address of the page itself, which is the link.
    let form = match code {
        Some(code) => view! {
            <form method="post" action="/return">
                <input type="hidden" name="code" value=code/>
                <button type="submit" class="govuk-button" name="open" value="yes">{say("resume.open")}</button>
            </form>
        }
        .into_any(),
        None => view! {
            <form method="post">
                <button type="submit" class="govuk-button">{say("resume.open")}</button>
            </form>
        }
        .into_any(),
    };
    view! {
        <PageTitle text=say("resume.title")/>
        <Main back=None>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <Heading text=say("resume.title")/>
            {which.map(|which| view! { <p class="govuk-body or-user-text">{which}</p> })}
            <p class="govuk-body">{say("resume.not_yours")}</p>
            <p class="govuk-body">{say("resume.trust")}</p>
            {form}
            <p class="govuk-body"><a class="govuk-link" href="/" rel="external">{say("resume.leave")}</a></p>
        </Main>
    }
    .into_any()
}

/// The page of a link that opens nothing, or nothing any more.
#[component]
fn NoWayBack() -> impl IntoView {
    view! {
        <PageTitle text=say("resume.ended.title")/>
        <Main back=None>
            <Heading text=say("resume.ended.title")/>
            <p class="govuk-body">{say("resume.ended.why")}</p>
            <p class="govuk-body">{say("resume.ended.new")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/return" rel="external">{say("resume.ended.code")}</a></p>
            <p class="govuk-body"><a class="govuk-link" href="/" rel="external">{say("not_found.start")}</a></p>
        </Main>
    }
    .into_any()
}

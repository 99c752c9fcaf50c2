//! Saving for later: how long answers are kept, a resume link by email, a resume code.

use leptos::prelude::*;

use crate::app::components::expiry_notice::ExpiryNotice;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{ErrorSummary, Errors, TextInput, TroubleNotice};
use crate::app::pages::{UnavailablePage, posted};
use crate::app::portal::{PageData, RejectedForm, ResumePage, ShownCode};
use crate::app::words::{language, say, say_with};
use contract::DraftView;

#[component]
pub fn SaveForLaterPage() -> impl IntoView {
    match PageData::take_draft() {
        Ok(Some(draft)) if draft.sent.is_none() => ways(draft),
        Ok(_) => view! { <NothingToSave/> }.into_any(),
        Err(_) => view! { <UnavailablePage/> }.into_any(),
    }
}

/// The page with all ways to resume.
fn ways(draft: DraftView) -> AnyView {
    let RejectedForm {
        fields, errors, trouble, ..
    } = posted().unwrap_or_default();
    let errors = Errors::new(errors);
    let (said, code, any_open, elsewhere) = match use_context() {
        Some(ResumePage::Saved {
            said,
            code,
            any_open,
            elsewhere,
        }) => (said, code, any_open, elsewhere),
        _ => (None, None, false, false),
    };
    let title = say("save_and_resume.title");
    let kept = say_with("save_and_resume.kept", &[("date", language().date(draft.expires.date))]);
    let email = draft.contact_email().to_owned();
    let typed = fields.raw("email");
    let email = if errors.any() || !typed.is_empty() {
        typed.to_owned()
    } else {
        email
    };
    let go_on = draft.resume_at();
    view! {
        <PageTitle text=title.clone() errors/>
        <Main back=Some(go_on.clone())>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <ErrorSummary errors/>
            <Heading text=title/>
            {said.map(notice)}
            {code.map(shown)}
            <ExpiryNotice draft=draft/>
            <p class="govuk-body">{kept}</p>
            <p class="govuk-body">{say("save_and_resume.here")}</p>
            <h2 class="govuk-heading-m">{say("save_and_resume.email.title")}</h2>
            <p class="govuk-body">{say("save_and_resume.email.text")}</p>
            <p class="govuk-body">{say("save_and_resume.email.safe")}</p>
            <form method="post" action="/save-and-return" novalidate=true>
                <TextInput name="email" label=say("save_and_resume.email.label") value=email errors autocomplete="email" kind="email" spellcheck=false/>
                <button type="submit" class="govuk-button" name="action" value="email">{say("save_and_resume.email.button")}</button>
            </form>
            <h2 class="govuk-heading-m">{say("save_and_resume.code.title")}</h2>
            <p class="govuk-body">{say("save_and_resume.code.text")}</p>
            <p class="govuk-body">{say("save_and_resume.code.safe")}</p>
            <form method="post" action="/save-and-return">
                <button type="submit" class="govuk-button govuk-button--secondary" name="action" value="code">{say("save_and_resume.code.button")}</button>
            </form>
            {any_open.then(|| stop(elsewhere))}
            <h2 class="govuk-heading-m">{say("open_devices.title")}</h2>
            <p class="govuk-body">{say("save_and_resume.devices")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/open-devices" rel="external">{say("open_devices.link")}</a></p>
            <p class="govuk-body"><a class="govuk-link" href=go_on rel="external">{say("start.go_on")}</a></p>
        </Main>
    }
    .into_any()
}

/// The confirmation of what was just done.
fn notice(said: &'static str) -> AnyView {
    view! {
        <div class="govuk-notification-banner govuk-notification-banner--success" role="alert" aria-labelledby="done-title" tabindex="-1" autofocus=true>
            <div class="govuk-notification-banner__header">
                <h2 class="govuk-notification-banner__title" id="done-title">{say("save_and_resume.done")}</h2>
            </div>
            <div class="govuk-notification-banner__content"><p class="govuk-body">{say(&format!("save_and_resume.said.{said}"))}</p></div>
        </div>
    }
    .into_any()
}

/// The resume code in large type, for reading out.
fn shown(code: ShownCode) -> AnyView {
    let until = [("time", code.until.time.clone()), ("date", language().date(code.until.date))];
    view! {
        <div class="or-reference">
            <p class="or-reference__label" id="code-label">{say("save_and_resume.code.label")}</p>
            <output class="or-reference__code" aria-labelledby="code-label">{code.code}</output>
            <p class="or-reference__note">{say_with("save_and_resume.code.until", &until)}</p>
        </div>
        <p class="govuk-body">{say("save_and_resume.code.how")}</p>
    }
    .into_any()
}

/// Revokes links and codes and, on request, closes the draft on all other devices, which keep it open otherwise.
fn stop(elsewhere: bool) -> AnyView {
    view! {
        <h2 class="govuk-heading-m">{say("save_and_resume.stop.title")}</h2>
        <p class="govuk-body">{say("save_and_resume.stop.text")}</p>
        <form method="post" action="/save-and-return">
            <button type="submit" class="govuk-button govuk-button--warning" name="action" value="stop">{say("save_and_resume.stop.button")}</button>
            {elsewhere.then(|| view! {
                <p class="govuk-body">{say("save_and_resume.stop.elsewhere")}</p>
                <button type="submit" class="govuk-button govuk-button--warning" name="action" value="stop_all">{say("save_and_resume.stop.all")}</button>
            })}
        </form>
    }
    .into_any()
}

/// Shown when this browser has no answers, or they were sent.
#[component]
fn NothingToSave() -> impl IntoView {
    view! {
        <PageTitle text=say("save_and_resume.nothing.title")/>
        <Main back=Some("/".into())>
            <Heading text=say("save_and_resume.nothing.title")/>
            <p class="govuk-body">{say("save_and_resume.nothing.text")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/return" rel="external">{say("start.elsewhere")}</a></p>
            <p class="govuk-body"><a class="govuk-link" href="/" rel="external">{say("not_found.start")}</a></p>
        </Main>
    }
    .into_any()
}

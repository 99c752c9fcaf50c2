//! Signing in to a case with its reference and access code.

use leptos::prelude::*;

use super::no_access::no_access;
use super::posted;
use crate::app::components::choices::Checkbox;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{ErrorSummary, Errors, TextInput, TroubleNotice};
use crate::app::portal::is_shared;
use crate::app::portal::{RejectedForm, RepresentationPage, RetentionPeriods};
use crate::app::words::{language, say};

/// The checkbox for remembering the device. Not shown on a shared device.
#[component]
pub fn Remember(ticked: bool, errors: Errors) -> impl IntoView {
    (!is_shared()).then(|| {
        let days = use_context::<RetentionPeriods>().unwrap_or_default().remember_days;
        let label = language().say_count("sign_in.remember", days.into());
        view! { <Checkbox name="remember" label checked=ticked errors/> }.into_any()
    })
}

/// A plain form, posted without JavaScript. Codes can be pasted, and nothing has to be memorised (WCAG 3.3.8).
#[component]
pub fn SignInPage() -> impl IntoView {
    if let Some(RepresentationPage::NoAccess(why)) = use_context() {
        return no_access(why);
    }
    let RejectedForm {
        fields, errors, trouble, ..
    } = posted().unwrap_or_default();
    let errors = Errors::new(errors);
    let title = say("sign_in.title");
    // A browser offers to store what is typed into fields with these `autocomplete` names.
    let remembered = |name: &'static str| if is_shared() { "off" } else { name };
    view! {
        <PageTitle text=title.clone() errors/>
        <Main back=None>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <ErrorSummary errors/>
            <Heading text=title/>
            <p class="govuk-body">{say("sign_in.intro")}</p>
            <form method="post" action="/sign-in" novalidate=true>
                <TextInput
                    name="reference"
                    label=say("sign_in.reference")
                    hint=say("sign_in.reference_hint")
                    value=fields.raw("reference")
                    errors
                    autocomplete=remembered("username")
                    width="govuk-input--width-20"
                    spellcheck=false
                />
                <TextInput
                    name="access_code"
                    label=say("sign_in.access_code")
                    hint=say("sign_in.access_code_hint")
                    value=fields.raw("access_code")
                    errors
                    autocomplete=remembered("current-password")
                    width="govuk-input--width-20"
                    spellcheck=false
                />
                <Remember ticked=fields.raw("remember") == "yes" errors/>
                <button type="submit" class="govuk-button">{say("sign_in.button")}</button>
            </form>
            <h2 class="govuk-heading-m">{say("sign_in.other")}</h2>
            <p class="govuk-body"><a class="govuk-link" href="/sign-in/email" rel="external">{say("sign_in.by_email")}</a></p>
            <p class="govuk-body"><a class="govuk-link" href="/join" rel="external">{say("representation.join.link")}</a></p>
            <p class="govuk-body">{say("sign_in.lost")}" "<a class="govuk-link" href="/help" rel="external">{say("site.help")}</a></p>
        </Main>
    }
    .into_any()
}

//! Signing in with a code by email: the form that asks for a code, and the form for the code.

use leptos::prelude::*;

use super::posted;
use super::sign_in::Remember;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{ErrorSummary, Errors, TextInput, TroubleNotice};
use crate::app::portal::RejectedForm;
use crate::app::portal::is_shared;
use crate::app::words::{say, say_with};

/// The form that asks for a code. The page is the same for every person.
#[component]
pub fn SignInEmailPage() -> impl IntoView {
    let RejectedForm {
        fields, errors, trouble, ..
    } = posted().unwrap_or_default();
    let errors = Errors::new(errors);
    let title = say("sign_in_email.title");
    let remembered = |name: &'static str| if is_shared() { "off" } else { name };
    view! {
        <PageTitle text=title.clone() errors/>
        <Main back=Some("/sign-in".into())>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <ErrorSummary errors/>
            <Heading text=title/>
            <p class="govuk-body">{say("sign_in_email.intro")}</p>
            <p class="govuk-body">{say("sign_in_email.safe")}</p>
            <form method="post" action="/sign-in/email" novalidate=true>
                <TextInput
                    name="email"
                    label=say("sign_in_email.email")
                    value=fields.raw("email")
                    errors
                    autocomplete=remembered("email")
                    kind="email"
                    spellcheck=false
                />
                <TextInput
                    name="reference"
                    label=say("sign_in_email.reference")
                    hint=say("sign_in_email.reference_hint")
                    value=fields.raw("reference")
                    errors
                    autocomplete=remembered("username")
                    width="govuk-input--width-20"
                    spellcheck=false
                />
                <button type="submit" class="govuk-button">{say("sign_in_email.button")}</button>
            </form>
            <p class="govuk-body"><a class="govuk-link" href="/sign-in" rel="external">{say("sign_in_email.with_code")}</a></p>
        </Main>
    }
    .into_any()
}

/// The field with the time from which another code can be sent. The server fills it in; the browser never posts it.
pub const NEXT_CODE_AT: &str = "next_code_at";

/// The form for the code. It can be pasted; nothing has to be memorised (WCAG 3.3.8) or typed a second time (3.3.7).
#[component]
pub fn SignInCodePage() -> impl IntoView {
    let RejectedForm {
        fields, errors, trouble, ..
    } = posted().unwrap_or_default();
    let errors = Errors::new(errors);
    let title = say("sign_in_code.title");
    let next = fields.raw(NEXT_CODE_AT);
    let enough = (!next.is_empty()).then(|| {
        let text = say_with("sign_in_code.enough", &[("time", next)]);
        view! { <div class="govuk-inset-text">{text}</div> }
    });
    view! {
        <PageTitle text=title.clone() errors/>
        <Main back=Some("/sign-in/email".into())>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <ErrorSummary errors/>
            <Heading text=title/>
            <p class="govuk-body">{say("sign_in_code.sent")}</p>
            <p class="govuk-body">{say("sign_in_code.lasts")}</p>
            {enough}
            <form method="post" action="/sign-in/code" novalidate=true>
                <input type="hidden" name="for" value=fields.raw("for")/>
                <TextInput
                    name="email_code"
                    label=say("sign_in_code.code")
                    hint=say("sign_in_code.code_hint")
                    value=fields.raw("email_code")
                    errors
                    autocomplete="one-time-code"
                    inputmode="numeric"
                    width="govuk-input--width-10"
                    spellcheck=false
                />
                <Remember ticked=fields.raw("remember") == "yes" errors/>
                <button type="submit" class="govuk-button">{say("sign_in.button")}</button>
            </form>
            <h2 class="govuk-heading-m">{say("sign_in_code.none")}</h2>
            <p class="govuk-body">{say("sign_in_code.why")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/sign-in/email" rel="external">{say("sign_in_code.again")}</a></p>
            <p class="govuk-body"><a class="govuk-link" href="/help" rel="external">{say("site.help")}</a></p>
        </Main>
    }
    .into_any()
}

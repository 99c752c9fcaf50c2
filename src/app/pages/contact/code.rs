//! The form for the code that confirms a change. The code can be pasted, and nothing has to be memorised (WCAG 3.3.8).

use leptos::prelude::*;

use super::{heading, notice, title};
use crate::app::components::heading::PageTitle;
use crate::app::components::layout::Main;
use crate::app::components::{ErrorSummary, Errors, TextInput, TroubleNotice};
use crate::app::pages::confirm::sure;
use crate::app::pages::{UnavailablePage, posted};
use crate::app::portal::{ContactPage as Data, RejectedForm};
use crate::app::words::say;
use complaint::case::contact_plan::change::ConfirmBy;

#[component]
pub fn ContactCodePage() -> impl IntoView {
    if let Some(asked) = use_context() {
        return sure(asked);
    }
    let Some(Data {
        view: Some(view), said, ..
    }) = use_context()
    else {
        return view! { <UnavailablePage/> }.into_any();
    };
    let RejectedForm {
        fields, errors, trouble, ..
    } = posted().unwrap_or_default();
    let waits = view.waiting.as_ref().is_some_and(|waiting| waiting.confirm == ConfirmBy::Code);
    if !waits {
        return nothing(&view.reference);
    }
    let came_back = !errors.is_empty() || trouble.is_some();
    let errors = Errors::new(errors);
    let contact = format!("/cases/{}/contact", view.reference);
    let here = format!("{contact}/code");
    view! {
        <PageTitle text=title("sign_in_code.title", &view.reference) errors/>
        <Main back=Some(contact)>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <ErrorSummary errors/>
            {said.filter(|_| !came_back).map(notice)}
            {heading("sign_in_code.title", &view.reference)}
            <p class="govuk-body">{say("contact.code.sent")}</p>
            <p class="govuk-body">{say("sign_in_code.lasts")}</p>
            <form method="post" action=here.clone() novalidate=true>
                <TextInput
                    name="code"
                    label=say("sign_in_code.code")
                    hint=say("sign_in_code.code_hint")
                    value=fields.raw("code")
                    errors
                    autocomplete="one-time-code"
                    inputmode="numeric"
                    width="govuk-input--width-10"
                    spellcheck=false
                />
                <button type="submit" class="govuk-button" name="action" value="confirm">{say("contact.code.button")}</button>
            </form>
            <h2 class="govuk-heading-m">{say("sign_in_code.none")}</h2>
            <p class="govuk-body">{say("contact.code.why")}</p>
            <form method="post" action=here novalidate=true>
                <div class="govuk-button-group">
                    <button type="submit" class="govuk-button govuk-button--secondary" name="action" value="again">{say("sign_in_code.again")}</button>
                    <button type="submit" class="govuk-button govuk-button--secondary" name="action" value="cancel">{say("contact.waiting.cancel")}</button>
                </div>
            </form>
            <p class="govuk-body"><a class="govuk-link" href="/help" rel="external">{say("site.help")}</a></p>
        </Main>
    }
    .into_any()
}

/// Shown when no code is needed: it was used, or none was ever sent.
fn nothing(reference: &str) -> AnyView {
    let contact = format!("/cases/{reference}/contact");
    let heading = heading("sign_in_code.title", reference);
    view! {
        <PageTitle text=title("sign_in_code.title", reference)/>
        <Main back=Some(contact.clone())>
            {heading}
            <p class="govuk-body">{say("contact.code.nothing")}</p>
            <p class="govuk-body"><a class="govuk-link" href=contact rel="external">{say("contact.link")}</a></p>
        </Main>
    }
    .into_any()
}

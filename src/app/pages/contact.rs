//! The contact plan of a participant: what is in force, what is pending, and the form that changes it.

mod code;
mod fields;
mod plan;

pub use code::ContactCodePage;

use leptos::prelude::*;

use super::{UnavailablePage, posted};
use crate::app::components::heading::{HEADING_ID, Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{ErrorSummary, Errors, TroubleNotice};
use crate::app::portal::{ContactPage as Data, RejectedForm};
use crate::app::words::{say, say_with};
use complaint::case::contact_plan::change::ConfirmBy;
use complaint::case::contact_plan::wanted;
use contract::contact::ContactView;

/// The contact plan on one page.
#[component]
pub fn ContactPage() -> impl IntoView {
    let Some(Data { view, me, form_key, said }) = use_context() else {
        return view! { <UnavailablePage/> }.into_any();
    };
    let RejectedForm {
        fields, errors, trouble, ..
    } = posted().unwrap_or_default();
    // An earlier post with this idempotency key had another content: from here on the form has a new key.
    let is_another = errors.iter().any(|error| error.code == "act_sent_before");
    let key = match fields.raw("key") {
        key if key.is_empty() || is_another => form_key,
        key => key.to_owned(),
    };
    let errors = Errors::new(errors);
    let came_back = !fields.0.is_empty();
    let trouble = trouble.map(|trouble| view! { <TroubleNotice trouble/> });
    let Some(view) = view else {
        let form = form(None, None, &fields, &key, errors);
        let heading = say(if trouble.is_some() {
            "contact.title"
        } else {
            "case_actions.stopped.signed_out"
        });
        let sign_in = trouble.is_none().then(sign_in_again);
        return view! {
            <PageTitle text=heading.clone()/>
            <Main back=None>
                {trouble}
                <Heading text=heading/>
                {sign_in}
                {form}
            </Main>
        }
        .into_any();
    };
    // The form starts from the requested plan, whether it is in force or still pending.
    let wanted = view.waiting.as_ref().map_or(&view.contact, |waiting| &waiting.contact);
    let given = if came_back { fields } else { wanted::fields(wanted) };
    let home = format!("/cases/{}", view.reference);
    let refused = view.not_confirmed.clone().map(|message| {
        view! {
            <div class="govuk-inset-text" role="note">
                <p class="govuk-body">{say("contact.not_confirmed")}</p>
                <p class="govuk-body or-user-text">{message}</p>
            </div>
        }
    });
    let form = form(Some(&view), me, &given, &key, errors);
    view! {
        <PageTitle text=title("contact.title", &view.reference) errors/>
        <Main back=Some(home.clone())>
            {trouble}
            <ErrorSummary errors/>
            {said.filter(|_| !came_back).map(notice)}
            {heading("contact.title", &view.reference)}
            {waiting(&view)}
            {refused}
            {plan::summary(&view.contact)}
            <h2 class="govuk-heading-m">{say("contact.change")}</h2>
            <p class="govuk-body">{say("contact.how")}</p>
            <p class="govuk-body">{say("contact.how_safe")}</p>
            <p class="govuk-body">{say("contact.keep_code")}</p>
            {form}
            <p class="govuk-body"><a class="govuk-link" href=home rel="external">{say("contact.leave")}</a></p>
        </Main>
    }
    .into_any()
}

fn form(view: Option<&ContactView>, me: Option<String>, given: &complaint::Fields, key: &str, errors: Errors) -> AnyView {
    // Without a loaded case, the only known address is that of the page.
    let action = view.map_or_else(
        || crate::app::address::address().path().to_owned(),
        |view| format!("/cases/{}/contact", view.reference),
    );
    let fields = fields::all(view.map(|view| &view.contact), given, errors);
    view! {
        <form method="post" action=action novalidate=true data-typed="contact" data-by=me>
            <input type="hidden" name="key" value=key.to_owned()/>
            {fields}
            <button type="submit" id="send" class="govuk-button">{say("contact.button")}</button>
        </form>
    }
    .into_any()
}

/// The `h1`, with the case before it.
fn heading(key: &'static str, reference: &str) -> AnyView {
    view! {
        <span class="govuk-caption-l">{say_with("case.title", &[("reference", reference)])}</span>
        <h1 id=HEADING_ID class="govuk-heading-l" tabindex="-1">{say(key)}</h1>
    }
    .into_any()
}

fn title(key: &'static str, reference: &str) -> String {
    format!("{} – {}", say(key), say_with("case.title", &[("reference", reference)]))
}

/// Says that what was typed is on the page, and can be sent after signing in again.
fn sign_in_again() -> AnyView {
    view! {
        <p class="govuk-body">{say("case_actions.stopped.not_lost")}</p>
        <p class="govuk-body">
            <a class="govuk-link" href="/sign-in" target="_blank" rel="external noopener">{say("case_actions.stopped.sign_in")}</a>
        </p>
        <p class="govuk-body">{say("case_actions.stopped.then_send")}</p>
    }
    .into_any()
}

/// The pending change, and what to do about it.
fn waiting(view: &ContactView) -> Option<AnyView> {
    let waiting = view.waiting.as_ref()?;
    let page = format!("/cases/{}/contact/code", view.reference);
    let link = (waiting.confirm == ConfirmBy::Code).then(|| {
        view! { <p class="govuk-body"><a class="govuk-link" href=page.clone() rel="external">{say("contact.waiting.link")}</a></p> }
    });
    let waits = view! {
        <section aria-labelledby="waiting">
            <h2 class="govuk-heading-m" id="waiting">{say("contact.waiting.title")}</h2>
            <div class="govuk-inset-text">
                <p class="govuk-body">{say(&format!("contact.waiting.{}", complaint::fields::form::Choice::code(waiting.confirm)))}</p>
                {link}
            </div>
            <form method="post" action=page>
                <button type="submit" class="govuk-button govuk-button--secondary" name="action" value="cancel">{say("contact.waiting.cancel")}</button>
            </form>
        </section>
    };
    Some(waits.into_any())
}

/// The confirmation of what was just done.
fn notice(said: String) -> AnyView {
    view! {
        <div class="govuk-notification-banner govuk-notification-banner--success" role="alert" aria-labelledby="done-title">
            <div class="govuk-notification-banner__header">
                <h2 class="govuk-notification-banner__title" id="done-title">{say("case.done_title")}</h2>
            </div>
            <div class="govuk-notification-banner__content"><p class="govuk-body">{say(&format!("contact.said.{said}"))}</p></div>
        </div>
    }
    .into_any()
}

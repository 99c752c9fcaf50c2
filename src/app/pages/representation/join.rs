//! Joining a case by a hand-over code.

use leptos::prelude::*;

use crate::app::components::choices::{Choices, Item};
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{ErrorSummary, Errors, TextInput, TroubleNotice};
use crate::app::pages::posted;
use crate::app::pages::representation::way_in;
use crate::app::portal::{RejectedForm, RepresentationPage};
use crate::app::words::say;
use complaint::case::representation::{Connection, Wait};
use complaint::fields::form::Choice;
use contract::people::JoinedCase;

/// The form for the code, or the result of joining.
#[component]
pub fn JoinPage() -> impl IntoView {
    let form_key = match use_context() {
        Some(RepresentationPage::Joined(joined)) => return came(joined),
        Some(RepresentationPage::Join { form_key }) => form_key,
        _ => String::new(),
    };
    let RejectedForm {
        fields, errors, trouble, ..
    } = posted().unwrap_or_default();
    let errors = Errors::new(errors);
    let form_key = Some(fields.raw("key"))
        .filter(|key| !key.is_empty())
        .map_or(form_key, ToOwned::to_owned);
    let title = say("representation.join.title");
    let item = |code: &'static str| Item {
        code,
        text: match code {
            "other" => say("options.other.text"),
            code => say(&format!("steps.representative.connection_options.{code}.text")),
        },
        hint: None,
    };
    view! {
        <PageTitle text=title.clone() errors/>
        <Main back=None>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <ErrorSummary errors/>
            <Heading text=title/>
            <p class="govuk-body">{say("representation.join.intro")}</p>
            <form method="post" action="/join" novalidate=true>
                <input type="hidden" name="key" value=form_key/>
                <TextInput
                    name="code"
                    label=say("representation.join.code")
                    hint=say("resume.code.hint")
                    value=fields.raw("code")
                    errors
                    autocomplete="one-time-code"
                    width="govuk-input--width-10"
                    spellcheck=false
                />
                <TextInput name="full_name" label=say("representation.join.name") value=fields.raw("full_name") errors autocomplete="name" spellcheck=false/>
                <Choices
                    name="connection"
                    legend=say("representation.join.connection")
                    items=Connection::ALL.iter().map(|connection| item(connection.code())).collect()
                    chosen=vec![fields.raw("connection").to_owned()]
                    errors
                    hint=String::new()
                    heading=false
                    many=false
                />
                <button type="submit" class="govuk-button">{say("representation.join.button")}</button>
            </form>
        </Main>
    }
    .into_any()
}

fn came(joined: JoinedCase) -> AnyView {
    let title = say("representation.joined.title");
    let document = joined
        .wait
        .filter(|wait| *wait == Wait::Contact)
        .map(|wait| say(&wait.claimant_key()));
    let next = match joined.waits {
        true if document.is_some() => "representation.joined.document",
        true => "representation.joined.waits",
        false => "representation.joined.now",
    };
    view! {
        <PageTitle text=title.clone()/>
        <Main back=None>
            <Heading text=title/>
            {document.map(|text| view! { <p class="govuk-body">{text}</p> })}
            <p class="govuk-body">{say(next)}</p>
            {way_in(joined.reference, joined.access_code)}
        </Main>
    }
    .into_any()
}

//! Going on with a draft on this device: with a code, or with the link of an email.

use leptos::prelude::*;

use super::{portal, posted};
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{ErrorSummary, Errors, TextInput, TroubleNotice};
use crate::app::portal::{Keeping, Posted, Returning};
use crate::app::words::{language, say};
use crate::complaint::view::DraftView;

/// Where a code is typed, and where it says how else one comes back.
#[component]
pub fn ComeBackPage() -> impl IntoView {
    let Posted {
        fields, errors, trouble, ..
    } = posted().unwrap_or_default();
    let errors = Errors::new(errors);
    let title = say("returning.title");
    let hours = use_context::<Keeping>().unwrap_or_default().code_hours;
    let lasts = language().say_count("returning.code.lasts", hours.into());
    view! {
        <PageTitle text=title.clone() errors/>
        <Main back=Some("/".into())>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <ErrorSummary errors/>
            <Heading text=title/>
            <OtherAnswers draft=None/>
            <h2 class="govuk-heading-m">{say("returning.code.title")}</h2>
            <p class="govuk-body">{say("returning.code.where")}" "{lasts}</p>
            <form method="post" action="/return" novalidate=true>
                <TextInput
                    name="code"
                    label=say("returning.code.label")
                    hint=say("returning.code.hint")
                    value=fields.raw("code")
                    errors
                    autocomplete="one-time-code"
                    width="govuk-input--width-10"
                    spellcheck=false
                />
                <button type="submit" class="govuk-button">{say("returning.open")}</button>
            </form>
            <p class="govuk-body">{say("returning.trust")}</p>
            <h2 class="govuk-heading-m">{say("returning.link.title")}</h2>
            <p class="govuk-body">{say("returning.link.where")}</p>
            <h2 class="govuk-heading-m">{say("returning.none.title")}</h2>
            <p class="govuk-body">{say("returning.none.text")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/help" rel="external">{say("site.help")}</a></p>
        </Main>
    }
    .into_any()
}

/// What the link of an email leads to. Looking at it does nothing: mail programs look, too. The button does.
#[component]
pub fn LinkPage() -> impl IntoView {
    let Some(Returning::Link { draft: Some(draft) }) = use_context() else {
        return view! { <NoWayBack/> }.into_any();
    };
    let trouble = posted().and_then(|posted| posted.trouble);
    view! {
        <PageTitle text=say("returning.title")/>
        <Main back=None>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <Heading text=say("returning.title")/>
            <OtherAnswers draft=Some(draft)/>
            <p class="govuk-body">{say("returning.link.ready")}</p>
            <p class="govuk-body">{say("returning.trust")}</p>
            // To the address of the page itself, which is the link.
            <form method="post">
                <button type="submit" class="govuk-button">{say("returning.open")}</button>
            </form>
        </Main>
    }
    .into_any()
}

/// A link that opens nothing, or nothing any more.
#[component]
fn NoWayBack() -> impl IntoView {
    view! {
        <PageTitle text=say("returning.ended.title")/>
        <Main back=None>
            <Heading text=say("returning.ended.title")/>
            <p class="govuk-body">{say("returning.ended.why")}</p>
            <p class="govuk-body">{say("returning.ended.new")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/return" rel="external">{say("returning.ended.code")}</a></p>
            <p class="govuk-body"><a class="govuk-link" href="/" rel="external">{say("not_found.start")}</a></p>
        </Main>
    }
    .into_any()
}

/// Says that this browser has other answers in hand, which it will show no longer. `draft` is the one that would be opened, as
/// far as it is known.
#[component]
fn OtherAnswers(#[prop(optional_no_strip)] draft: Option<String>) -> impl IntoView {
    let portal = portal();
    let here = AsyncDerived::new(move || {
        let portal = portal.clone();
        async move { portal.draft().await }
    });
    let others = move |here: &DraftView| here.sent.is_none() && here.revision > 0 && draft.as_ref() != Some(&here.id);
    view! {
        <Suspense>
            {move || {
                let others = others.clone();
                Suspend::new(async move {
                    match here.await {
                        Ok(Some(here)) if others(&here) => {
                            view! { <div class="govuk-inset-text">{say("returning.other_answers")}</div> }.into_any()
                        }
                        _ => ().into_any(),
                    }
                })
            }}
        </Suspense>
    }
    .into_any()
}

//! Pages for a case action that cannot be done. They show everything typed, so that nothing is lost.

use leptos::prelude::*;

use crate::app::components::TroubleNotice;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::pages::case_action::{DISCARDED_FILE, files, heading, title};
use crate::app::portal::{NotProcessed, RejectedForm};
use crate::app::words::say;
use complaint::Fields;
use complaint::case::actions::CaseActionKind;
use complaint::case::actions::FILE_FIELD;
use complaint::fields::form::Choice;
use contract::CaseView;

/// Renders the typed text, without the form's keys and numbers. Returns `None` if nothing was typed.
fn written(fields: &Fields) -> Option<AnyView> {
    let lines: Vec<String> = fields
        .0
        .iter()
        .filter(|(name, value)| {
            !value.trim().is_empty() && !matches!(name.as_str(), "key" | "request" | "order" | FILE_FIELD | DISCARDED_FILE)
        })
        .map(|(_, value)| value.clone())
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{say("case_actions.stopped.written")}</h2>
            <p class="govuk-body or-user-text">{lines.join("\n")}</p>
        }
        .into_any()
    })
}

/// The same form again with hidden fields: one press sends it.
fn again(kind: CaseActionKind, fields: &Fields) -> AnyView {
    let hidden = fields
        .0
        .iter()
        .filter(|(name, _)| name != DISCARDED_FILE)
        .map(|(name, value)| view! { <input type="hidden" name=name.clone() value=value.clone()/> }.into_any())
        .collect_view();
    let action = crate::app::address::address().path().to_owned();
    view! {
        <form method="post" action=action>
            {hidden}
            <button type="submit" class="govuk-button">{say(&format!("case_actions.{}.button", kind.code()))}</button>
        </form>
    }
    .into_any()
}

/// The session has ended, or the case is not theirs. The page does not tell which.
pub(crate) fn signed_out(kind: CaseActionKind, posted: &RejectedForm) -> AnyView {
    let heading = say("case_actions.stopped.signed_out");
    let (again, written) = (again(kind, &posted.fields), written(&posted.fields));
    let dropped = files::dropped(&posted.fields);
    view! {
        <PageTitle text=heading.clone()/>
        <Main back=None>
            <Heading text=heading/>
            <p class="govuk-body">{say("case_actions.stopped.not_lost")}</p>
            <p class="govuk-body">
                <a class="govuk-link" href="/sign-in" target="_blank" rel="external noopener">{say("case_actions.stopped.sign_in")}</a>
            </p>
            <p class="govuk-body">{say("case_actions.stopped.then_send")}</p>
            {again}
            {written}
            {dropped}
        </Main>
    }
    .into_any()
}

/// An error on our side.
pub(crate) fn unavailable(kind: CaseActionKind, posted: &RejectedForm) -> AnyView {
    let heading = say(&format!("case_actions.{}.title", kind.code()));
    let (again, written) = (again(kind, &posted.fields), written(&posted.fields));
    let dropped = files::dropped(&posted.fields);
    let trouble = posted.trouble.unwrap_or(NotProcessed::NotSaved);
    view! {
        <PageTitle text=heading.clone()/>
        <Main back=None>
            <TroubleNotice trouble/>
            <Heading text=heading/>
            {again}
            {written}
            {dropped}
        </Main>
    }
    .into_any()
}

/// The case has changed, the deadline has passed, or the representative's rights do not include the action.
pub(crate) fn not_now(kind: CaseActionKind, case: &CaseView, posted: &RejectedForm) -> AnyView {
    let (home, me) = (format!("/cases/{}", case.reference), case.me.to_string());
    let (heading, written) = (heading(kind, &case.reference), written(&posted.fields));
    let dropped = files::dropped(&posted.fields);
    view! {
        <PageTitle text=title(kind, &case.reference)/>
        <Main back=Some(home.clone())>
            {heading}
            <p class="govuk-body" data-by=me>{say("case_actions.stopped.not_now")}</p>
            <p class="govuk-body"><a class="govuk-link" href=home rel="external">{say("case_actions.stopped.case")}</a></p>
            {written}
            {dropped}
        </Main>
    }
    .into_any()
}

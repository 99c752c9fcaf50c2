//! The list of cases of a session.

use leptos::prelude::*;

use super::UnavailablePage;
use super::no_access::no_access;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::page_response::redirect;
use crate::app::portal::{PageData, RepresentationPage};
use crate::app::words::{language, say};
use complaint::case::event::ActorRole;
use complaint::case::status::{Actor, Status};
use complaint::fields::form::Choice;
use contract::CaseLine;

/// One case: whose it is, its status, and by when the next message is due.
fn line(case: CaseLine) -> AnyView {
    let language = match case.my_role {
        ActorRole::Representative => language().to_representative(),
        _ => language(),
    };
    let title = language.say_with("case.title", &[("reference", case.reference.as_str())]);
    let key = match (case.late, case.who_acts) {
        (false, _) => "case.due",
        (true, Actor::Us) => "case.late.us",
        (true, Actor::You) => "case.late.you",
        (true, _) => "case.late.landlord",
    };
    // After a decision or a withdrawal the deadline is the person's, and the case's own page shows it.
    let due = case.due.filter(|_| !matches!(case.status, Status::DecisionMade | Status::Closed));
    let due = due.map(|due| language.say_with(key, &[("date", language.date(due))]));
    let status = language.say(&format!("status.{}.name", case.status.code()));
    let who = language.say(&format!("who_acts.{}", case.who_acts.code()));
    let own = case
        .own_reference
        .map(|own| language.say_with("cases.own_reference", &[("reference", own)]));
    view! {
        <li>
            <a class="govuk-link" href=format!("/cases/{}", case.reference) rel="external">{title}</a>
            <p class="govuk-body or-user-text">{case.resident}</p>
            {own.map(|text| view! { <p class="govuk-body or-user-text">{text}</p> })}
            <p class="govuk-body"><strong>{status}</strong>" "{who}</p>
            {due.map(|text| view! { <p class="govuk-body">{text}</p> })}
        </li>
    }
    .into_any()
}

/// The list. A single case is opened directly; without any, the person is led to sign in.
#[component]
pub fn CasesPage() -> impl IntoView {
    if let Some(RepresentationPage::NoAccess(why)) = use_context() {
        return no_access(why);
    }
    let cases = match PageData::take() {
        PageData::Cases(cases) => cases,
        _ => Ok(Vec::new()),
    };
    match cases {
        Err(_) => view! { <UnavailablePage/> }.into_any(),
        Ok(cases) if cases.is_empty() => redirect("/sign-in"),
        Ok(cases) if cases.len() == 1 => redirect(&format!("/cases/{}", cases[0].reference)),
        Ok(cases) => {
            let links = cases.into_iter().map(line).collect_view();
            view! {
                <PageTitle text=say("cases.title")/>
                <Main back=None>
                    <Heading text=say("cases.title")/>
                    <ul class="govuk-list govuk-list--spaced">{links}</ul>
                </Main>
            }
            .into_any()
        }
    }
}

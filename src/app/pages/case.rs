//! A case: where it stands, who acts, what has happened.

use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_params_map;

use super::question::Words;
use super::{UnavailablePage, portal};
use crate::app::components::file_list::{said_about, size};
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::portal;
use crate::app::words::{language, say, say_with};
use crate::complaint::form::Choice;
use crate::complaint::status::Actor;
use crate::complaint::view::{CaseView, Issue, TimelineEntry};
use crate::complaint::{Answers, StepId};

#[component]
pub fn CasePage() -> impl IntoView {
    let portal = portal();
    let params = use_params_map();
    // Not a resource: what it holds would stand in the page a second time, for a script that this page does not have.
    let case = AsyncDerived::new(move || {
        let portal = portal.clone();
        let reference = params.with(|p| p.get("reference").unwrap_or_default());
        async move { portal.case(reference).await }
    });
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match case.await {
                    Err(_) => view! { <UnavailablePage/> }.into_any(),
                    Ok(None) => view! { <Redirect path="/sign-in"/> }.into_any(),
                    Ok(Some(page)) => shown(page),
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn shown(page: portal::CasePage) -> AnyView {
    let portal::CasePage { case, timeline } = page;
    let title = say_with("case.title", &[("reference", case.reference.as_str())]);
    let latest = timeline.entries.len();
    let entries = timeline
        .entries
        .into_iter()
        .enumerate()
        .map(|(i, e)| entry(e, i + 1 == latest))
        .collect_view();
    view! {
        <PageTitle text=title.clone()/>
        <Main back=None>
            <Heading text=title/>
            {standing(&case)}
            <h2 class="govuk-heading-m">{say("case.timeline")}</h2>
            <ol class="or-timeline">{entries}</ol>
            {told(&case)}
            <form method="post" action="/sign-out">
                <button class="govuk-button govuk-button--secondary" type="submit">{say("case.sign_out")}</button>
            </form>
        </Main>
    }
    .into_any()
}

/// The status in plain words, who acts, and by when.
fn standing(case: &CaseView) -> impl IntoView + use<> {
    let language = language();
    let code = case.status.code();
    let tag = match case.who_acts {
        Actor::You => "govuk-tag govuk-tag--yellow",
        Actor::Nobody => "govuk-tag govuk-tag--grey",
        Actor::Us | Actor::Landlord => "govuk-tag govuk-tag--green",
    };
    let due = case.due.map(|due| say_with("case.due", &[("date", language.date(due))]));
    let reason = case.closed_reason.map(|reason| say(&format!("closed_reason.{}", reason.code())));
    view! {
        <section aria-labelledby="standing">
            <h2 class="govuk-heading-m" id="standing">{say("case.now")}</h2>
            <p class="govuk-body-l"><strong class=tag>{say(&format!("status.{code}.name"))}</strong></p>
            {reason.map(|text| view! { <p class="govuk-body">{text}</p> })}
            <p class="govuk-body">{say(&format!("status.{code}.next"))}</p>
            <p class="govuk-body"><strong>{say(&format!("who_acts.{}", case.who_acts.code()))}</strong></p>
            {due.map(|text| view! { <p class="govuk-body">{text}</p> })}
        </section>
    }
    .into_any()
}

fn entry(entry: TimelineEntry, latest: bool) -> impl IntoView {
    let language = language();
    let title = match entry.status {
        Some(status) if entry.kind == "status_changed" => say(&format!("status.{}.name", status.code())),
        _ => say(&format!("timeline.{}", entry.kind)),
    };
    let when = [("date", language.date(entry.when.date)), ("time", entry.when.time.clone())];
    let by = say(&format!("timeline.by.{}", entry.actor_role.code()));
    let class = if latest {
        "or-timeline__event or-timeline__event--latest"
    } else {
        "or-timeline__event"
    };
    view! {
        <li class=class>
            <h3 class="or-timeline__title">{title}</h3>
            <p class="or-timeline__when"><time datetime=entry.when.at>{say_with("timeline.when", &when)}</time>", "{by}</p>
            {entry.message.map(|text| view! { <p class="or-timeline__text or-user-text">{text}</p> })}
        </li>
    }
    .into_any()
}

/// What an issue is about: its category, and the narrower one where there is one.
fn about(issue: &Issue) -> String {
    let option = |step: StepId, code: &str| Words::new(step, &Answers::default()).option(step.code(), code).0;
    let category = option(StepId::Category, issue.category.code());
    match &issue.subcategory {
        Some(code) => format!("{category}\n{}", option(StepId::Subcategory, code)),
        None => category,
    }
}

/// What we have been told.
fn told(case: &CaseView) -> impl IntoView + use<> {
    let language = language();
    let row = |key: &str, value: String| {
        view! {
            <div class="govuk-summary-list__row">
                <dt class="govuk-summary-list__key">{say(key)}</dt>
                <dd class="govuk-summary-list__value or-user-text">{value}</dd>
            </div>
        }
    };
    let issues = case
        .issues
        .iter()
        .map(|issue| {
            (
                row("steps.category.short", about(issue)),
                row("steps.what_happened.short", issue.what_happened.clone()),
                (!issue.put_right.is_empty()).then(|| row("steps.put_right.short", issue.put_right.clone())),
            )
        })
        .collect_view();
    let people = case
        .people
        .iter()
        .map(|person| row(&format!("case.people.{}", person.role.code()), person.name.clone()))
        .collect_view();
    let files = (!case.files.is_empty()).then(|| {
        let names: Vec<String> = case
            .files
            .iter()
            .map(|f| {
                let size = size(language, f.bytes);
                let mut lines = vec![say_with("case.file", &[("name", f.filename.as_str()), ("size", size.as_str())])];
                lines.extend(said_about(language, f));
                lines.join("\n")
            })
            .collect();
        row("steps.evidence.short", names.join("\n"))
    });
    view! {
        <h2 class="govuk-heading-m">{say("case.told")}</h2>
        <dl class="govuk-summary-list">
            {people}
            {row("steps.landlord.short", case.landlord.clone())}
            {issues}
            {files}
        </dl>
    }
    .into_any()
}

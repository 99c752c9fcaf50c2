//! A case: where it stands, who acts, what has happened.

use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_params_map;

use super::question::Words;
use super::{UnavailablePage, portal};
use crate::app::components::file_list::{refusal, said_about, size};
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::portal;
use crate::app::words::{language, say, say_with};
use crate::complaint::form::Choice;
use crate::complaint::status::Actor;
use crate::complaint::view::{CaseView, FileState, FileView, Issue, TimelineEntry};
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
            {unreached(&case)}
            {standing(&case)}
            <h2 class="govuk-heading-m">{say("case.timeline")}</h2>
            <ol class="or-timeline">{entries}</ol>
            {told(&case)}
            {files(&case)}
            <p class="govuk-body"><a class="govuk-link" href="/signed-in-devices" rel="external">{say("devices.link")}</a></p>
            <form method="post" action="/sign-out">
                <button class="govuk-button govuk-button--secondary" type="submit">{say("case.sign_out")}</button>
            </form>
        </Main>
    }
    .into_any()
}

/// By which ways we could not reach the person who looks. No address is named: somebody else may look over their shoulder.
fn unreached(case: &CaseView) -> impl IntoView + use<> {
    let ways = case
        .unreached
        .iter()
        .map(|way| say(&format!("hearing.unreached.{way}")))
        .collect::<Vec<_>>();
    (!ways.is_empty()).then(|| {
        let ways = ways
            .into_iter()
            .map(|text| view! { <p class="govuk-body">{text}</p> })
            .collect_view();
        view! {
            <div class="govuk-inset-text" role="note">
                {ways}
                <p class="govuk-body">{say("hearing.unreached.what_now")}</p>
            </div>
        }
        .into_any()
    })
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
            {entry.filename.map(|name| view! { <p class="or-timeline__text or-user-text">{name}</p> })}
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
    view! {
        <h2 class="govuk-heading-m">{say("case.told")}</h2>
        <dl class="govuk-summary-list">
            {people}
            {row("steps.landlord.short", case.landlord.clone())}
            {issues}
        </dl>
    }
    .into_any()
}

/// The files that came with it: what has become of each, and a way to open it when nothing was found in it.
fn files(case: &CaseView) -> impl IntoView + use<> {
    let list: Vec<AnyView> = case.files.iter().map(file).collect();
    (!list.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m" id="files">{say("case.files")}</h2>
            <ul class="or-file-list" aria-labelledby="files">{list}</ul>
        }
    })
}

fn file(file: &FileView) -> AnyView {
    let language = language();
    let about = [
        ("size", size(language, file.bytes)),
        ("date", language.date(file.received.date)),
        ("time", file.received.time.clone()),
    ];
    let refused = refusal(file).map(|text| {
        view! { <p class="govuk-error-message or-file-list__problem">{text}</p> }
    });
    let state = if file.readable && !file.scanned {
        say("files.state.unscanned")
    } else {
        match file.state {
            FileState::Receiving | FileState::Scanning => say("files.state.scanning"),
            FileState::Clean => say("files.state.clean"),
            FileState::Refused => say("files.state.refused"),
        }
    };
    let open = file.readable.then(|| {
        let text = say_with("case.file_open", &[("name", file.filename.as_str())]);
        let address = format!("/api/v1/uploads/{}/content", file.id);
        view! { <span class="or-file-list__about"><a class="govuk-link" href=address rel="external" download>{text}</a></span> }
    });
    view! {
        <li class="or-file-list__item">
            <span class="or-file-list__name">{file.filename.clone()}</span>
            <span class="or-file-list__about">{say_with("case.file_about", &about)}</span>
            <p class="or-file-list__said or-user-text">{said_about(language, file).join("\n")}</p>
            {refused}
            <span class="or-file-list__about">{state}</span>
            {open}
        </li>
    }
    .into_any()
}

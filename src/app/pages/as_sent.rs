//! The complaint as it was sent: every answer, section by section, and below them the answers that were added later. Other later
//! changes are on the case's own page.

use leptos::prelude::*;

use super::UnavailablePage;
use super::question::answer_text::{name, written};
use crate::app::components::heading::PageTitle;
use crate::app::components::layout::Main;
use crate::app::page_response::redirect;
use crate::app::pages::case::heading;
use crate::app::pages::case::reported::shows_answers;
use crate::app::portal::PageData;
use crate::app::words::{language, say, say_with};
use complaint::fields::form::Choice;
use complaint::questionnaire::question::Section;
use complaint::{Answers, StepId, questionnaire::steps};
use contract::{CaseView, TimelineEntry};

#[component]
pub fn AsSentPage() -> impl IntoView {
    match PageData::take_case() {
        Err(_) => view! { <UnavailablePage/> }.into_any(),
        Ok(None) => redirect("/sign-in"),
        Ok(Some(page)) if !shows_answers(&page.case) => redirect(&format!("/cases/{}", page.case.reference)),
        Ok(Some(page)) => shown(&page.case, &page.timeline.entries),
    }
}

/// The answers of one section, if it has any.
fn part(section: Section, answers: &Answers) -> Option<AnyView> {
    let rows: Vec<AnyView> = steps::steps(answers)
        .filter(|place| steps::question(place.step).section == section && place.step != StepId::Declaration)
        .filter_map(|place| {
            let row = view! {
                <div class="govuk-summary-list__row">
                    <dt class="govuk-summary-list__key">{name(place, answers)}</dt>
                    <dd class="govuk-summary-list__value or-user-text">{written(place, answers)?}</dd>
                </div>
            };
            Some(row.into_any())
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{say(&format!("tasks.sections.{}", section.code()))}</h2>
            <dl class="govuk-summary-list">{rows}</dl>
        }
        .into_any()
    })
}

/// The answers that were added after sending, the oldest first. A later one to the same question is the one in force.
fn added(case: &CaseView, entries: &[TimelineEntry]) -> Option<AnyView> {
    let mut rows = Vec::new();
    for entry in entries {
        let when = [("date", language().date(entry.when.date)), ("time", entry.when.time.clone())];
        let when = format!(
            "{}, {}",
            say_with("timeline.when", &when),
            say(&format!("timeline.by.{}", entry.actor_role.code()))
        );
        let mut answers = case.answers.clone();
        let Some(newer) = &entry.answers else { continue };
        answers.replace_with(newer);
        for place in newer.places() {
            let row = view! {
                <div class="govuk-summary-list__row">
                    <dt class="govuk-summary-list__key">{name(place, &answers)}</dt>
                    <dd class="govuk-summary-list__value">
                        <p class="govuk-body or-user-text">{written(place, &answers)}</p>
                        <p class="govuk-hint">{when.clone()}</p>
                    </dd>
                </div>
            };
            rows.push(row.into_any());
        }
    }
    (!rows.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{say("case.as_sent.added")}</h2>
            <dl class="govuk-summary-list">{rows}</dl>
        }
        .into_any()
    })
}

fn shown(case: &CaseView, entries: &[TimelineEntry]) -> AnyView {
    let title = say_with("case.as_sent.title", &[("reference", case.reference.as_str())]);
    let when = [
        ("date", language().date(case.submitted.date)),
        ("time", case.submitted.time.clone()),
    ];
    let parts: Vec<AnyView> = Section::ALL.iter().filter_map(|section| part(*section, &case.answers)).collect();
    let added = added(case, entries);
    let home = format!("/cases/{}", case.reference);
    let heading = heading("case.as_sent.title", &case.reference);
    view! {
        <PageTitle text=title/>
        <Main back=Some(home)>
            {heading}
            <p class="govuk-body">{say_with("sent.when", &when)}</p>
            <p class="govuk-body">{say("case.as_sent.intro")}</p>
            {parts}
            {added}
        </Main>
    }
    .into_any()
}

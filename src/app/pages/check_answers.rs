//! Check your answers: everything that was told, each with a way to change it.

use leptos::prelude::*;

use super::journey::DraftStore;
use crate::app::components::SaveStatus;
use crate::app::components::file_list::count;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::words::{language, say, say_with};
use crate::complaint::fields::DateInput;
use crate::complaint::form::Choice;
use crate::complaint::steps::dates::asked;
use crate::complaint::{Answers, Page, StepId, journey};

/// One line of the list: the question, the answer, where to change it.
struct Row {
    step: StepId,
    question: String,
    answer: String,
}

/// All answers, with what is missing said first.
#[component]
pub fn CheckAnswers(store: DraftStore) -> impl IntoView {
    let answers = store.answers.get_untracked();
    let title = say("check.heading");
    let back = journey::previous(Page::CheckAnswers, &answers, false).path();
    let missing: Vec<StepId> = journey::unanswered(&answers).collect();
    let rows = rows(&answers, store.files.with_untracked(Vec::len))
        .into_iter()
        .map(row)
        .collect_view();
    let complete = missing.is_empty();
    let missing = (!complete).then(|| {
        let links = missing
            .into_iter()
            .map(|step| view! { <li><a class="govuk-link" href=change_path(step)>{question(step, &answers)}</a></li> })
            .collect_view();
        view! {
            <div class="govuk-inset-text">
                <p class="govuk-body">{say("check.missing")}</p>
                <ul class="govuk-list govuk-list--bullet">{links}</ul>
            </div>
        }
    });
    let go_on =
        complete.then(|| view! { <a class="govuk-button" role="button" href=StepId::Declaration.path()>{say("form.continue")}</a> });
    view! {
        <PageTitle text=title.clone()/>
        <Main back=Some(back)>
            <Heading text=title/>
            {missing}
            <p class="govuk-body">{say("check.not_sent")}</p>
            <dl class="govuk-summary-list">{rows}</dl>
            {go_on}
            <SaveStatus state=store.saving.into()/>
        </Main>
    }
    .into_any()
}

fn row(row: Row) -> impl IntoView {
    view! {
        <div class="govuk-summary-list__row">
            <dt class="govuk-summary-list__key">{row.question.clone()}</dt>
            <dd class="govuk-summary-list__value or-user-text">{row.answer}</dd>
            <dd class="govuk-summary-list__actions">
                <a class="govuk-link" href=change_path(row.step)>
                    {say("check.change")}<span class="govuk-visually-hidden">" "{row.question}</span>
                </a>
            </dd>
        </div>
    }
    .into_any()
}

fn change_path(step: StepId) -> String {
    format!("{}?from=check", step.path())
}

/// The short name of a question, as the list shows it.
fn question(step: StepId, answers: &Answers) -> String {
    let own = !matches!(answers.role_kind(), Some(crate::complaint::steps::role::RoleKind::Representative));
    let key = match step {
        StepId::ResidentName if !own => "check.rows.resident_name_representative".to_owned(),
        StepId::HomeAddress if !own => "check.rows.home_address_representative".to_owned(),
        step => format!("check.rows.{}", step.code()),
    };
    say(&key)
}

fn rows(answers: &Answers, files: usize) -> Vec<Row> {
    journey::steps(answers)
        .filter(|step| *step != StepId::Declaration)
        .map(|step| {
            let answer = if step == StepId::Evidence {
                count(files)
            } else {
                answer(step, answers).unwrap_or_else(|| say("check.not_given"))
            };
            Row {
                step,
                question: question(step, answers),
                answer,
            }
        })
        .collect()
}

/// An answer as the person gave it. `None` when there is none.
fn answer(step: StepId, answers: &Answers) -> Option<String> {
    fn lines(parts: &[&str]) -> String {
        parts.iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join("\n")
    }
    let option = |key: &str, code: &str| say(&format!("steps.{key}.options.{code}.text"));
    match step {
        StepId::Role => answers.role.as_ref()?.role.map(|r| option("role", r.code())),
        StepId::Representative => {
            let given = answers.representative.as_ref()?;
            let connection = given.connection.map(|c| option("representative", c.code())).unwrap_or_default();
            Some(lines(&[&given.full_name, &given.organisation, &connection]))
        }
        StepId::ResidentName => Some(answers.resident_name.as_ref()?.full_name.clone()),
        StepId::HomeAddress => {
            let given = answers.home_address.as_ref()?;
            Some(lines(&[&given.line_1, &given.line_2, &given.town, &given.postcode]))
        }
        StepId::Contact => {
            let given = answers.contact.as_ref()?;
            Some(lines(&[&given.email, &given.phone]))
        }
        StepId::Landlord => Some(answers.landlord.as_ref()?.name.clone()),
        StepId::Stage => answers.stage.as_ref()?.stage.map(|s| option("stage", s.code())),
        StepId::Dates => {
            let given = answers.dates.as_ref()?;
            let questions = answers.stage_kind().map(asked).unwrap_or_default();
            let lines: Vec<String> = questions
                .iter()
                .map(|q| {
                    let name = say(&format!("date_question.{}.in_list", q.code()));
                    say_with("check.dated", &[("what", name.as_str()), ("when", written(given.get(*q)).as_str())])
                })
                .collect();
            Some(lines.join("\n"))
        }
        StepId::Category => answers.category.as_ref()?.category.map(|c| option("category", c.code())),
        StepId::WhatHappened => Some(answers.what_happened.as_ref()?.what_happened.clone()),
        StepId::PutRight => Some(answers.put_right.as_ref()?.put_right.clone()),
        StepId::Evidence | StepId::Declaration => None,
    }
}

/// A date as exact as it was given.
fn written(date: &DateInput) -> String {
    let language = language();
    match date.read() {
        Ok(None) => say("date.unknown"),
        Ok(Some(date)) if date.day.is_some() => language.date(date.earliest()),
        Ok(Some(date)) => say_with(
            "date.month_year",
            &[("month", language.month(date.month)), ("year", date.year.to_string())],
        ),
        Err(_) => say("check.not_given"),
    }
}

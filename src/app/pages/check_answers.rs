//! Check your answers: all answers, section by section, each with a Change link.

use leptos::prelude::*;

use super::conflicts::Conflicts;
use super::question::answer_text::{name, written};
use super::questionnaire::part_of_way;
use crate::app::components::SaveStatus;
use crate::app::components::file_list::{count, refusal, said_about};
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::draft_store::DraftStore;
use crate::app::words::{language, say, say_with};
use complaint::fields::form::Choice;
use complaint::questionnaire::question::{Body, Section};
use complaint::{Answers, Page, QuestionRef, StepId, questionnaire::steps};
use contract::FileView;

/// All answers, with the missing ones listed first.
#[component]
pub fn CheckAnswers(store: DraftStore) -> impl IntoView {
    let answers = store.answers.get_untracked();
    let title = say("check.heading");
    let back = steps::previous_page(Page::CheckAnswers, &answers, false).path();
    let missing = open_questions("check.missing", steps::unanswered(&answers), &answers);
    let complete = missing.is_none();
    let open = open_questions("check.open", steps::left_open(&answers), &answers);
    let next = steps::asked_before_send(&answers).map_or_else(|| StepId::Declaration.path(), change_path);
    let files = store.files.get_untracked();
    let parts: Vec<AnyView> = Section::ALL.iter().filter_map(|section| part(*section, &answers, &files)).collect();
    let go_on = complete.then(|| view! { <a class="govuk-button" role="button" href=next>{say("form.continue")}</a> });
    view! {
        <PageTitle text=title.clone()/>
        <Main back=Some(back)>
            <Conflicts store/>
            {part_of_way(StepId::Declaration.into())}
            <Heading text=title/>
            {missing}
            <p class="govuk-body">{say("check.not_sent")}</p>
            {open}
            {parts}
            {go_on}
            <SaveStatus state=store.saving.into()/>
        </Main>
    }
    .into_any()
}

/// A list of open questions under a sentence about them.
fn open_questions(sentence: &str, open: impl Iterator<Item = QuestionRef>, answers: &Answers) -> Option<AnyView> {
    let mut links = Vec::new();
    for place in open {
        links.push(link(change_path(place), name(place, answers), false));
    }
    (!links.is_empty()).then(|| {
        view! {
            <div class="govuk-inset-text">
                <p class="govuk-body">{say(sentence)}</p>
                <ul class="govuk-list govuk-list--bullet">{links}</ul>
            </div>
        }
        .into_any()
    })
}

/// One link of a list. `external` is a page outside the questionnaire.
fn link(href: String, text: String, external: bool) -> AnyView {
    view! { <li><a class="govuk-link" rel=external.then_some("external") href=href>{text}</a></li> }.into_any()
}

/// The answers of one section, if it has any.
fn part(section: Section, answers: &Answers, files: &[FileView]) -> Option<AnyView> {
    let mut rows = Vec::new();
    for place in steps::steps(answers) {
        let question = steps::question(place.step);
        let is_open_extra = steps::is_extra(place) && !answers.has(place);
        if question.section != section || place.step == StepId::Declaration {
            continue;
        }
        let answer = match question.body {
            Body::Files(purpose) if !is_open_extra || files.iter().any(|f| f.purpose == purpose) => {
                listed(files.iter().filter(|f| f.purpose == purpose))
            }
            Body::Fields(_) if !is_open_extra => written(place, answers).unwrap_or_else(|| not_given(place, answers)),
            _ => continue,
        };
        rows.push(row(place, name(place, answers), answer));
    }
    let count = steps::issue_count(answers);
    let another = QuestionRef::for_issue(StepId::MoreIssues, count);
    let mut issues = Vec::new();
    if section == Section::Problem {
        if steps::applies(another, answers) {
            issues.push(link(change_path(another), say("check.another"), false));
        }
        for issue in (1..=count).filter(|_| count > 1) {
            let text = say_with("check.remove_thing", &[("number", issue.to_string())]);
            issues.push(link(format!("/remove-thing/{issue}"), text, true));
        }
    }
    (!rows.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{say(&format!("tasks.sections.{}", section.code()))}</h2>
            <dl class="govuk-summary-list">{rows}</dl>
            {(!issues.is_empty()).then(|| view! { <ul class="govuk-list">{issues}</ul> })}
        }
        .into_any()
    })
}

/// Says how many files there are, and describes each with what is known about it, including a refusal.
fn listed<'a>(files: impl Iterator<Item = &'a FileView> + Clone) -> String {
    let mut lines = vec![count(files.clone().count())];
    lines.extend(files.filter_map(|file| {
        let said: Vec<String> = refusal(file).into_iter().chain(said_about(language(), file)).collect();
        let value = said.join("\n");
        (!said.is_empty()).then(|| say_with("check.labelled", &[("what", file.filename.as_str()), ("value", value.as_str())]))
    }));
    lines.join("\n")
}

/// The text in place of an answer: not visited yet, or left empty.
fn not_given(place: QuestionRef, answers: &Answers) -> String {
    let key = if answers.has(place) {
        "check.left_empty"
    } else {
        "check.not_given"
    };
    say(key)
}

fn row(place: QuestionRef, question: String, answer: String) -> AnyView {
    view! {
        <div class="govuk-summary-list__row">
            <dt class="govuk-summary-list__key">{question.clone()}</dt>
            <dd class="govuk-summary-list__value or-user-text">{answer}</dd>
            <dd class="govuk-summary-list__actions">
                <a class="govuk-link" href=change_path(place)>
                    {say("check.change")}<span class="govuk-visually-hidden">" "{question}</span>
                </a>
            </dd>
        </div>
    }
    .into_any()
}

fn change_path(place: QuestionRef) -> String {
    format!("{}?from=check", place.path())
}

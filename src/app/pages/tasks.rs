//! The task list: every section of the questionnaire with its progress, and the questions that are off the way to Send. They can be
//! done in any order.

use leptos::prelude::*;

use super::conflicts::Conflicts;
use super::question::QuestionSentences;
use super::question::answer_text::name;
use crate::app::components::SaveStatus;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::draft_store::DraftStore;
use crate::app::words::{say, say_with};
use complaint::fields::form::Choice;
use complaint::questionnaire::steps::{self, SectionState};
use complaint::{Answers, Page, QuestionRef, StepId};

/// All sections, each with a link to its first open question.
#[component]
pub fn Tasks(store: DraftStore) -> impl IntoView {
    let answers = store.answers.get_untracked();
    let title = say("tasks.heading");
    let sections = steps::sections(&answers);
    let done = sections.iter().filter(|(_, _, state)| *state == SectionState::Complete).count();
    let progress = say_with("tasks.progress", &[("done", done.to_string()), ("all", sections.len().to_string())]);
    let mut items = Vec::new();
    for (section, first, state) in sections {
        let name = say(&format!("tasks.sections.{}", section.code()));
        let id = format!("state-{}", section.code());
        let status = say(&format!("tasks.states.{}", state.code()));
        // Plain text for completed sections, so that the others stand out.
        let class = match state {
            SectionState::Complete => "",
            SectionState::CannotStart => "govuk-task-list__status--cannot-start-yet",
            _ => "govuk-tag govuk-tag--blue",
        };
        // The last section, sending, begins with the check of all answers.
        let to = if first.step == StepId::Declaration {
            Page::CheckAnswers
        } else {
            Page::Step(first)
        };
        let link = if state == SectionState::CannotStart {
            view! { <span>{name}</span> }.into_any()
        } else {
            view! { <a class="govuk-link govuk-task-list__link" href=to.path() aria-describedby=id.clone()>{name}</a> }.into_any()
        };
        items.push(item(link, id, class, status));
    }
    let mut more = Vec::new();
    for place in steps::extras(&answers) {
        more.push(extra(place, &answers));
    }
    view! {
        <PageTitle text=title.clone()/>
        <Main back=Some(Page::Start.path())>
            <Conflicts store/>
            <Heading text=title/>
            <p class="govuk-body">{progress}</p>
            <p class="govuk-body">{say("tasks.any_order")}</p>
            <ul class="govuk-task-list">{items}</ul>
            <h2 class="govuk-heading-m">{say("tasks.more")}</h2>
            <p class="govuk-body">{say("tasks.more_why")}</p>
            <ul class="govuk-task-list">{more}</ul>
            <p class="govuk-body"><a class="govuk-link" href=Page::CheckAnswers.path()>{say("tasks.check")}</a></p>
            <SaveStatus state=store.saving.into()/>
        </Main>
    }
    .into_any()
}

/// A question that helps, but that the complaint can be sent without.
fn extra(place: QuestionRef, answers: &Answers) -> AnyView {
    let helps = QuestionSentences::new(place.step, answers).get("helps");
    let id = format!("state-{}", place.slug());
    let state = if steps::is_answered(place, answers) {
        "tasks.states.complete"
    } else {
        "tasks.optional"
    };
    let link = view! {
        <a class="govuk-link govuk-task-list__link" href=place.path() aria-describedby=id.clone()>{name(place, answers)}</a>
        <div class="govuk-task-list__hint">{helps}</div>
    };
    item(link.into_any(), id, "", say(state))
}

fn item(link: AnyView, id: String, class: &'static str, status: String) -> AnyView {
    view! {
        <li class="govuk-task-list__item govuk-task-list__item--with-link">
            <div class="govuk-task-list__name-and-hint">{link}</div>
            <div class="govuk-task-list__status" id=id><span class=class>{status}</span></div>
        </li>
    }
    .into_any()
}

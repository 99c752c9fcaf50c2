//! Removing one of several issues, after showing what would be deleted. Server-only.

use leptos::prelude::*;

use super::UnavailablePage;
use super::question::answer_text::{name, written};
use crate::app::address::address;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::page_response::redirect;
use crate::app::portal::PageData;
use crate::app::words::{say, say_with};
use complaint::{Page, questionnaire::steps};
use contract::DraftView;

/// Asks whether an issue should be removed.
#[component]
pub fn RemoveThingPage() -> impl IntoView {
    let issue = address().slug().parse().unwrap_or(0);
    match PageData::take_draft() {
        Err(_) => view! { <UnavailablePage/> }.into_any(),
        Ok(Some(draft)) if can_go(&draft, issue) => ask(&draft, issue),
        Ok(_) => redirect(&Page::CheckAnswers.path()),
    }
}

/// Whether an issue can be removed. The only issue cannot.
fn can_go(draft: &DraftView, issue: u8) -> bool {
    let count = steps::issue_count(&draft.answers);
    draft.sent.is_none() && count > 1 && (1..=count).contains(&issue)
}

fn ask(draft: &DraftView, issue: u8) -> AnyView {
    let answers = &draft.answers;
    let title = say_with("remove_thing.heading", &[("number", issue.to_string())]);
    let rows: Vec<AnyView> = steps::steps(answers)
        .filter(|place| place.issue == issue)
        .filter_map(|place| Some((name(place, answers), written(place, answers)?)))
        .map(|(question, answer)| {
            view! {
                <div class="govuk-summary-list__row">
                    <dt class="govuk-summary-list__key">{question}</dt>
                    <dd class="govuk-summary-list__value or-user-text">{answer}</dd>
                </div>
            }
            .into_any()
        })
        .collect();
    view! {
        <PageTitle text=title.clone()/>
        <Main back=Some(Page::CheckAnswers.path())>
            <Heading text=title/>
            <p class="govuk-body">{say("remove_thing.what")}</p>
            <dl class="govuk-summary-list">{rows}</dl>
            <form method="post" action=format!("/remove-thing/{issue}")>
                <button class="govuk-button govuk-button--warning" type="submit">{say("remove_thing.yes")}</button>
            </form>
            <p class="govuk-body"><a class="govuk-link" rel="external" href=Page::CheckAnswers.path()>{say("remove_thing.no")}</a></p>
        </Main>
    }
    .into_any()
}

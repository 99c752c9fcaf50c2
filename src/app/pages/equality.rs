//! The equality questions: an introduction, and the questions.

use leptos::prelude::*;

use super::posted;
use crate::app::components::choices::{Choices, Item};
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{Errors, TroubleNotice};
use crate::app::portal::RejectedForm;
use crate::app::words::{language, say};
use complaint::Page;
use complaint::questionnaire::equality::{NOT_SAID, QUESTIONS, Question};

/// The address of the introduction.
pub const INTRODUCTION: &str = "/equality";

/// The address of the questions.
const ASKED: &str = "/equality/questions";

/// Says what is asked and why, and that answering is optional.
#[component]
pub fn EqualityPage() -> impl IntoView {
    let title = say("equality.title");
    let items = ["equality.apart", "equality.no_effect", "equality.counted", "equality.once"];
    let items = items.iter().map(|key| view! { <li>{say(key)}</li> }).collect_view();
    view! {
        <PageTitle text=title.clone()/>
        <Main back=Some(Page::Sent.path())>
            <Heading text=title/>
            <p class="govuk-body">{say("equality.what")}</p>
            <p class="govuk-body">{say("equality.why")}</p>
            <ul class="govuk-list govuk-list--bullet">{items}</ul>
            <a class="govuk-button" href=ASKED role="button" rel="external">{say("equality.begin")}</a>
            <p class="govuk-body"><a class="govuk-link" href=Page::Sent.path() rel="external">{say("equality.leave")}</a></p>
        </Main>
    }
    .into_any()
}

/// All questions on one page: they are short, and a person who wants to stop has seen them all.
#[component]
pub fn EqualityQuestionsPage() -> impl IntoView {
    let RejectedForm { fields, trouble, .. } = posted().unwrap_or_default();
    let title = say("equality.questions_title");
    let questions: Vec<AnyView> = QUESTIONS
        .iter()
        .map(|question| {
            let chosen = vec![fields.raw(question.code).to_owned()];
            choices(question, chosen)
        })
        .collect();
    view! {
        <PageTitle text=title.clone()/>
        <Main back=Some(INTRODUCTION.to_owned())>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <Heading text=title/>
            <p class="govuk-body">{say("equality.about_whom")}</p>
            <form method="post" action=ASKED novalidate=true autocomplete="off">
                {questions}
                <button type="submit" class="govuk-button">{say("form.continue")}</button>
            </form>
        </Main>
    }
    .into_any()
}

fn choices(question: &Question, chosen: Vec<String>) -> AnyView {
    let code = question.code;
    let own = |answer: &str, what: &str| format!("equality.questions.{code}.{answer}{what}");
    let item = |answer: &'static str| Item {
        code: answer,
        text: if answer == NOT_SAID {
            say("equality.not_said")
        } else {
            say(&own(answer, ""))
        },
        hint: language().say_if_any(&own(answer, "_hint")),
    };
    view! {
        <Choices
            name=code
            legend=say(&own("legend", ""))
            items=question.choices().map(item).collect()
            chosen
            errors=Errors::new(Vec::new())
            hint=String::new()
            heading=false
            many=false
        />
    }
    .into_any()
}

//! Pages that only tell something: where else to go, what to do in danger, what happens next.

use leptos::prelude::*;

use super::{Parts, QuestionCx, Words};
use crate::app::components::Heading;
use crate::complaint::StepId;

/// The paragraphs of a notice: `p1`, `p2` and so on.
fn paragraphs(words: &Words, prefix: &str) -> Vec<AnyView> {
    (1..)
        .map_while(|n| words.find(&format!("{prefix}{n}")))
        .map(|text| view! { <p class="govuk-body">{text}</p> }.into_any())
        .collect()
}

pub fn parts(cx: &QuestionCx, words: &Words, title: String) -> Parts {
    let special = match cx.place.step {
        StepId::Emergency => emergency(cx, words),
        StepId::WhatNext => what_next(cx, words),
        _ => ().into_any(),
    };
    let fields = view! {
        <Heading text=title.clone()/>
        {paragraphs(words, "p")}
        {special}
        {paragraphs(words, "after")}
    };
    Parts {
        title,
        before: ().into_any(),
        fields: fields.into_any(),
    }
}

/// What to do at once about each danger that was chosen.
fn emergency(cx: &QuestionCx, words: &Words) -> AnyView {
    let hazard = crate::complaint::Place {
        step: StepId::Hazard,
        ..cx.place
    };
    let question = crate::complaint::journey::question(StepId::Hazard);
    let Some(crate::complaint::question::Input::Many(options)) = question.fields().first().map(|f| f.input) else {
        return ().into_any();
    };
    let advice: Vec<AnyView> = options(&cx.answers, cx.place.issue)
        .iter()
        .filter(|code| cx.answers.is(hazard, "hazard", code))
        .filter_map(|code| words.find(&format!("advice.{code}")))
        .map(|text| view! { <li>{text}</li> }.into_any())
        .collect();
    view! { <ul class="govuk-list govuk-list--bullet govuk-list--spaced">{advice}</ul> }.into_any()
}

/// What can happen next, by how far the complaint to the landlord has got.
fn what_next(cx: &QuestionCx, words: &Words) -> AnyView {
    let stage = cx.answers.text(StepId::Stage, "stage").to_owned();
    view! { {paragraphs(words, &format!("{stage}_"))} }.into_any()
}

/// Saying that there is nothing more deletes what was told about the things after this one.
pub fn warning(cx: &QuestionCx, words: &Words) -> AnyView {
    let more = cx.place.step == StepId::MoreIssues && cx.place.issue < crate::complaint::journey::issues(&cx.answers);
    more.then(|| view! { <div class="govuk-inset-text">{words.get("warning")}</div> })
        .into_any()
}

/// What sending means, above the box that agrees to it.
pub fn declaration(cx: &QuestionCx, words: &Words) -> AnyView {
    if cx.place.step != StepId::Declaration {
        return ().into_any();
    }
    view! {
        <ul class="govuk-list govuk-list--bullet">
            <li>{words.get("promise")}</li>
            <li>{words.get("shared")}</li>
        </ul>
    }
    .into_any()
}

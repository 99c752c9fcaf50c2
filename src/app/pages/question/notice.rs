//! Pages that only inform: where else to go, what to do in danger, what happens next.

use leptos::prelude::*;

use super::{Parts, QuestionCx, QuestionSentences};
use crate::app::components::{ClockSummary, Heading, Letter, LetterToCopy};
use crate::app::portal::ServedClock;
use crate::app::words::language;
use complaint::clock::{Clock, RouteKind};
use complaint::questionnaire::questions::RoleKind;
use complaint::{Answers, StepId};

/// Returns the paragraphs of a notice: `p1`, `p2` and so on, for the prefix `p`.
fn paragraphs(words: QuestionSentences, prefix: &str) -> Vec<AnyView> {
    (1..)
        .map_while(|n| words.find(&format!("{prefix}{n}")))
        .map(|text| view! { <p class="govuk-body">{text}</p> }.into_any())
        .collect()
}

pub fn parts(cx: &QuestionCx, words: QuestionSentences, title: String) -> Parts {
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
fn emergency(cx: &QuestionCx, words: QuestionSentences) -> AnyView {
    let hazard = complaint::QuestionRef {
        step: StepId::Hazard,
        ..cx.place
    };
    let question = complaint::questionnaire::steps::question(StepId::Hazard);
    let Some(complaint::questionnaire::question::Input::Many(options)) = question.fields().first().map(|f| f.input) else {
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

/// What can happen next: the complaint clock, and a letter if there is one to write. Without a connection, sentences that depend only on
/// the complaint's stage.
fn what_next(cx: &QuestionCx, words: QuestionSentences) -> AnyView {
    let stage = cx.answers.text(StepId::Stage, "stage").to_owned();
    let answers = StoredValue::new(cx.answers.clone());
    let clock = RwSignal::new(use_context().and_then(|ServedClock(served)| served.try_update_value(Option::take).flatten()));
    #[cfg(all(feature = "hydrate", feature = "form"))]
    crate::app::client::ask_for_clock(clock, &cx.answers);
    let roughly = move || paragraphs(words, &format!("{stage}_")).into_any();
    (move || match clock.get() {
        Some(clock) => clock_and_letter(clock, &answers.get_value()),
        None => roughly(),
    })
    .into_any()
}

/// The clock's sentences, and the letter.
fn clock_and_letter(clock: Clock, answers: &Answers) -> AnyView {
    let letter = (clock.route.kind == RouteKind::HelpToComplain).then(|| {
        let line = |field| answers.text(StepId::HomeAddress, field).to_owned();
        Letter {
            stage: clock.route.stage.unwrap_or(1),
            name: answers.text(StepId::ResidentName, "full_name").to_owned(),
            address: ["line_1", "line_2", "town", "postcode"].map(line).into(),
            landlord: answers.text(StepId::Landlord, "name").to_owned(),
            date: language().date(clock.today),
            what_happened: answers.text(StepId::WhatHappened, "what_happened").to_owned(),
            put_right: answers.text(StepId::PutRight, "put_right").to_owned(),
        }
    });
    let for_another = answers.role_kind() == Some(RoleKind::Representative);
    view! {
        <ClockSummary clock for_another/>
        {letter.map(|letter| view! { <LetterToCopy letter/> })}
    }
    .into_any()
}

/// Warns that "nothing more" deletes the answers about the issues after this one.
pub fn warning(cx: &QuestionCx, words: QuestionSentences) -> AnyView {
    let more = cx.place.step == StepId::MoreIssues && cx.place.issue < complaint::questionnaire::steps::issue_count(&cx.answers);
    more.then(|| view! { <div class="govuk-inset-text">{words.get("warning")}</div> })
        .into_any()
}

/// What sending means, above the checkbox that agrees to it.
pub fn declaration(cx: &QuestionCx, words: QuestionSentences) -> AnyView {
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

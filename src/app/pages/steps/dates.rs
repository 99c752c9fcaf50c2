//! When what happened with the landlord.

use leptos::prelude::*;

use super::{Parts, StepCx};
use crate::app::components::{DateInput, Heading};
use crate::app::words::say;
use crate::complaint::form::Choice;
use crate::complaint::steps::Dates;
use crate::complaint::steps::dates::{DateQuestion, asked};

pub fn parts(cx: &StepCx) -> Parts {
    let given: Dates = cx.given(cx.answers.dates.as_ref());
    let title = say("steps.dates.heading");
    let questions = cx.answers.stage_kind().map_or(DateQuestion::ALL, asked);
    let errors = cx.errors;
    let dates = questions
        .iter()
        .map(|question| {
            let name = question.code();
            let legend = say(&format!("date_question.{name}.legend"));
            view! { <DateInput name legend hint=say("steps.dates.hint") value=given.get(*question).clone() errors/> }
        })
        .collect_view();
    let fields = view! {
        <Heading text=title.clone()/>
        <p class="govuk-body">{say("steps.dates.why")}</p>
        {dates}
    };
    Parts::new(title, fields.into_any())
}

//! What it is mostly about.

use leptos::prelude::*;

use super::{Parts, StepCx, items};
use crate::app::components::Radios;
use crate::app::words::say;
use crate::complaint::form::Choice;
use crate::complaint::steps::Category;
use crate::complaint::steps::category::CategoryKind;

pub fn parts(cx: &StepCx) -> Parts {
    let given: Category = cx.given(cx.answers.category.as_ref());
    let title = say("steps.category.heading");
    let options = items::<CategoryKind>("steps.category.options");
    let fields = view! {
        <Radios
            name="category"
            legend=title.clone()
            heading=true
            hint=say("steps.category.hint")
            items=options
            chosen=given.category.map(Choice::code)
            errors=cx.errors
        />
    };
    Parts::new(title, fields.into_any())
}

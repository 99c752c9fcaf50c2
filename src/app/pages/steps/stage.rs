//! Where the complaint has got to.

use leptos::prelude::*;

use super::{Parts, StepCx, items};
use crate::app::components::Radios;
use crate::app::words::say;
use crate::complaint::form::Choice;
use crate::complaint::steps::Stage;
use crate::complaint::steps::stage::StageKind;

pub fn parts(cx: &StepCx) -> Parts {
    let given: Stage = cx.given(cx.answers.stage.as_ref());
    let title = say("steps.stage.heading");
    let options = items::<StageKind>("steps.stage.options");
    let fields = view! {
        <Radios
            name="stage"
            legend=title.clone()
            heading=true
            hint=say("steps.stage.hint")
            items=options
            chosen=given.stage.map(Choice::code)
            errors=cx.errors
        />
    };
    Parts::new(title, fields.into_any())
}

//! The resident's name.

use leptos::prelude::*;

use super::{Parts, StepCx};
use crate::app::components::TextInput;
use crate::app::words::say;
use crate::complaint::steps::ResidentName;

pub fn parts(cx: &StepCx) -> Parts {
    let given: ResidentName = cx.given(cx.answers.resident_name.as_ref());
    let title = if cx.for_another() {
        say("steps.resident_name.heading_representative")
    } else {
        say("steps.resident_name.heading")
    };
    // Only a person's own name may be filled in by their browser.
    let autocomplete = if cx.for_another() { "off" } else { "name" };
    let fields = view! {
        <TextInput
            name="full_name"
            label=title.clone()
            heading=true
            hint=say("steps.resident_name.hint")
            value=given.full_name
            errors=cx.errors
            autocomplete
            spellcheck=false
        />
    };
    Parts::new(title, fields.into_any())
}

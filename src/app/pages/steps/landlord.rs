//! The landlord.

use leptos::prelude::*;

use super::{Parts, StepCx};
use crate::app::components::TextInput;
use crate::app::words::say;
use crate::complaint::steps::Landlord;

pub fn parts(cx: &StepCx) -> Parts {
    let given: Landlord = cx.given(cx.answers.landlord.as_ref());
    let title = if cx.for_another() {
        say("steps.landlord.heading_representative")
    } else {
        say("steps.landlord.heading")
    };
    let fields = view! {
        <TextInput
            name="name"
            label=title.clone()
            heading=true
            hint=say("steps.landlord.hint")
            value=given.name
            errors=cx.errors
            autocomplete="off"
            spellcheck=false
        />
    };
    Parts::new(title, fields.into_any())
}

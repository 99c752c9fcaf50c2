//! About the person who acts for the resident.

use leptos::prelude::*;

use super::{Parts, StepCx, items};
use crate::app::components::{Heading, Radios, TextInput};
use crate::app::words::say;
use crate::complaint::form::Choice;
use crate::complaint::steps::Representative;
use crate::complaint::steps::representative::Connection;

pub fn parts(cx: &StepCx) -> Parts {
    let given: Representative = cx.given(cx.answers.representative.as_ref());
    let title = say("steps.representative.heading");
    let errors = cx.errors;
    let options = items::<Connection>("steps.representative.options");
    let fields = view! {
        <Heading text=title.clone()/>
        <p class="govuk-body">{say("steps.representative.why")}</p>
        <TextInput name="full_name" label=say("steps.representative.full_name") value=given.full_name errors autocomplete="name" spellcheck=false/>
        <TextInput
            name="organisation"
            label=say("steps.representative.organisation")
            value=given.organisation
            errors
            autocomplete="organization"
            spellcheck=false
        />
        <Radios
            name="connection"
            legend=say("steps.representative.connection")
            items=options
            chosen=given.connection.map(Choice::code)
            errors
        />
    };
    Parts::new(title, fields.into_any())
}

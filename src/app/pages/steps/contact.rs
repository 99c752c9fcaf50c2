//! How to reach the person.

use leptos::prelude::*;

use super::{Parts, StepCx};
use crate::app::components::{Heading, TextInput};
use crate::app::words::say;
use crate::complaint::steps::Contact;

pub fn parts(cx: &StepCx) -> Parts {
    let given: Contact = cx.given(cx.answers.contact.as_ref());
    let title = say("steps.contact.heading");
    let errors = cx.errors;
    let fields = view! {
        <Heading text=title.clone()/>
        <p class="govuk-body">{say("steps.contact.why")}</p>
        <TextInput
            name="email"
            label=say("steps.contact.email")
            value=given.email
            errors
            kind="email"
            autocomplete="email"
            spellcheck=false
        />
        <TextInput
            name="phone"
            label=say("steps.contact.phone")
            hint=say("steps.contact.phone_hint")
            value=given.phone
            errors
            kind="tel"
            autocomplete="tel"
            width="govuk-input--width-20"
            spellcheck=false
        />
    };
    Parts::new(title, fields.into_any())
}

//! The address of the home.

use leptos::prelude::*;

use super::{Parts, StepCx};
use crate::app::components::{Heading, TextInput};
use crate::app::words::say;
use crate::complaint::steps::HomeAddress;

pub fn parts(cx: &StepCx) -> Parts {
    let given: HomeAddress = cx.given(cx.answers.home_address.as_ref());
    let other = cx.for_another();
    let title = if other {
        say("steps.home_address.heading_representative")
    } else {
        say("steps.home_address.heading")
    };
    let token = move |own: &'static str| if other { "off" } else { own };
    let errors = cx.errors;
    let fields = view! {
        <Heading text=title.clone()/>
        <p class="govuk-body">{say("steps.home_address.why")}</p>
        <TextInput name="line_1" label=say("steps.home_address.line_1") value=given.line_1 errors autocomplete=token("address-line1") spellcheck=false/>
        <TextInput name="line_2" label=say("steps.home_address.line_2") value=given.line_2 errors autocomplete=token("address-line2") spellcheck=false/>
        <TextInput
            name="town"
            label=say("steps.home_address.town")
            value=given.town
            errors
            autocomplete=token("address-level2")
            width="govuk-!-width-two-thirds"
            spellcheck=false
        />
        <TextInput
            name="postcode"
            label=say("steps.home_address.postcode")
            value=given.postcode
            errors
            autocomplete=token("postal-code")
            width="govuk-input--width-10"
            spellcheck=false
        />
    };
    Parts::new(title, fields.into_any())
}

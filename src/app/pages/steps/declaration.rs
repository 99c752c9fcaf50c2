//! The declaration, and Send.

use leptos::prelude::*;

use super::{Parts, StepCx};
use crate::app::components::Heading;
use crate::app::components::errors::{FieldMessage, group_class};
use crate::app::words::say;
use crate::complaint::steps::Declaration;

pub fn parts(cx: &StepCx) -> Parts {
    let given: Declaration = cx.given(cx.answers.declaration.as_ref());
    let title = say("steps.declaration.heading");
    let errors = cx.errors;
    let promise = if cx.for_another() {
        say("steps.declaration.promise_representative")
    } else {
        say("steps.declaration.promise")
    };
    let fields = view! {
        <Heading text=title.clone()/>
        <p class="govuk-body">{say("steps.declaration.intro")}</p>
        <ul class="govuk-list govuk-list--bullet">
            <li>{promise}</li>
            <li>{say("steps.declaration.shared")}</li>
        </ul>
        <div class=group_class(errors, "agreed")>
            <FieldMessage errors name="agreed"/>
            <div class="govuk-checkboxes">
                <div class="govuk-checkboxes__item">
                    <input
                        class="govuk-checkboxes__input"
                        id="agreed"
                        name="agreed"
                        type="checkbox"
                        value="yes"
                        checked=given.agreed
                        aria-describedby=move || errors.of("agreed").map(|_| "agreed-error")
                    />
                    <label class="govuk-label govuk-checkboxes__label" for="agreed">{say("steps.declaration.agree")}</label>
                </div>
            </div>
        </div>
    };
    Parts::new(title, fields.into_any())
}

//! A date in three boxes, and "I do not know".

use leptos::prelude::*;

use super::Errors;
use super::errors::{FieldMessage, described_by, group_class};
use crate::app::words::say;
use complaint::fields::DateInput as Typed;

/// A date that the person may know exactly, roughly, or not at all. No box moves the focus on by itself.
#[component]
pub fn DateInput(
    name: &'static str,
    #[prop(into)] legend: String,
    #[prop(into)] hint: String,
    value: Typed,
    errors: Errors,
) -> impl IntoView {
    let described = described_by(errors, name, true);
    let part = |part: &'static str, width: &'static str, inputmode: Option<&'static str>, value: String| {
        let id = format!("{name}-{part}");
        view! {
            <div class="govuk-date-input__item">
                <div class="govuk-form-group">
                    <label class="govuk-label govuk-date-input__label" for=id.clone()>{say(&format!("date.{part}"))}</label>
                    <input
                        class=move || {
                            let wrong = if errors.of(name).is_some() { " govuk-input--error" } else { "" };
                            format!("govuk-input govuk-date-input__input {width}{wrong}")
                        }
                        id=id.clone()
                        name=id
                        type="text"
                        inputmode=inputmode
                        autocomplete="off"
                        value=value
                    />
                </div>
            </div>
        }
    };
    let unknown_id = format!("{name}-unknown");
    view! {
        <div class=group_class(errors, name)>
            <fieldset class="govuk-fieldset" role="group" aria-describedby=described>
                <legend class="govuk-fieldset__legend govuk-fieldset__legend--m">{legend}</legend>
                <div id=format!("{name}-hint") class="govuk-hint">{hint}</div>
                <FieldMessage errors name/>
                <div class="govuk-date-input">
                    {part("day", "govuk-input--width-2", Some("numeric"), value.day)}
                    // A month may be typed as a name, so this box does not ask for a number pad.
                    {part("month", "govuk-input--width-4", None, value.month)}
                    {part("year", "govuk-input--width-4", Some("numeric"), value.year)}
                </div>
                <div class="govuk-checkboxes govuk-checkboxes--small">
                    <div class="govuk-checkboxes__item">
                        <input class="govuk-checkboxes__input" type="checkbox" id=unknown_id.clone() name=unknown_id.clone() value="yes" checked=value.unknown/>
                        <label class="govuk-label govuk-checkboxes__label" for=unknown_id>{say("date.unknown")}</label>
                    </div>
                </div>
            </fieldset>
        </div>
    }
    .into_any()
}

//! A one-line text field.

use leptos::prelude::*;

use super::Errors;
use super::errors::{FieldMessage, described_by, group_class};
use super::heading::HEADING_ID;

/// A labelled one-line field. Uncontrolled: text typed before hydration stays.
#[component]
pub fn TextInput(
    /// The field's name in the form, and its id.
    name: &'static str,
    #[prop(into)] label: String,
    /// The initial value.
    #[prop(into)]
    value: String,
    errors: Errors,
    /// No hint if empty.
    #[prop(optional, into)]
    hint: String,
    /// Whether the label is the page's `h1`.
    #[prop(optional)]
    heading: bool,
    #[prop(optional)] autocomplete: &'static str,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(default = "text")] kind: &'static str,
    /// A width class of govuk-frontend, if the answer is known to be short.
    #[prop(default = "")]
    width: &'static str,
    /// `false` for names and codes, which are not words to be corrected.
    #[prop(default = true)]
    spellcheck: bool,
) -> impl IntoView {
    let label = if heading {
        view! {
            <h1 id=HEADING_ID class="govuk-label-wrapper" tabindex="-1">
                <label class="govuk-label govuk-label--l" for=name>{label}</label>
            </h1>
        }
        .into_any()
    } else {
        view! { <label class="govuk-label" for=name>{label}</label> }.into_any()
    };
    let described = described_by(errors, name, !hint.is_empty());
    view! {
        <div class=group_class(errors, name)>
            {label}
            {(!hint.is_empty()).then(|| view! { <div id=format!("{name}-hint") class="govuk-hint">{hint}</div> })}
            <FieldMessage errors name/>
            <input
                class=move || {
                    let wrong = if errors.of(name).is_some() { " govuk-input--error" } else { "" };
                    format!("govuk-input {width}{wrong}")
                }
                id=name
                name=name
                type=kind
                value=value
                autocomplete=(!autocomplete.is_empty()).then_some(autocomplete)
                inputmode=inputmode
                spellcheck=if spellcheck { None } else { Some("false") }
                aria-describedby=described
            />
        </div>
    }
    .into_any()
}

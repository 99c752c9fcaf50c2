//! A choice of one or several from a list.

use leptos::prelude::*;

use super::Errors;
use super::errors::{FieldMessage, described_by, group_class};
use super::heading::HEADING_ID;

/// One choice: its code, its text, and an optional hint.
#[derive(Clone, Debug)]
pub struct Item {
    pub code: &'static str,
    pub text: String,
    pub hint: Option<String>,
}

/// Radio buttons, or checkboxes for `many`, under a legend. The first input has the field's name as its id, so that the error
/// summary leads to it.
#[component]
pub fn Choices(
    name: &'static str,
    legend: String,
    items: Vec<Item>,
    /// The codes that are chosen initially.
    chosen: Vec<String>,
    errors: Errors,
    /// No hint if empty.
    hint: String,
    /// Whether the legend is the page's `h1`.
    heading: bool,
    /// Whether several may be chosen.
    many: bool,
) -> impl IntoView {
    let legend = if heading {
        view! {
            <legend class="govuk-fieldset__legend govuk-fieldset__legend--l">
                <h1 id=HEADING_ID class="govuk-fieldset__heading" tabindex="-1">{legend}</h1>
            </legend>
        }
        .into_any()
    } else {
        view! { <legend class="govuk-fieldset__legend govuk-fieldset__legend--m">{legend}</legend> }.into_any()
    };
    let kind = if many { "checkboxes" } else { "radios" };
    let input = if many { "checkbox" } else { "radio" };
    let described = described_by(errors, name, !hint.is_empty());
    let items = items
        .into_iter()
        .enumerate()
        .map(|(i, item)| {
            let id = if i == 0 { name.to_owned() } else { format!("{name}-{}", item.code) };
            let hint_id = item.hint.is_some().then(|| format!("{id}-item-hint"));
            let checked = chosen.iter().any(|c| c == item.code);
            view! {
                <div class=format!("govuk-{kind}__item")>
                    <input
                        class=format!("govuk-{kind}__input")
                        id=id.clone()
                        name=name
                        type=input
                        value=item.code
                        checked=checked
                        aria-describedby=hint_id.clone()
                    />
                    <label class=format!("govuk-label govuk-{kind}__label") for=id>{item.text}</label>
                    {item.hint.map(|hint| view! { <div id=hint_id class=format!("govuk-hint govuk-{kind}__hint")>{hint}</div> })}
                </div>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    let hint = (!hint.is_empty()).then(|| view! { <div id=format!("{name}-hint") class="govuk-hint">{hint}</div> });
    view! {
        <div class=group_class(errors, name)>
            <fieldset class="govuk-fieldset" aria-describedby=described>
                {legend}
                {hint}
                <FieldMessage errors name/>
                <div class=format!("govuk-{kind}")>{items}</div>
            </fieldset>
        </div>
    }
    .into_any()
}

/// A single checkbox.
#[component]
pub fn Checkbox(name: &'static str, label: String, checked: bool, errors: Errors) -> impl IntoView {
    view! {
        <div class=group_class(errors, name)>
            <FieldMessage errors name/>
            <div class="govuk-checkboxes">
                <div class="govuk-checkboxes__item">
                    <input
                        class="govuk-checkboxes__input"
                        id=name
                        name=name
                        type="checkbox"
                        value="yes"
                        checked=checked
                        aria-describedby=described_by(errors, name, false)
                    />
                    <label class="govuk-label govuk-checkboxes__label" for=name>{label}</label>
                </div>
            </div>
        </div>
    }
    .into_any()
}

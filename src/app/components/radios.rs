//! A choice of one from a list.

use leptos::prelude::*;

use super::Errors;
use super::errors::{FieldMessage, described_by, group_class};
use super::heading::HEADING_ID;

/// One choice: its code, its text, and a hint where it needs one.
#[derive(Clone, Debug)]
pub struct Item {
    pub code: &'static str,
    pub text: String,
    pub hint: Option<String>,
}

/// Radio buttons under a legend. The first has the field's own name as id, so that the error summary leads to it.
#[component]
pub fn Radios(
    name: &'static str,
    #[prop(into)] legend: String,
    items: Vec<Item>,
    /// The code that is chosen when the page opens.
    chosen: Option<&'static str>,
    errors: Errors,
    #[prop(optional, into)] hint: Option<String>,
    /// Whether the legend is the page's `h1`.
    #[prop(optional)]
    heading: bool,
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
    let described = described_by(errors, name, hint.is_some());
    let items = items
        .into_iter()
        .enumerate()
        .map(|(i, item)| {
            let id = if i == 0 { name.to_owned() } else { format!("{name}-{}", item.code) };
            let hint_id = item.hint.is_some().then(|| format!("{id}-item-hint"));
            view! {
                <div class="govuk-radios__item">
                    <input
                        class="govuk-radios__input"
                        id=id.clone()
                        name=name
                        type="radio"
                        value=item.code
                        checked=chosen == Some(item.code)
                        aria-describedby=hint_id.clone()
                    />
                    <label class="govuk-label govuk-radios__label" for=id>{item.text}</label>
                    {item.hint.map(|hint| view! { <div id=hint_id class="govuk-hint govuk-radios__hint">{hint}</div> })}
                </div>
            }
        })
        .collect_view();
    view! {
        <div class=group_class(errors, name)>
            <fieldset class="govuk-fieldset" aria-describedby=described>
                {legend}
                {hint.map(|hint| view! { <div id=format!("{name}-hint") class="govuk-hint">{hint}</div> })}
                <FieldMessage errors name/>
                <div class="govuk-radios">{items}</div>
            </fieldset>
        </div>
    }
    .into_any()
}

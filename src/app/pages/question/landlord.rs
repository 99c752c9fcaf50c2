//! The landlord's name, and a search in the register. A hydrated page suggests names while the person types; without hydration a button
//! searches. Any name is accepted, whether it is in the register or not.

use leptos::prelude::*;

use super::QuestionCx;
use crate::app::components::TextInput;
use crate::app::draft_store::LANDLORD_BY_NAME;
use crate::app::words::language;
use contract::LandlordMatch;
use text::Language;

/// The `action` of the button that searches the register.
pub const FIND: &str = "find";

/// The field with the landlord's number in the register.
pub const NUMBER: &str = "registration_number";

pub fn fields(cx: &QuestionCx, label: String, hint: String, value: String) -> AnyView {
    let found = RwSignal::new(cx.found.clone());
    let number = cx.given.raw(NUMBER).to_owned();
    let language = language();
    let typed = move |event: leptos::ev::Event| look(&event, found);
    // Enter in the field activates a form's first button, which must not be the one that only searches.
    let go_on = language.say("form.continue");
    view! {
        <button type="submit" class="govuk-visually-hidden" tabindex="-1" aria-hidden="true" name="action" value="continue">{go_on}</button>
        <div on:input=typed>
            <TextInput name="name" label heading=true hint value errors=cx.errors autocomplete="off" spellcheck=false/>
            <input type="hidden" name=NUMBER value=number/>
        </div>
        <FindButton/>
        <div on:change=move |event| choose(&event)>
            {move || found.get().map(|found| results(found, language))}
        </div>
    }
    .into_any()
}

/// The landlords that were found, and "not on this list".
fn results(found: Vec<LandlordMatch>, language: Language) -> AnyView {
    if found.is_empty() {
        return view! { <p class="govuk-body" role="status">{language.say("landlords.none")}</p> }.into_any();
    }
    let count = language.say_with("landlords.found", &[("number", found.len().to_string())]);
    let one = |id: String, number: String, name: String, about: String| {
        view! {
            <div class="govuk-radios__item">
                <input class="govuk-radios__input" id=id.clone() name=NUMBER type="radio" value=number data-name=name.clone()/>
                <label class="govuk-label govuk-radios__label" for=id.clone()>{name}</label>
                {(!about.is_empty()).then(|| view! { <div class="govuk-hint govuk-radios__hint">{about}</div> })}
            </div>
        }
        .into_any()
    };
    let mut items: Vec<AnyView> = found
        .into_iter()
        .enumerate()
        .map(|(i, landlord)| {
            let also = || landlord.also_known_as.into_iter().take(3).collect::<Vec<_>>().join(", ");
            let about = landlord.why.unwrap_or_else(also);
            let number = if landlord.registration_number.is_empty() {
                format!("{LANDLORD_BY_NAME}{}", landlord.name)
            } else {
                landlord.registration_number
            };
            one(format!("landlord-{i}"), number, landlord.name, about)
        })
        .collect();
    items.push(one(
        "landlord-none".into(),
        String::new(),
        language.say("landlords.not_listed"),
        String::new(),
    ));
    view! {
        <div class="govuk-form-group">
            <fieldset class="govuk-fieldset">
                <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{language.say("landlords.which")}</legend>
                <p class="govuk-hint" role="status">{count}</p>
                <div class="govuk-radios govuk-radios--small">{items}</div>
            </fieldset>
        </div>
    }
    .into_any()
}

/// "Find my landlord", for a page that is not hydrated.
#[component]
fn FindButton() -> impl IntoView {
    let alive = RwSignal::new(false);
    Effect::new(move || alive.set(true));
    let label = StoredValue::new(language().say("landlords.find"));
    let button = move || {
        (!alive.get()).then(|| {
            view! { <button type="submit" class="govuk-button govuk-button--secondary" name="action" value=FIND>{label.get_value()}</button> }
        })
    };
    button.into_any()
}

#[cfg_attr(
    not(all(feature = "hydrate", feature = "form")),
    expect(unused_variables, reason = "only the browser uses the arguments")
)]
fn look(event: &leptos::ev::Event, found: RwSignal<Option<Vec<LandlordMatch>>>) {
    #[cfg(all(feature = "hydrate", feature = "form"))]
    crate::app::client::landlords::suggest_landlords(event, found);
}

#[cfg_attr(
    not(all(feature = "hydrate", feature = "form")),
    expect(unused_variables, reason = "only the browser uses the arguments")
)]
fn choose(event: &leptos::ev::Event) {
    #[cfg(all(feature = "hydrate", feature = "form"))]
    crate::app::client::landlords::choose(event);
}

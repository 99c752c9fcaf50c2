//! Representation: the tenant's consent, the participants of a case, joining a case by a hand-over code.

pub(crate) mod claims;
mod join;
mod people;
mod request;

pub use join::JoinPage;
pub use people::{PeoplePage, PersonPage};
#[cfg(feature = "ssr")]
pub use request::LOOKED;
pub use request::RequestPage;

use leptos::prelude::*;

use crate::app::components::Errors;
use crate::app::components::choices::{Choices, Item};
use crate::app::components::errors::{FieldMessage, described_by, group_class};
use crate::app::words::{language, say, say_with};
use complaint::case::representation::Scope;
use complaint::fields::form::{Choice, Fields};

/// Checkboxes for what a representative may do. `offered` are the scopes that can be chosen.
fn scope_boxes(offered: &[Scope], chosen: Vec<String>, errors: Errors) -> AnyView {
    let item = |scope: &Scope| Item {
        code: scope.code(),
        text: say(&format!("representation.scope.{}", scope.code())),
        hint: None,
    };
    let items = offered.iter().map(item).collect();
    view! {
        <Choices
            name="scope"
            legend=say("representation.scopes.legend")
            items
            chosen
            errors
            hint=say("representation.scopes.hint")
            heading=false
            many=true
        />
    }
    .into_any()
}

/// The three boxes for the last day of a representation, which may be left empty.
fn until_boxes(value: [String; 3], errors: Errors) -> AnyView {
    let parts = [
        ("day", "govuk-input--width-2"),
        ("month", "govuk-input--width-4"),
        ("year", "govuk-input--width-4"),
    ];
    let boxes = parts.into_iter().zip(value).map(|((part, width), value)| {
        let id = format!("until-{part}");
        view! {
            <div class="govuk-date-input__item">
                <div class="govuk-form-group">
                    <label class="govuk-label govuk-date-input__label" for=id.clone()>{say(&format!("date.{part}"))}</label>
                    <input class=format!("govuk-input govuk-date-input__input {width}") id=id.clone() name=id type="text" autocomplete="off" value=value/>
                </div>
            </div>
        }
        .into_any()
    });
    let boxes: Vec<AnyView> = boxes.collect();
    view! {
        <div class=group_class(errors, "until")>
            <fieldset class="govuk-fieldset" role="group" aria-describedby=described_by(errors, "until", true)>
                <legend class="govuk-fieldset__legend govuk-fieldset__legend--m">{say("representation.until.legend")}</legend>
                <div id="until-hint" class="govuk-hint">{say("representation.until.hint")}</div>
                <FieldMessage errors name="until"/>
                <div class="govuk-date-input">{boxes}</div>
            </fieldset>
        </div>
    }
    .into_any()
}

/// Returns the values of the boxes for the last day: what was typed in a rejected form, else the stored day.
fn until_value(fields: &Fields, came_back: bool, until: Option<time::Date>) -> [String; 3] {
    if came_back {
        return ["until-day", "until-month", "until-year"].map(|name| fields.raw(name).to_owned());
    }
    until.map_or_else(Default::default, |until| {
        [
            until.day().to_string(),
            u8::from(until.month()).to_string(),
            until.year().to_string(),
        ]
    })
}

/// Returns the ticked scopes: what was posted if the form was rejected, else the stored scopes.
fn scope_value(fields: &Fields, came_back: bool, scopes: &[Scope]) -> Vec<String> {
    if came_back {
        return fields.all("scope").map(ToOwned::to_owned).collect();
    }
    scopes.iter().map(|scope| scope.code().to_owned()).collect()
}

/// What a representative may do, as a read-only list.
fn scope_list(scopes: &[Scope]) -> AnyView {
    let items: Vec<AnyView> = scopes
        .iter()
        .map(|scope| view! { <li>{say(&format!("representation.scope.{}", scope.code()))}</li> }.into_any())
        .collect();
    view! { <ul class="govuk-list govuk-list--bullet">{items}</ul> }.into_any()
}

/// Returns the last day of a representation as a sentence.
fn until_words(until: Option<time::Date>) -> String {
    until.map_or_else(
        || say("representation.until.none"),
        |until| say_with("representation.until.day", &[("date", language().date(until))]),
    )
}

/// A code in large type, for reading out.
fn code_box(label: String, code: String, note: String) -> AnyView {
    view! {
        <div class="or-reference">
            <p class="or-reference__label" id="code-label">{label}</p>
            <output class="or-reference__code" aria-labelledby="code-label">{code}</output>
            <p class="or-reference__note">{note}</p>
        </div>
    }
    .into_any()
}

/// A reference and an access code, shown only this once.
fn way_in(reference: String, access_code: String) -> AnyView {
    view! {
        <p class="govuk-body">{say("sent.reference")}" "<strong>{reference}</strong></p>
        {code_box(say("sent.access_code"), access_code, say("sent.access_code_once"))}
        <p class="govuk-body">{say("sent.write_down")}</p>
        <p class="govuk-body"><a class="govuk-link" href="/sign-in" rel="external">{say("sent.follow")}</a></p>
    }
    .into_any()
}

//! The fields of the contact plan, in the words of the questionnaire.

use leptos::prelude::*;

use crate::app::components::choices::{Choices, Item};
use crate::app::components::{Errors, TextInput, Textarea};
use crate::app::portal::is_shared;
use crate::app::words::say;
use complaint::Fields;
use complaint::case::contact_plan::change::Stop;
use complaint::case::contact_plan::{ContactMethod, ContactPlan, wanted};
use complaint::fields::form::Choice;
use complaint::fields::text;

/// All fields. `given` contains their values.
pub(super) fn all(plan: Option<&ContactPlan>, given: &Fields, errors: Errors) -> AnyView {
    let line = |name: &str| text::line(given.raw(name));
    let filled_in = |token: &'static str| if is_shared() { "off" } else { token };
    let part = |key: &'static str| view! { <h3 class="govuk-heading-s">{say(key)}</h3> };
    view! {
        {part("steps.email_safety.short")}
        <TextInput
            name="email"
            label=say("steps.contact.email")
            hint=say("contact.leave_out")
            value=line("email")
            errors
            kind="email"
            autocomplete=filled_in("email")
            spellcheck=false
        />
        {one("email_safe", "steps.email_safety.safe", yes_no(true), given, errors)}
        {one("email_named", "steps.email_safety.named", yes_no(false), given, errors)}
        {part("steps.phone_safety.short")}
        <TextInput
            name="phone"
            label=say("steps.contact.phone")
            hint=say("contact.leave_out")
            value=line("phone")
            errors
            kind="tel"
            autocomplete=filled_in("tel")
            width="govuk-input--width-20"
            spellcheck=false
        />
        {one("phone_safe", "steps.phone_safety.safe", yes_no(true), given, errors)}
        {one("voicemail_safe", "steps.phone_safety.message", yes_no(false), given, errors)}
        {part("steps.post_safety.short")}
        {one("post_safe", "steps.post_safety.safe", yes_no(true), given, errors)}
        <Textarea name="post_to" label=say("steps.post_safety.other_address") value=text::block(given.raw("post_to")) errors rows=4/>
        {part("steps.contact_choice.short")}
        {one("way", "steps.contact_choice.way", ways(given), given, errors)}
        <Choices
            name="times"
            legend=say("steps.contact_choice.times")
            items=times()
            chosen=given.all("times").map(ToOwned::to_owned).collect()
            errors
            hint=String::new()
            heading=false
            many=true
        />
        {stops(plan, given, errors)}
    }
    .into_any()
}

fn one(name: &'static str, legend: &'static str, items: Vec<Item>, given: &Fields, errors: Errors) -> AnyView {
    let chosen = vec![given.raw(name).to_owned()];
    view! { <Choices name legend=say(legend) items chosen errors hint=String::new() heading=false many=false/> }.into_any()
}

fn item(code: &'static str, key: &str) -> Item {
    Item {
        code,
        text: say(key),
        hint: None,
    }
}

fn yes_no(unsure: bool) -> Vec<Item> {
    let mut items = vec![item("yes", "options.yes.text"), item("no", "options.no.text")];
    items.extend(unsure.then(|| item("not_sure", "options.not_sure.text")));
    items
}

fn ways(given: &Fields) -> Vec<Item> {
    let way = |way: &ContactMethod| Item {
        hint: (*way == ContactMethod::Online).then(|| say("steps.contact_choice.way_options.online.hint")),
        ..item(way.code(), &format!("steps.contact_choice.way_options.{}.text", way.code()))
    };
    let offered = ContactMethod::ALL.iter().filter(|way| wanted::is_offered(**way, given));
    offered.map(way).collect()
}

fn times() -> Vec<Item> {
    let time = |time: &'static str| item(time, &format!("steps.contact_choice.times_options.{time}.text"));
    ["morning", "afternoon", "evening", "any"].into_iter().map(time).collect()
}

/// Checkboxes for contact methods to stop at once: those in force, and those ticked before.
fn stops(plan: Option<&ContactPlan>, given: &Fields, errors: Errors) -> Option<AnyView> {
    let chosen: Vec<String> = given.all("stop").map(ToOwned::to_owned).collect();
    let there = |stop: &&Stop| {
        let in_force = plan.is_some_and(|plan| match stop {
            Stop::Email => plan.email.is_some(),
            Stop::Phone => plan.phone.is_some(),
            Stop::Post => plan.post_safe || plan.post_to.is_some(),
        });
        in_force || chosen.iter().any(|code| code == stop.code())
    };
    let offered = Stop::ALL.iter().filter(there);
    let items: Vec<Item> = offered
        .map(|stop| item(stop.code(), &format!("contact.stop.{}", stop.code())))
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <Choices name="stop" legend=say("contact.stop.legend") items chosen errors hint=say("contact.stop.hint") heading=false many=true/>
        }
        .into_any()
    })
}

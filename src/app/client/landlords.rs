//! Suggests names from the register while the person types their landlord's name.

use std::cell::Cell;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use crate::app::client::device_store::pause;
use crate::app::client::rest;
use crate::app::draft_store::LANDLORD_BY_NAME;
use complaint::Fields;
use contract::LandlordMatch;

/// How long typing must pause before the register is searched, in milliseconds.
const REST: i32 = 250;

thread_local! {
    static LAST: Cell<u32> = const { Cell::new(0) };
}

fn input(event: &leptos::ev::Event) -> Option<web_sys::HtmlInputElement> {
    event.target()?.dyn_into().ok()
}

/// Returns an input of the page: the hidden one with the landlord's number, or the one with the name.
fn field(selector: &str) -> Option<web_sys::HtmlInputElement> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}

/// Searches the register for what was typed, once typing pauses. Without a connection nothing is suggested.
pub fn suggest_landlords(event: &leptos::ev::Event, found: RwSignal<Option<Vec<LandlordMatch>>>) {
    let Some(typed) = input(event).map(|input| input.value()) else {
        return;
    };
    // The number belonged to another name.
    if let Some(number) = field("input[type=hidden][name=registration_number]") {
        number.set_value("");
    }
    let mine = LAST.get().wrapping_add(1);
    LAST.set(mine);
    // Text longer than any name matches nothing.
    if !(2..=100).contains(&typed.trim().chars().count()) {
        return found.set(None);
    }
    spawn_local(async move {
        pause(REST).await;
        if LAST.get() != mine {
            return;
        }
        let answer = rest::landlords(&typed).await;
        if LAST.get() == mine
            && let Ok(list) = answer
        {
            found.set(Some(list));
        }
    });
}

/// Removes the placeholder for the number of a landlord that has none.
pub fn drop_number_placeholder(fields: &mut Fields) {
    fields.0.retain(|(_, value)| !value.starts_with(LANDLORD_BY_NAME));
}

/// Puts the chosen landlord's name into the field, so that the person sees what will be sent.
pub fn choose(event: &leptos::ev::Event) {
    let Some(radio) = input(event) else { return };
    let (Some(name), number) = (field("#name"), radio.value()) else {
        return;
    };
    if let Some(chosen) = radio.dataset().get("name").filter(|_| !number.is_empty()) {
        name.set_value(&chosen);
    }
}

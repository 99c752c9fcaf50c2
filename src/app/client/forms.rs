//! Reading a submitted form as the server would receive it.

#[cfg(feature = "form")]
use leptos::ev::SubmitEvent;
use time::{Date, Month};
#[cfg(feature = "form")]
use wasm_bindgen::JsCast;

use complaint::Fields;

/// Returns the text fields of the submitted form, in page order, without files.
#[cfg(feature = "form")]
pub fn fields(event: &SubmitEvent) -> Fields {
    let form = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlFormElement>().ok());
    form.map(|form| fields_of(&form)).unwrap_or_default()
}

/// Returns the text fields of a form, in page order, without files.
pub fn fields_of(form: &web_sys::HtmlFormElement) -> Fields {
    let Ok(data) = web_sys::FormData::new_with_form(form) else {
        return Fields::default();
    };
    let pairs = data.entries().into_iter().filter_map(|entry| {
        let pair = js_sys::Array::from(&entry.ok()?);
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    });
    Fields(pairs.collect())
}

/// Returns the value of the button that submitted the form.
#[cfg(feature = "form")]
pub fn pressed(event: &SubmitEvent) -> Option<String> {
    event.submitter()?.get_attribute("value")
}

/// Returns the later of the server's and the device's date, so that a page left open overnight moves on.
pub fn today(said: Option<Date>) -> Date {
    let here = local_today();
    said.map_or(here, |said| said.max(here))
}

fn local_today() -> Date {
    let now = js_sys::Date::new_0();
    let month = u8::try_from(now.get_month() + 1)
        .ok()
        .and_then(|m| Month::try_from(m).ok())
        .unwrap_or(Month::January);
    let year = i32::try_from(now.get_full_year()).unwrap_or(1970);
    let day = u8::try_from(now.get_date()).unwrap_or(1);
    Date::from_calendar_date(year, month, day).unwrap_or(Date::MIN)
}

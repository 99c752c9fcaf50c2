//! The devices on which a draft is open, with a button for each to close it there.

use leptos::prelude::*;

use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::portal::ResumePage;
use crate::app::words::{language, say, say_with};
use complaint::fields::form::Choice;
use contract::Moment;
use contract::draft_devices::DraftDevice;

/// The page handler provides the devices. Without them the database did not answer.
#[component]
pub fn OpenDevicesPage() -> impl IntoView {
    let Some(ResumePage::Devices { devices, done }) = use_context() else {
        return view! { <super::UnavailablePage/> }.into_any();
    };
    let title = say("open_devices.title");
    let others = devices.len() > 1;
    let items = devices
        .into_iter()
        .enumerate()
        .map(|(place, device)| item(place, device, others))
        .collect_view();
    view! {
        <PageTitle text=title.clone()/>
        <Main back=Some("/save-and-return".into())>
            {done.then(|| view! { <div class="govuk-inset-text" role="status">{say("open_devices.done")}</div> })}
            <Heading text=title/>
            <p class="govuk-body">{say("open_devices.intro")}</p>
            <p class="govuk-body">{say("open_devices.also")}</p>
            <ul class="or-file-list">{items}</ul>
            {others.then(|| view! {
                <form method="post" action="/open-devices">
                    <button type="submit" class="govuk-button govuk-button--warning" name="end" value="others">{say("open_devices.end_others")}</button>
                </form>
            })}
        </Main>
    }
    .into_any()
}

/// One device. The only device has no button: closed there, the draft could be opened nowhere.
fn item(place: usize, device: DraftDevice, others: bool) -> AnyView {
    let name = device.device.unwrap_or_else(|| say("devices.unknown"));
    let moment = |key: &str, moment: Moment| say_with(key, &[("date", language().date(moment.date)), ("time", moment.time)]);
    let id = format!("device-{place}");
    let button = if device.here { "open_devices.end_here" } else { "open_devices.end" };
    let said = format!("{id}-button {id}");
    let form = others.then(|| {
        view! {
            <form method="post" action="/open-devices">
                <button
                    type="submit"
                    class="govuk-button govuk-button--secondary"
                    name="end"
                    value=device.id
                    id=format!("{id}-button")
                    aria-labelledby=said
                >
                    {say(button)}
                </button>
            </form>
        }
    });
    view! {
        <li class="or-file-list__item">
            <span class="or-file-list__name" id=id.clone()>{name}</span>
            {device.here.then(|| view! { <span class="or-file-list__about"><strong class="govuk-tag">{say("devices.here")}</strong></span> })}
            <span class="or-file-list__about">{moment(&format!("open_devices.by.{}", device.opened_by.code()), device.begun)}</span>
            <span class="or-file-list__about">{moment("devices.used", device.used)}</span>
            {form}
        </li>
    }
    .into_any()
}

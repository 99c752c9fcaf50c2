//! The devices on which a person is signed in, with a button for each to sign out there.

use leptos::prelude::*;

use super::UnavailablePage;
use crate::app::address::address;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::page_response::redirect;
use crate::app::pages::confirm::sure;
use crate::app::portal::PageData;
use crate::app::words::{language, say, say_with};
use contract::Moment;
use contract::sessions::SignIn;

#[component]
pub fn SignedInDevicesPage() -> impl IntoView {
    if let Some(asked) = use_context() {
        return sure(asked);
    }
    let done = address().query("done").is_some();
    let list = match PageData::take() {
        PageData::SignIns(list) => list,
        _ => Ok(Vec::new()),
    };
    match list {
        Err(_) => view! { <UnavailablePage/> }.into_any(),
        Ok(list) if list.is_empty() => redirect("/sign-in"),
        Ok(list) => shown(list, done),
    }
}

fn shown(list: Vec<SignIn>, done: bool) -> AnyView {
    let title = say("devices.title");
    let others = list.len() > 1;
    let devices = list.into_iter().enumerate().map(|(i, sign_in)| device(i, sign_in)).collect_view();
    view! {
        <PageTitle text=title.clone()/>
        <Main back=Some("/cases".into())>
            {done.then(|| view! { <div class="govuk-inset-text" role="status">{say("devices.done")}</div> })}
            <Heading text=title/>
            <p class="govuk-body">{say("devices.intro")}</p>
            <ul class="or-file-list">{devices}</ul>
            {others.then(|| view! {
                <form method="post" action="/signed-in-devices">
                    <button type="submit" class="govuk-button govuk-button--warning" name="end" value="others">{say("devices.end_others")}</button>
                </form>
            })}
        </Main>
    }
    .into_any()
}

fn device(place: usize, sign_in: SignIn) -> AnyView {
    let name = sign_in.device.unwrap_or_else(|| say("devices.unknown"));
    let moment = |key: &str, moment: Moment| say_with(key, &[("date", language().date(moment.date)), ("time", moment.time)]);
    let id = format!("device-{place}");
    let ends = if sign_in.remembered { "devices.remembered" } else { "devices.ends" };
    let button = if sign_in.here { "devices.end_here" } else { "devices.end" };
    let said = format!("{id}-button {id}");
    view! {
        <li class="or-file-list__item">
            <span class="or-file-list__name" id=id.clone()>{name}</span>
            {sign_in.here.then(|| view! { <span class="or-file-list__about"><strong class="govuk-tag">{say("devices.here")}</strong></span> })}
            <span class="or-file-list__about">{moment("devices.begun", sign_in.begun)}</span>
            <span class="or-file-list__about">{moment("devices.used", sign_in.used)}</span>
            <span class="or-file-list__about">{moment(ends, sign_in.ends)}</span>
            <form method="post" action="/signed-in-devices">
                <button
                    type="submit"
                    class="govuk-button govuk-button--secondary"
                    name="end"
                    value=sign_in.id
                    id=format!("{id}-button")
                    aria-labelledby=said
                >
                    {say(button)}
                </button>
            </form>
        </li>
    }
    .into_any()
}

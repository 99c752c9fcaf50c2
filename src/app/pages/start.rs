//! The start page: what the service is, what it takes, the alternatives, and what to do in an emergency.

use leptos::prelude::*;

use crate::app::components::expiry_notice::ExpiryNotice;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::safety::SharedSwitch;
use crate::app::portal::{BrowserDrafts, PageData, RetentionPeriods};
use crate::app::words::{language, say, say_with};
use complaint::Page;
use contract::DraftView;

#[component]
pub fn StartPage() -> impl IntoView {
    let has_several = matches!(use_context(), Some(BrowserDrafts::Several));
    let ways = match PageData::take_draft() {
        Ok(Some(draft)) if draft.is_sent_elsewhere() => sent_elsewhere(),
        Ok(Some(draft)) if draft.sent.is_some() => sent_before(),
        Ok(Some(draft)) => continue_or_restart(&draft),
        _ if has_several => several(),
        _ => begin(),
    };
    let days = use_context::<RetentionPeriods>().unwrap_or_default().draft_days;
    let bullets = |keys: &[&str]| keys.iter().map(|key| view! { <li>{say(key)}</li> }).collect_view();
    view! {
        <PageTitle text=say("start.title")/>
        <Main back=None>
            <Heading text=say("start.title")/>
            <div class="govuk-warning-text">
                <span class="govuk-warning-text__icon" aria-hidden="true">"!"</span>
                <strong class="govuk-warning-text__text">
                    <span class="govuk-visually-hidden">{say("start.warning")}" "</span>
                    {say("start.emergency")}
                </strong>
            </div>
            <p class="govuk-body-l">{say("start.lead")}</p>
            <p class="govuk-body">{say("start.who")}</p>
            <h2 class="govuk-heading-m">{say("start.need.title")}</h2>
            <ul class="govuk-list govuk-list--bullet">
                {bullets(&["start.need.home", "start.need.landlord", "start.need.dates", "start.need.papers"])}
            </ul>
            <p class="govuk-body">{say("start.need.not_all")}</p>
            <h2 class="govuk-heading-m">{say("start.time.title")}</h2>
            <p class="govuk-body">{say("start.time.text")}" "{language().say_count("start.time.within", days.into())}</p>
            {ways}
            <h2 class="govuk-heading-m">{say("safe.start.title")}</h2>
            <p class="govuk-body">{say("safe.start.exit")}</p>
            <p class="govuk-body">{say("safe.start.back")}" "<a class="govuk-link" href="/about-this-site" rel="external">{say("safe.start.more")}</a></p>
            <SharedSwitch from="/"/>
            <h2 class="govuk-heading-m">{say("start.other.title")}</h2>
            <p class="govuk-body">{say("start.other.text")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/help" rel="external">{say("start.other.link")}</a></p>
        </Main>
    }
    .into_any()
}

/// For a person without a draft in this browser.
fn begin() -> AnyView {
    view! {
        <a class="govuk-button govuk-button--start" role="button" href="/complaint/new">{say("start.button")}</a>
        <p class="govuk-body"><a class="govuk-link" href="/return" rel="external">{say("start.elsewhere")}</a></p>
    }
    .into_any()
}

/// For a browser with several complaints: the list of them, or another complaint.
fn several() -> AnyView {
    view! {
        <h2 class="govuk-heading-m">{say("browser_drafts.title")}</h2>
        <a class="govuk-button" role="button" href="/unfinished" rel="external">{say("browser_drafts.link")}</a>
        <Another/>
    }
    .into_any()
}

/// For a person with an unsent draft: continue it, or delete it.
fn continue_or_restart(draft: &DraftView) -> AnyView {
    let until = say_with("start.kept_until", &[("date", language().date(draft.expires.date))]);
    view! {
        <ExpiryNotice draft=draft.clone()/>
        <h2 class="govuk-heading-m">{say("start.begun")}</h2>
        <p class="govuk-body">{until}</p>
        <a class="govuk-button" role="button" href=Page::Tasks.path()>{say("start.go_on")}</a>
        <p class="govuk-body"><a class="govuk-link" href="/open-devices" rel="external">{say("open_devices.link")}</a></p>
        <form method="post" action="/complaint/start-again">
            <button class="govuk-button govuk-button--secondary" type="submit">{say("start.again")}</button>
        </form>
        <Another/>
    }
    .into_any()
}

/// For a person who has sent a complaint from this browser: its receipt, or another complaint. An adviser makes many.
fn sent_before() -> AnyView {
    view! {
        <h2 class="govuk-heading-m">{say("start.sent.title")}</h2>
        <p class="govuk-body"><a class="govuk-link" href=Page::Sent.path()>{say("start.sent.receipt")}</a></p>
        <Another/>
    }
    .into_any()
}

/// Says that another device sent the complaint, and links to sign-in. The page shows nothing else about that complaint.
pub fn sent_elsewhere() -> AnyView {
    view! {
        <p class="govuk-body">{say("sent.elsewhere.text")}</p>
        <p class="govuk-body"><a class="govuk-link" href="/sign-in" rel="external">{say("site.follow")}</a></p>
        <Another/>
    }
    .into_any()
}

/// The link to another complaint. The existing draft stays.
#[component]
pub fn Another() -> impl IntoView {
    view! {
        <p class="govuk-body"><a class="govuk-link" href="/complaint/new" rel="external">{say("start.sent.another")}</a></p>
    }
    .into_any()
}

//! The page of a case: its state, who acts next, what has happened.

pub(crate) mod case_state;
mod files;
#[cfg(all(feature = "ssr", debug_assertions))]
pub(super) mod gallery;
mod messages;
pub(crate) mod notifications;
pub(crate) mod reported;
mod timeline;

use leptos::prelude::*;

use super::UnavailablePage;
use super::no_access::no_access;
use crate::app::address::address;
#[cfg(feature = "ssr")]
use crate::app::components::Arriving;
use crate::app::components::ClockSummary;
use crate::app::components::heading::{HEADING_ID, PageTitle};
use crate::app::components::layout::Main;
use crate::app::page_response::redirect;
use crate::app::portal::{self, PageData};
use crate::app::words::{language, say, say_with};
use complaint::case::actions::CaseActionKind;
use complaint::case::event::ActorRole;
use complaint::fields::form::Choice;
use contract::{CaseView, FilesProgress};

#[component]
pub fn CasePage() -> impl IntoView {
    if let Some(portal::RepresentationPage::NoAccess(why)) = use_context() {
        return no_access(why);
    }
    let address = address();
    let done = address.query("done").and_then(CaseActionKind::parse);
    let newest_first = address.query("order") == Some("newest");
    match PageData::take_case() {
        Err(_) => view! { <UnavailablePage/> }.into_any(),
        Ok(None) => redirect("/sign-in"),
        Ok(Some(page)) => shown(page, done, newest_first),
    }
}

/// The `h1` of a sentence with a reference, which is never broken at its dashes.
pub(super) fn heading(key: &str, reference: &str) -> AnyView {
    let sentence = say(key);
    let (before, after) = sentence.split_once("%{reference}").unwrap_or((&sentence, ""));
    view! {
        <h1 id=HEADING_ID class="govuk-heading-l" tabindex="-1">
            {before.to_owned()}<span class="or-unbroken">{reference.to_owned()}</span>{after.to_owned()}
        </h1>
    }
    .into_any()
}

/// The confirmation of a case action.
fn said(done: CaseActionKind) -> AnyView {
    view! {
        <div class="govuk-notification-banner govuk-notification-banner--success" role="alert" aria-labelledby="done-title">
            <div class="govuk-notification-banner__header">
                <h2 class="govuk-notification-banner__title" id="done-title">{say("case.done_title")}</h2>
            </div>
            <div class="govuk-notification-banner__content">
                <p class="govuk-notification-banner__heading">{say(&format!("case_actions.{}.done", done.code()))}</p>
            </div>
        </div>
    }
    .into_any()
}

/// A part of the page that is folded until the person opens it. A link to `id` opens it, because the id is inside.
fn folded(id: &'static str, title: &str, content: impl IntoView) -> AnyView {
    view! {
        <details class="or-fold">
            <summary class="or-fold__summary"><h2 class="or-fold__title">{say(title)}</h2></summary>
            <div class="or-fold__content" id=id>{content.into_any()}</div>
        </details>
    }
    .into_any()
}

/// The link to the list of cases. For a representative whose session opens this case alone, it leads to sign-in by email, which opens the
/// list. An access code opens its own case only, because another person than the reader of the mailbox may have it.
fn list_link(case: &CaseView, is_one_of_many: bool) -> Option<AnyView> {
    let (address, words) = match (is_one_of_many, case.my_role) {
        (true, _) => ("/cases", say("cases.link")),
        (false, ActorRole::Representative) => ("/sign-in/email", say("cases.by_email")),
        (false, _) => return None,
    };
    Some(view! { <p class="govuk-body or-no-print"><a class="govuk-link" href=address rel="external">{words}</a></p> }.into_any())
}

/// Returns the progress of files that are still being sent.
#[cfg(feature = "ssr")]
fn arriving_html(files: FilesProgress) -> String {
    view! { <Arriving files/> }.into_any().to_html()
}

#[cfg(not(feature = "ssr"))]
fn arriving_html(_: FilesProgress) -> String {
    String::new()
}

fn shown(page: portal::CasePage, done: Option<CaseActionKind>, newest_first: bool) -> AnyView {
    let portal::CasePage {
        case,
        timeline,
        clock,
        years,
        arriving,
        is_one_of_many,
        version,
        ..
    } = page;
    // Once all files have arrived, the list of files says so.
    let is_whole = arriving.coming.is_empty() && arriving.missing.is_empty();
    let title = say_with("case.title", &[("reference", case.reference.as_str())]);
    let home = format!("/cases/{}", case.reference);
    let kept = case.kept_until.map_or_else(
        || language().say_count("case.kept_years", u64::from(years)),
        |day| say_with("case.kept_until", &[("date", language().date(day))]),
    );
    view! {
        <PageTitle text=title.clone()/>
        <Main back=None>
            {done.map(said)}
            {heading("case.title", &case.reference)}
            {notifications::unreached(&case)}
            {case.partial.then(|| view! { <p class="govuk-inset-text">{say("case.partial")}</p> })}
            {case_state::card(&case, &timeline.entries)}
            {case_state::decision(&case)}
            {case_state::orders(&case)}
            {messages::thread(&timeline.entries)}
            {case_state::possible_actions(&case)}
            // `public/portal.js` leaves this part to the script that sends files. It is not hydrated, because that script may change it before.
            {(!is_whole).then(|| view! { <div id="arriving" data-own="" inner_html=arriving_html(arriving)></div> })}
            <div class="or-folds" data-version=version data-by=case.me.to_string()>
                {clock.map(|clock| folded("landlord", "case.clock", view! { <ClockSummary clock/> }))}
                {folded("timeline", "case.timeline", timeline::timeline(&home, timeline.entries, newest_first))}
                {folded("told", "case.told", reported::complaint_summary(&case))}
                {reported::needs(&case).map(|needs| folded("needs", "case.needs", needs))}
                {(!case.files.is_empty()).then(|| folded("files", "case.files", files::files(&case)))}
                {folded("people", "case.people_and_contact", view! {
                    <p class="govuk-body">
                        <a class="govuk-link" href=format!("{home}/people") rel="external">{say("representation.people.link")}</a>
                    </p>
                    {notifications::contact(&case)}
                })}
                {folded("kept", "case.kept", view! { <p class="govuk-body">{kept}</p> })}
                {case_state::folded_actions(&case).map(|links| folded("other", "case.can_also", links))}
            </div>
            {list_link(&case, is_one_of_many)}
            <p class="govuk-body or-no-print"><a class="govuk-link" href="/signed-in-devices" rel="external">{say("devices.link")}</a></p>
            <form method="post" action="/sign-out">
                <button class="govuk-button govuk-button--secondary" type="submit">{say("case.sign_out")}</button>
            </form>
        </Main>
    }
    .into_any()
}

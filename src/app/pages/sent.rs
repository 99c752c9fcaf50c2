//! The receipt: the reference, the access code, and what happens next.

use leptos::prelude::*;

use super::UnavailablePage;
use super::equality::INTRODUCTION;
use super::start::{Another, sent_elsewhere};
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{Arriving, ClockSummary};
use crate::app::pages::representation::claims::claims;
use crate::app::portal::{PageData, ShellData};
use crate::app::words::{language, say, say_with};
use complaint::case::event::ActorRole;
use complaint::clock::Clock;
use complaint::fields::form::Choice;
use complaint::questionnaire::questions::RoleKind;
use contract::{FilesProgress as Files, Receipt};

/// The address of the next dates as a calendar file. The file's name reveals nothing.
const DATES: &str = "/complaint/dates.ics";

/// The receipt of this browser's complaint.
#[component]
pub fn SentPage() -> impl IntoView {
    let PageData::Sent(Ok(sent)) = PageData::take() else {
        return view! { <UnavailablePage/> }.into_any();
    };
    match sent.receipt {
        Some(receipt) => {
            let is_for_another = sent
                .draft
                .is_some_and(|draft| draft.answers.role_kind() == Some(RoleKind::Representative));
            if is_for_another {
                provide_context(language().to_representative());
            }
            confirmation(receipt, sent.clock, sent.is_equality_open, sent.arriving.unwrap_or_default())
        }
        None if sent.draft.is_some_and(|draft| draft.is_sent_elsewhere()) => elsewhere(),
        None => view! { <NothingSent/> }.into_any(),
    }
}

fn confirmation(receipt: Receipt, clock: Option<Clock>, equality: bool, arriving: Files) -> AnyView {
    let language = language();
    let sent_at = [
        ("date", language.date(receipt.submitted.date)),
        ("time", receipt.submitted.time.clone()),
    ];
    let contact = receipt.next.due.filter(|_| receipt.claim.is_none());
    let contact = contact.map(|due| say_with("sent.contact_by", &[("date", language.date(due))]));
    let status = receipt.next.status.code();
    // If the complaint is for a tenant, the first step is to prove the right to represent them.
    let next = match &receipt.claim {
        Some(claim) => {
            let who = say(&format!("who_acts.{}", claim.who_acts.code()));
            view! {
                <p class="govuk-body">{say("authority.sent")}</p>
                {claims(std::slice::from_ref(claim), claim.person, ActorRole::Representative, None)}
                <p class="govuk-body"><strong>{who}</strong></p>
            }
            .into_any()
        }
        None => view! { <p class="govuk-body">{say(&format!("status.{status}.next"))}</p> }.into_any(),
    };
    view! {
        <PageTitle text=say("sent.title")/>
        <Main back=None>
            <div class="govuk-panel govuk-panel--confirmation">
                <h1 class="govuk-panel__title" id="page-heading" tabindex="-1">{say("sent.title")}</h1>
                <div class="govuk-panel__body">{say("sent.reference")}<br/><strong>{receipt.reference.clone()}</strong></div>
            </div>
            <p class="govuk-body">{say_with("sent.when", &sent_at)}</p>
            <div class="or-reference">
                <p class="or-reference__label" id="access-code-label">{say("sent.access_code")}</p>
                <output class="or-reference__code" aria-labelledby="access-code-label">{receipt.access_code.clone()}</output>
                <p class="or-reference__note">{say("sent.access_code_once")}</p>
            </div>
            <p class="govuk-body">{say("sent.write_down")}</p>
            {printed_address()}
            <Arriving files=arriving/>
            <h2 class="govuk-heading-m">{say("sent.next")}</h2>
            {next}
            {contact.map(|text| view! { <p class="govuk-body">{text}</p> })}
            {clock.map(|clock| view! { <ClockSummary clock/> })}
            <p class="govuk-body or-no-print">
                <a class="govuk-link" href=DATES download="dates.ics" rel="external">{say("clock.calendar.link")}</a>
            </p>
            <p class="govuk-body or-no-print">{say("clock.calendar.hint")}</p>
            <p class="govuk-body or-no-print"><a class="govuk-link" href="/sign-in" rel="external">{say("sent.follow")}</a></p>
            <div class="or-no-print">
                <Equality open=equality/>
                <Another/>
            </div>
        </Main>
    }
    .into_any()
}

/// The address to sign in at, on paper only: on the screen there is a link.
fn printed_address() -> Option<AnyView> {
    let public_url = expect_context::<ShellData>().public_url?;
    let address = format!("{}/sign-in", public_url.trim_end_matches('/'));
    Some(view! { <p class="govuk-body or-print-only">{say_with("sent.address", &[("address", address)])}</p> }.into_any())
}

/// The link to the equality questions. Only on the receipt, so that no person has to get past them to their reference.
#[component]
fn Equality(open: bool) -> impl IntoView {
    if !open {
        return view! { <p class="govuk-body">{say("equality.thanks")}</p> }.into_any();
    }
    view! {
        <h2 class="govuk-heading-m">{say("equality.invite")}</h2>
        <p class="govuk-body"><a class="govuk-link" href=INTRODUCTION rel="external">{say("equality.invite_link")}</a></p>
    }
    .into_any()
}

/// Shown when another device of the draft sent the complaint and has the receipt.
fn elsewhere() -> AnyView {
    view! {
        <PageTitle text=say("sent.elsewhere.title")/>
        <Main back=None>
            <Heading text=say("sent.elsewhere.title")/>
            {sent_elsewhere()}
        </Main>
    }
    .into_any()
}

/// Shown when the receipt is no longer available, or nothing was sent from this browser.
#[component]
fn NothingSent() -> impl IntoView {
    view! {
        <PageTitle text=say("sent.gone.title")/>
        <Main back=None>
            <Heading text=say("sent.gone.title")/>
            <p class="govuk-body">{say("sent.gone.sent_before")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/sign-in" rel="external">{say("site.follow")}</a></p>
            <p class="govuk-body"><a class="govuk-link" href="/complaint/new" rel="external">{say("sent.gone.new")}</a></p>
        </Main>
    }
    .into_any()
}

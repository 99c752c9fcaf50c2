//! Privacy, cookies and accessibility: what this program does by itself. An organisation links to notices of its own.

use leptos::prelude::*;

use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::portal::{Organisation, RetentionPeriods};
use crate::app::words::{language, say, say_with};

/// The Information Commissioner's Office, to which anyone may complain about the use of their data (UK GDPR, article 77).
const ICO: &str = "https://ico.org.uk/make-a-complaint/";

/// The Equality Advisory and Support Service, which an accessibility statement of a public body names (Public Sector Bodies
/// (Websites and Mobile Applications) Accessibility Regulations 2018).
const EASS: &str = "https://www.equalityadvisoryservice.com/";

fn organisation() -> Organisation {
    use_context().unwrap_or_default()
}

fn periods() -> RetentionPeriods {
    use_context().unwrap_or_default()
}

fn section(title: &str, content: AnyView) -> AnyView {
    view! {
        <h2 class="govuk-heading-m">{say(title)}</h2>
        {content}
    }
    .into_any()
}

fn paragraph(text: String) -> AnyView {
    view! { <p class="govuk-body">{text}</p> }.into_any()
}

fn bullets(keys: &[&str]) -> AnyView {
    let items = keys.iter().map(|key| view! { <li>{say(key)}</li> }).collect_view();
    view! { <ul class="govuk-list govuk-list--bullet">{items}</ul> }.into_any()
}

fn link(href: impl Into<String>, text: String) -> AnyView {
    view! { <p class="govuk-body"><a class="govuk-link" href=href.into() rel="external noreferrer">{text}</a></p> }.into_any()
}

/// How the portal uses what people tell it.
#[component]
pub fn PrivacyPage() -> impl IntoView {
    let Organisation { name, privacy_url, .. } = organisation();
    let RetentionPeriods {
        draft_days, case_years, ..
    } = periods();
    let who = match name {
        Some(name) => say_with("about_privacy.who.named", &[("organisation", name)]),
        None => say("about_privacy.who.unnamed"),
    };
    let language = language();
    view! {
        <PageTitle text=say("about_privacy.title")/>
        <Main back=None>
            <Heading text=say("about_privacy.title")/>
            {paragraph(who)}
            {privacy_url.map(|url| link(url, say("about_privacy.own_notice")))}
            {section("about_privacy.kept.title", bullets(&[
                "about_privacy.kept.answers",
                "about_privacy.kept.people",
                "about_privacy.kept.times",
                "about_privacy.kept.access",
            ]))}
            {section("about_privacy.why.title", (
                paragraph(say("about_privacy.why.text")),
                paragraph(say("about_privacy.why.not")),
            ).into_any())}
            {section("about_privacy.seen.title", bullets(&[
                "about_privacy.seen.team",
                "about_privacy.seen.landlord",
                "about_privacy.seen.helpers",
            ]))}
            {section("about_privacy.long.title", (
                paragraph(language.say_count("help.answers.kept", draft_days.into())),
                paragraph(language.say_count("about_privacy.long.case", case_years.into())),
            ).into_any())}
            {section("about_privacy.safe.title", paragraph(say("about_privacy.safe.text")))}
            {section("about_privacy.rights.title", (
                paragraph(say("about_privacy.rights.ask")),
                link("/help", say("about_privacy.rights.contact")),
                paragraph(say("about_privacy.rights.unhappy")),
                link(ICO, say("about_privacy.rights.commissioner")),
            ).into_any())}
        </Main>
    }
    .into_any()
}

/// The cookies that the portal sets, and what else it stores in a browser.
#[component]
pub fn CookiesPage() -> impl IntoView {
    let RetentionPeriods {
        draft_days, remember_days, ..
    } = periods();
    let language = language();
    let days = |count: u32| language.say_count("about_cookies.days", count.into());
    // Each with how long the browser keeps it. `http::cookies` sets them; a test compares.
    let cookies = [
        ("draft", days(draft_days)),
        ("session", days(remember_days)),
        ("language", say("about_cookies.year")),
        ("shared", say("about_cookies.until_closed")),
        ("left", say("about_cookies.hour")),
    ];
    let row = |(name, kept): (&'static str, String)| {
        view! {
            <div class="govuk-summary-list__row">
                <dt class="govuk-summary-list__key">{name}</dt>
                <dd class="govuk-summary-list__value">{say(&format!("about_cookies.purpose.{name}"))}" "{kept}</dd>
            </div>
        }
    };
    view! {
        <PageTitle text=say("about_cookies.title")/>
        <Main back=None>
            <Heading text=say("about_cookies.title")/>
            {paragraph(say("about_cookies.lead"))}
            {paragraph(say("about_cookies.not"))}
            <dl class="govuk-summary-list">{cookies.map(row).collect_view()}</dl>
            {section("about_cookies.stored.title", (
                paragraph(say("about_cookies.stored.text")),
                paragraph(say("about_cookies.stored.case")),
                paragraph(say("about_cookies.stored.shared")),
                link("/this-phone", say("safe.shared.link")),
            ).into_any())}
            {section("about_cookies.delete.title", paragraph(say("about_cookies.delete.text")))}
        </Main>
    }
    .into_any()
}

/// The accessibility statement: what the portal is built for, how that is checked, and what to do if it does not work.
#[component]
pub fn AccessibilityPage() -> impl IntoView {
    let own = organisation()
        .accessibility_url
        .map(|url| link(url, say("about_accessibility.own_statement")));
    view! {
        <PageTitle text=say("about_accessibility.title")/>
        <Main back=None>
            <Heading text=say("about_accessibility.title")/>
            {own}
            {paragraph(say("about_accessibility.lead"))}
            {bullets(&[
                "about_accessibility.can.zoom",
                "about_accessibility.can.keyboard",
                "about_accessibility.can.reader",
                "about_accessibility.can.scripts",
                "about_accessibility.can.colours",
            ])}
            {section("about_accessibility.checked.title", (
                paragraph(say("about_accessibility.checked.standard")),
                paragraph(say("about_accessibility.checked.how")),
                paragraph(say("about_accessibility.checked.files")),
            ).into_any())}
            {section("about_accessibility.problem.title", (
                paragraph(say("about_accessibility.problem.text")),
                link("/help", say("about_accessibility.problem.contact")),
                paragraph(say("about_accessibility.problem.unhappy")),
                link(EASS, say("about_accessibility.problem.service")),
            ).into_any())}
        </Main>
    }
    .into_any()
}

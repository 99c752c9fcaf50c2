//! Page chrome: skip link, header and footer; and the main part of a page.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::app::address::address;
#[cfg(feature = "ssr")]
use crate::app::draft_store::{FORM_ID, TO_LATER, TO_TASKS};
#[cfg(feature = "ssr")]
use complaint::Page;

#[cfg(feature = "ssr")]
use super::language_switch::{LanguageSwitch, NotReviewed};
#[cfg(feature = "ssr")]
use crate::app::portal::{Organisation, ShellData};
use crate::app::words::say;
use complaint::questionnaire::steps::ROOT;

/// The skip link, the first stop of the Tab key.
#[cfg(feature = "ssr")]
#[component]
pub fn SkipLink() -> impl IntoView {
    view! { <a href="#main" rel="external" class="govuk-skip-link">{say("site.skip_to_main")}</a> }.into_any()
}

/// The inner HTML of the `<header>`: whose portal this is, the languages, and the link to an existing case.
///
/// The organisation's name is on the page and not in its title, which stays in the history.
#[cfg(feature = "ssr")]
#[component]
pub fn SiteHeader(
    /// Whether the page belongs to the questionnaire.
    in_journey: bool,
    /// Whether the page has an exit button.
    exit: bool,
    /// The page to return to after another language was chosen.
    back: &'static str,
) -> impl IntoView {
    // A person filling in the questionnaire needs this link least, and a small screen has no space for it. It is in the footer, too.
    let link = if in_journey {
        "or-site-header__link or-site-header__link--if-room"
    } else {
        "or-site-header__link"
    };
    let organisation = use_context::<Organisation>().unwrap_or_default().name;
    // The name beside it says the same.
    let logo = expect_context::<ShellData>()
        .logo
        .map(|logo| view! { <img class="or-site-header__logo" src=logo.to_string() alt="" height="40"/> }.into_any());
    let mark = logo.unwrap_or_else(|| {
        view! {
            <svg class="or-site-header__mark" aria-hidden="true" focusable="false" viewBox="0 0 32 32" width="28" height="28">
                <path d="M5 5h10l5 5v8M5 5v22h7" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"></path>
                <path d="M9.5 12h6M9.5 16.5h4" stroke="currentColor" stroke-width="2.25" stroke-linecap="round"></path>
                <path d="m14 23.5 3.5 3.5 6-7" fill="none" stroke="currentColor" stroke-width="2.75" stroke-linejoin="round" stroke-linecap="round"></path>
            </svg>
        }
        .into_any()
    });
    view! {
        {exit.then(|| view! { <super::safety::ExitSkipLink/> })}
        <div class="or-site-header__inner govuk-width-container">
            <a class="or-site-header__home" href="/" rel="external">
                {mark}
                <span class="or-site-header__name">{organisation.unwrap_or_else(|| say("site.name"))}</span>
            </a>
            <LanguageSwitch back/>
            <a class=link href="/sign-in" rel="external">{say("site.follow")}</a>
        </div>
        <super::safety::SharedNote/>
    }
    .into_any()
}

/// The ways to leave a page of the questionnaire, and whether what is being typed is stored. Outside the hydrated part, so that it
/// adds nothing to the Wasm.
///
/// On a page with a question they are buttons of its form, which store the page first. `public/typed.js` takes the place of both.
#[cfg(feature = "ssr")]
#[component]
pub fn WaysToLeave(
    /// Whether the page has a question's form.
    has_form: bool,
) -> impl IntoView {
    let way = |action: &'static str, href: &'static str, label: String| {
        if has_form {
            view! { <button type="submit" form=FORM_ID name="action" value=action class="or-link-button govuk-link">{label}</button> }
                .into_any()
        } else {
            view! { <a class="govuk-link" href=href rel="external" data-action=action>{label}</a> }.into_any()
        }
    };
    let at_tasks = (address().path() == Page::Tasks.path()).then_some("");
    view! {
        <nav class="or-leave govuk-width-container" id="leave" aria-label=say("save_and_resume.nav")>
            <span hidden=at_tasks>{way(TO_TASKS, "/complaint/tasks", say("tasks.link"))}</span>
            <span>{way(TO_LATER, "/save-and-return", say("save_and_resume.title"))}</span>
            <span id="typed-status" data-here=say("typed_text.here") data-ours=say("typed_text.ours")></span>
        </nav>
    }
    .into_any()
}

/// The inner HTML of the `<footer>`: help and other links. Their place and order are the same on every page (WCAG 2.2, 3.2.6).
#[cfg(feature = "ssr")]
#[component]
pub fn SiteFooter() -> impl IntoView {
    view! {
        <div class="govuk-width-container">
            <nav aria-label=say("site.footer")>
                <ul class="or-site-footer__links">
                    <li><a class="govuk-link" href="/help" rel="external">{say("site.help")}</a></li>
                    <li><a class="govuk-link" href="/sign-in" rel="external">{say("site.follow")}</a></li>
                    <li><a class="govuk-link" href="/this-phone" rel="external">{say("safe.shared.link")}</a></li>
                    <li><a class="govuk-link" href="/about-this-site" rel="external">{say("safe.about.link")}</a></li>
                    <li><a class="govuk-link" href="/privacy" rel="external">{say("about_privacy.link")}</a></li>
                    <li><a class="govuk-link" href="/cookies" rel="external">{say("about_cookies.link")}</a></li>
                    <li><a class="govuk-link" href="/accessibility" rel="external">{say("about_accessibility.link")}</a></li>
                </ul>
            </nav>
            {organisation()}
            <p class="or-site-footer__note">{say("site.emergency")}</p>
            <NotReviewed/>
        </div>
    }
    .into_any()
}

/// The organisation with its telephone number and address, as far as they are configured.
#[cfg(feature = "ssr")]
fn organisation() -> Option<AnyView> {
    let Organisation {
        name, phone, post, hours, ..
    } = use_context().unwrap_or_default();
    let lines = post.map(|post| post.lines().map(str::trim).collect::<Vec<_>>().join(", "));
    let phone = phone.map(|phone| {
        let hours = hours.map(|hours| format!(" ({hours})"));
        view! { <p class="or-site-footer__note">{say("help.contact.phone")}" "{phone_link(phone)}{hours}</p> }
    });
    let name_and_post: Vec<String> = name.into_iter().chain(lines).collect();
    (!name_and_post.is_empty() || phone.is_some()).then(|| {
        view! {
            <p class="or-site-footer__note">{name_and_post.join(", ")}</p>
            {phone}
        }
        .into_any()
    })
}

/// A telephone number that a phone dials.
#[cfg(feature = "ssr")]
pub fn phone_link(number: String) -> AnyView {
    let digits: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    view! { <a class="govuk-link" href=format!("tel:{digits}") rel="external">{number}</a> }.into_any()
}

/// The main part of a page, with the Back link before it.
#[component]
pub fn Main(
    /// Where Back leads; no link if `None`.
    #[prop(optional_no_strip)]
    back: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="or-page govuk-width-container">
            {back
                .map(|href| {
                    // Only the questionnaire is routed in the browser; any other link is a page load.
                    let rel = (!href.starts_with(ROOT)).then_some("external");
                    view! {
                        <nav aria-label=say("site.back")>
                            <a class="govuk-back-link" href=href rel=rel>{say("site.back")}</a>
                        </nav>
                    }
                })}
            <main id="main" class="govuk-main-wrapper" tabindex="-1">{children()}</main>
        </div>
    }
    .into_any()
}

//! What stands around every page: the skip link, our name, the way to help.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::language_switch::{LanguageSwitch, NotReviewed};
use crate::app::words::say;
use crate::complaint::journey::ROOT;

/// The first thing a keyboard reaches.
#[cfg(feature = "ssr")]
#[component]
pub fn SkipLink() -> impl IntoView {
    view! { <a href="#main" rel="external" class="govuk-skip-link">{say("site.skip_to_main")}</a> }.into_any()
}

/// Our name, and the way to an existing case: what stands in the `<header>`.
#[cfg(feature = "ssr")]
#[component]
pub fn SiteHeader(
    /// Whether the page belongs to the journey.
    in_journey: bool,
    /// Whether there is a way out.
    exit: bool,
    /// The page to come back to from another language.
    back: &'static str,
) -> impl IntoView {
    // Who is telling us of something needs this least, and a small screen has no room for it. It is at the foot, too.
    let link = if in_journey {
        "or-site-header__link or-site-header__link--if-room"
    } else {
        "or-site-header__link"
    };
    view! {
        {exit.then(|| view! { <super::safety::ExitSkipLink/> })}
        <div class="or-site-header__inner govuk-width-container">
            <a class="or-site-header__home" href="/" rel="external">
                <svg class="or-site-header__mark" aria-hidden="true" focusable="false" viewBox="0 0 32 32" width="28" height="28">
                    <path d="M5 5h10l5 5v8M5 5v22h7" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"></path>
                    <path d="M9.5 12h6M9.5 16.5h4" stroke="currentColor" stroke-width="2.25" stroke-linecap="round"></path>
                    <path d="m14 23.5 3.5 3.5 6-7" fill="none" stroke="currentColor" stroke-width="2.75" stroke-linejoin="round" stroke-linecap="round"></path>
                </svg>
                <span class="or-site-header__name">{say("site.name")}</span>
            </a>
            <LanguageSwitch back/>
            <a class=link href="/sign-in" rel="external">{say("site.follow")}</a>
        </div>
        <super::safety::SharedNote/>
    }
    .into_any()
}

/// The way out of the journey that keeps everything. Outside of what comes alive, so it costs the browser nothing.
#[cfg(feature = "ssr")]
#[component]
pub fn SaveForLater() -> impl IntoView {
    view! {
        <nav class="or-save-for-later govuk-width-container" aria-label=say("later.nav")>
            <a class="govuk-link" href="/save-and-return" rel="external">{say("later.title")}</a>
        </nav>
    }
    .into_any()
}

/// Help and what else is always there, in the same place and order on every page (WCAG 2.2, 3.2.6): what stands in the `<footer>`.
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
                </ul>
            </nav>
            <p class="or-site-footer__note">{say("site.emergency")}</p>
            <NotReviewed/>
        </div>
    }
    .into_any()
}

/// A page's own part, with the way back before it.
#[component]
pub fn Main(
    /// Where Back leads; no link without it.
    #[prop(optional_no_strip)]
    back: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="or-page govuk-width-container">
            {back
                .map(|href| {
                    // Only the journey lives in the browser; anywhere else is a page load.
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

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

/// Our name, and the way to an existing case.
#[cfg(feature = "ssr")]
#[component]
pub fn SiteHeader() -> impl IntoView {
    view! {
        <header class="or-site-header">
            <super::safety::ExitSkipLink/>
            <div class="or-site-header__inner govuk-width-container">
                <a class="or-site-header__home" href="/" rel="external">
                    <svg class="or-site-header__mark" aria-hidden="true" focusable="false" viewBox="0 0 32 32" width="28" height="28">
                        <path d="M5 5h10l5 5v8M5 5v22h7" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"></path>
                        <path d="M9.5 12h6M9.5 16.5h4" stroke="currentColor" stroke-width="2.25" stroke-linecap="round"></path>
                        <path d="m14 23.5 3.5 3.5 6-7" fill="none" stroke="currentColor" stroke-width="2.75" stroke-linejoin="round" stroke-linecap="round"></path>
                    </svg>
                    <span class="or-site-header__name">{say("site.name")}</span>
                </a>
                <LanguageSwitch/>
                <a class="or-site-header__link" href="/sign-in" rel="external">{say("site.follow")}</a>
            </div>
            <super::safety::SharedNote/>
        </header>
    }
    .into_any()
}

/// Help and what else is always there, in the same place and order on every page (WCAG 2.2, 3.2.6).
#[cfg(feature = "ssr")]
#[component]
pub fn SiteFooter() -> impl IntoView {
    view! {
        <footer class="or-site-footer">
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
        </footer>
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

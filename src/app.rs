//! The screens: one set of Leptos components, rendered on the server and brought alive in the browser.

pub mod components;
pub mod pages;
pub mod portal;
pub mod words;

#[cfg(feature = "hydrate")]
pub mod browser;
mod shell;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

pub use shell::Shell;

use components::layout::{SiteFooter, SiteHeader, SkipLink};
use pages::{CasePage, CasesPage, HelpPage, JourneyPage, NotFoundPage, SignInPage, StartPage};

/// Every page of the portal. It wants a `PortalHandle` and a `Language` in context.
///
/// Each route renders asynchronously: out-of-order streaming needs JavaScript to show what was suspended, and every page
/// must be whole without it.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <SkipLink/>
            <SiteHeader/>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=StartPage ssr=SsrMode::Async/>
                <Route path=path!("/complaint/:page") view=JourneyPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/cases") view=CasesPage ssr=SsrMode::Async/>
                <Route path=path!("/cases/:reference") view=CasePage ssr=SsrMode::Async/>
                <Route path=path!("/help") view=HelpPage ssr=SsrMode::Async/>
            </Routes>
            <SiteFooter/>
        </Router>
    }
}

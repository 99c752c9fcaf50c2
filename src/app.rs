//! The screens: Leptos components, rendered on the server. The journey comes alive in the browser; pages that only show
//! something are never sent there as code, so that nobody waits for Wasm they have no use for.

pub mod components;
pub mod device;
pub mod pages;
pub mod portal;
pub mod words;

#[cfg(feature = "hydrate")]
pub mod browser;
#[cfg(feature = "ssr")]
mod shell;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

#[cfg(feature = "ssr")]
pub use shell::{Frames, NO_CONNECTION, NO_COOKIES, OFFLINE_SHELL, Shell};

use pages::{JourneyPage, NotFoundPage};

/// The id of the element the app lives in.
pub const ROOT_ID: &str = "app";

/// The journey, from the first question to the declaration: what comes alive in the browser.
/// It wants a `PortalHandle` and a `Language` in context.
///
/// The route renders asynchronously: out-of-order streaming needs JavaScript to show what was suspended, and every page
/// must be whole without it.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/complaint/:page") view=JourneyPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

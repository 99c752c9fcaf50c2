//! The pages: Leptos components, rendered on the server.
//!
//! Only the questionnaire is hydrated in the browser. All other pages are server-only, so that their code is not part of the Wasm
//! that the browser downloads.

pub mod components;
pub mod draft_store;
pub mod pages;
pub mod portal;
pub mod words;

#[cfg(feature = "hydrate")]
pub mod client;
pub mod client_state;
#[cfg(feature = "ssr")]
pub(crate) mod page_chrome;
#[cfg(feature = "ssr")]
mod shell;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

#[cfg(feature = "ssr")]
pub use page_chrome::PageChromeCache;
#[cfg(feature = "ssr")]
pub use shell::{NO_CONNECTION, NO_COOKIES, OFFLINE_SHELL, Shell};

use pages::{JourneyPage, NotFoundPage};

/// The id of the element that is hydrated.
pub const ROOT_ID: &str = "app";

/// The questionnaire, from the first question to the declaration: the part that is hydrated in the browser.
/// Expects a `PortalHandle` and a `Language` in context.
///
/// The route renders with [`SsrMode::Async`]: out-of-order streaming needs JavaScript to show suspended parts, and every page must
/// be complete without JavaScript.
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

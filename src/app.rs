//! The pages: Leptos components, rendered on the server.
//!
//! All data of a page is read before, so that rendering waits for nothing. [`portal::PageData`] contains it.
//!
//! Only the questionnaire is hydrated in the browser. All other pages are server-only, so that their code is not part of the Wasm
//! that the browser downloads.

pub mod address;
pub mod components;
#[cfg(feature = "form")]
pub mod draft_store;
pub mod page_response;
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

#[cfg(feature = "ssr")]
pub use page_chrome::PageChromeCache;
#[cfg(feature = "ssr")]
pub(crate) use shell::is_hydrated;
#[cfg(feature = "ssr")]
pub use shell::{NO_CONNECTION, NO_COOKIES, OFFLINE_SHELL, Shell};

#[cfg(feature = "form")]
pub use pages::JourneyPage;
#[cfg(feature = "portal")]
pub use pages::portal_page;

/// The id of the element that is hydrated.
pub const ROOT_ID: &str = "app";

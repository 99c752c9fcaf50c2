//! The pages, one file each; the questions of the journey are in `steps/`.

mod check_answers;
mod journey;
mod not_found;
mod steps;

// What only shows something is rendered on the server alone.
#[cfg(feature = "ssr")]
mod case;
#[cfg(feature = "ssr")]
mod cases;
#[cfg(feature = "ssr")]
mod come_back;
#[cfg(feature = "ssr")]
mod help;
#[cfg(feature = "ssr")]
mod no_connection;
#[cfg(feature = "ssr")]
mod save_for_later;
#[cfg(feature = "ssr")]
mod sent;
#[cfg(feature = "ssr")]
mod sign_in;
#[cfg(feature = "ssr")]
mod start;

pub use journey::{DraftStore, JourneyPage};
pub use not_found::{NotFoundPage, UnavailablePage};

#[cfg(feature = "ssr")]
pub use {
    case::CasePage, cases::CasesPage, come_back::ComeBackPage, come_back::LinkPage, help::HelpPage, no_connection::NoConnectionPage,
    save_for_later::SaveForLaterPage, sent::SentPage, sign_in::SignInPage, start::StartPage,
};

use leptos::prelude::*;

use super::portal::{PortalHandle, Posted};

/// The portal of this page.
fn portal() -> PortalHandle {
    expect_context()
}

/// The form that came back, on the page the server rendered again.
fn posted() -> Option<Posted> {
    SharedValue::new(use_context::<Posted>).into_inner()
}

//! The pages, one file each; the questions of the journey are in `steps/`.

mod case;
mod cases;
mod check_answers;
mod help;
mod journey;
mod not_found;
mod sent;
mod sign_in;
mod start;
mod steps;

pub use case::CasePage;
pub use cases::CasesPage;
pub use help::HelpPage;
pub use journey::{DraftStore, JourneyPage};
pub use not_found::{NotFoundPage, UnavailablePage};
pub use sign_in::SignInPage;
pub use start::StartPage;

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

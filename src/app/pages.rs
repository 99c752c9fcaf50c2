//! The pages, one file each. The parts of a question's page are in `question/`.

mod check_answers;
mod conflicts;
mod journey;
mod not_found;
mod not_sent_yet;
mod question;
mod tasks;

// Server-only pages.
#[cfg(feature = "ssr")]
mod about;
#[cfg(feature = "ssr")]
mod about_file;
#[cfg(feature = "ssr")]
pub mod act;
#[cfg(feature = "ssr")]
mod acting;
#[cfg(feature = "ssr")]
mod as_sent;
#[cfg(feature = "ssr")]
mod case;
#[cfg(feature = "ssr")]
mod cases;
#[cfg(feature = "ssr")]
mod closed_here;
#[cfg(feature = "ssr")]
mod come_back;
#[cfg(feature = "ssr")]
mod contact;
#[cfg(feature = "ssr")]
mod equality;
#[cfg(feature = "ssr")]
mod held_drafts;
#[cfg(feature = "ssr")]
mod help;
#[cfg(feature = "ssr")]
mod no_access;
#[cfg(feature = "ssr")]
mod no_connection;
#[cfg(feature = "ssr")]
mod open_devices;
#[cfg(feature = "ssr")]
mod remove_thing;
#[cfg(feature = "ssr")]
mod save_for_later;
#[cfg(feature = "ssr")]
mod sent;
#[cfg(feature = "ssr")]
mod sign_in;
#[cfg(feature = "ssr")]
mod sign_in_email;
#[cfg(feature = "ssr")]
mod signed_in_devices;
#[cfg(feature = "ssr")]
mod start;
#[cfg(feature = "ssr")]
mod sure;
#[cfg(feature = "ssr")]
mod this_phone;

pub use journey::{DraftStore, FORM_ID, JourneyPage, SEEN, THEIRS};
pub use not_found::{NotFoundPage, UnavailablePage};
pub use question::landlord::{BY_NAME as LANDLORD_BY_NAME, FIND as FIND_LANDLORD};

#[cfg(feature = "ssr")]
pub use {
    about::AboutPage,
    about_file::{AboutFilePage, WITHOUT_PLACE, list_of},
    act::ActPage,
    acting::{JoinPage, LOOKED, PeoplePage, PersonPage, RequestPage},
    as_sent::AsSentPage,
    case::CasePage,
    cases::CasesPage,
    closed_here::ClosedHerePage,
    come_back::ComeBackPage,
    come_back::LinkPage,
    contact::{ContactCodePage, ContactPage},
    equality::EqualityPage,
    equality::EqualityQuestionsPage,
    held_drafts::{AnotherPage, NoCookiesPage, UnfinishedPage, Whose, WhoseLine, whose_words},
    help::HelpPage,
    no_connection::NoConnectionPage,
    open_devices::OpenDevicesPage,
    remove_thing::RemoveThingPage,
    save_for_later::SaveForLaterPage,
    sent::SentPage,
    sign_in::SignInPage,
    sign_in_email::{NEXT_CODE_AT, SignInCodePage, SignInEmailPage},
    signed_in_devices::SignedInDevicesPage,
    start::StartPage,
    sure::SURE,
    this_phone::ThisPhonePage,
};

use leptos::prelude::*;

use super::portal::{PortalHandle, Posted};

/// Returns the portal from context.
fn portal() -> PortalHandle {
    expect_context()
}

/// Returns the rejected form that the server renders again, if any.
fn posted() -> Option<Posted> {
    SharedValue::new(use_context::<Posted>).into_inner()
}

//! The pages, one file each. The parts of a question's page are in `question/`.

mod check_answers;
mod conflicts;
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
mod add_more;
#[cfg(feature = "ssr")]
mod as_sent;
#[cfg(feature = "ssr")]
pub(crate) mod browser_drafts;
#[cfg(feature = "ssr")]
mod case;
#[cfg(feature = "ssr")]
pub mod case_action;
#[cfg(feature = "ssr")]
mod cases;
#[cfg(feature = "ssr")]
mod closed_here;
#[cfg(feature = "ssr")]
pub(crate) mod confirm;
#[cfg(feature = "ssr")]
mod contact;
#[cfg(feature = "ssr")]
mod equality;
#[cfg(feature = "ssr")]
mod help;
#[cfg(feature = "ssr")]
mod no_access;
#[cfg(feature = "ssr")]
mod no_connection;
#[cfg(feature = "ssr")]
mod open_devices;
#[cfg(feature = "ssr")]
mod policies;
pub(crate) mod questionnaire;
#[cfg(feature = "ssr")]
mod remove_thing;
#[cfg(feature = "ssr")]
pub(crate) mod representation;
#[cfg(feature = "ssr")]
pub(crate) mod resume;
#[cfg(feature = "ssr")]
pub(crate) mod save_and_resume;
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
mod this_phone;
#[cfg(feature = "ssr")]
mod unfinished_answers;

pub use not_found::{NotFoundPage, UnavailablePage};
pub use question::landlord::FIND as FIND_LANDLORD;
pub use questionnaire::JourneyPage;

#[cfg(feature = "ssr")]
pub use {
    about::AboutPage,
    about_file::{AboutFilePage, WITHOUT_PLACE, list_of},
    add_more::{AddMorePage, AddMoreQuestionPage},
    as_sent::AsSentPage,
    browser_drafts::{AnotherPage, DraftLabel, DraftLabelLine, NoCookiesPage, UnfinishedPage, whose_words},
    case::CasePage,
    case_action::ActPage,
    cases::CasesPage,
    closed_here::ClosedHerePage,
    confirm::SURE,
    contact::{ContactCodePage, ContactPage},
    equality::EqualityPage,
    equality::EqualityQuestionsPage,
    help::HelpPage,
    no_connection::NoConnectionPage,
    open_devices::OpenDevicesPage,
    policies::{AccessibilityPage, CookiesPage, PrivacyPage},
    remove_thing::RemoveThingPage,
    representation::{JoinPage, LOOKED, PeoplePage, PersonPage, RequestPage},
    resume::ComeBackPage,
    resume::LinkPage,
    save_and_resume::SaveForLaterPage,
    sent::SentPage,
    sign_in::SignInPage,
    sign_in_email::{NEXT_CODE_AT, SignInCodePage, SignInEmailPage},
    signed_in_devices::SignedInDevicesPage,
    start::StartPage,
    this_phone::ThisPhonePage,
    unfinished_answers::UnfinishedAnswers,
};

#[cfg(all(feature = "ssr", debug_assertions))]
pub use case::gallery::GalleryPage;

use leptos::prelude::*;

use super::portal::RejectedForm;

/// Returns the rejected form that is shown again, if any.
fn posted() -> Option<RejectedForm> {
    use_context()
}

/// Debug builds show every state of a case here; others have no such page.
#[cfg(all(feature = "ssr", not(debug_assertions)))]
pub use NotFoundPage as GalleryPage;

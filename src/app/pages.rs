//! The pages, one file each. The parts of a question's page are in `question/`.

#[cfg(feature = "form")]
mod check_answers;
#[cfg(feature = "form")]
mod conflicts;
mod not_found;
#[cfg(feature = "form")]
mod not_sent_yet;
mod question;
#[cfg(feature = "form")]
mod tasks;

#[cfg(feature = "ssr")]
mod about;
#[cfg(feature = "ssr")]
mod about_file;
#[cfg(feature = "portal")]
mod add_more;
#[cfg(feature = "portal")]
mod as_sent;
#[cfg(feature = "ssr")]
pub(crate) mod browser_drafts;
#[cfg(feature = "portal")]
mod case;
#[cfg(feature = "portal")]
pub mod case_action;
#[cfg(feature = "portal")]
mod cases;
#[cfg(feature = "ssr")]
mod closed_here;
#[cfg(feature = "portal")]
pub(crate) mod confirm;
#[cfg(feature = "portal")]
mod contact;
#[cfg(feature = "ssr")]
mod equality;
#[cfg(feature = "ssr")]
mod help;
#[cfg(feature = "portal")]
mod no_access;
#[cfg(feature = "ssr")]
mod no_connection;
#[cfg(feature = "ssr")]
mod open_devices;
#[cfg(feature = "ssr")]
mod policies;
#[cfg(feature = "form")]
pub(crate) mod questionnaire;
#[cfg(feature = "ssr")]
mod remove_thing;
#[cfg(feature = "portal")]
pub(crate) mod representation;
#[cfg(feature = "ssr")]
pub(crate) mod resume;
#[cfg(feature = "ssr")]
pub(crate) mod save_and_resume;
#[cfg(feature = "ssr")]
mod sent;
#[cfg(feature = "portal")]
mod sign_in;
#[cfg(feature = "portal")]
mod sign_in_email;
#[cfg(feature = "portal")]
mod signed_in_devices;
#[cfg(feature = "ssr")]
mod start;
#[cfg(feature = "ssr")]
mod this_phone;
#[cfg(feature = "ssr")]
mod unfinished_answers;

pub use not_found::{NotFoundPage, UnavailablePage};
#[cfg(feature = "form")]
pub use question::landlord::FIND as FIND_LANDLORD;
#[cfg(feature = "form")]
pub use questionnaire::JourneyPage;

#[cfg(feature = "portal")]
pub use {
    add_more::{AddMorePage, AddMoreQuestionPage},
    as_sent::AsSentPage,
    case::CasePage,
    case_action::ActPage,
    cases::CasesPage,
    contact::{ContactCodePage, ContactPage},
    representation::{JoinPage, PeoplePage, PersonPage, RequestPage},
    sign_in::SignInPage,
    sign_in_email::{SignInCodePage, SignInEmailPage},
    signed_in_devices::SignedInDevicesPage,
};

#[cfg(feature = "ssr")]
pub use {
    about::AboutPage,
    about_file::{AboutFilePage, WITHOUT_PLACE, list_of},
    browser_drafts::{AnotherPage, DraftLabel, DraftLabelLine, NoCookiesPage, UnfinishedPage, whose_words},
    closed_here::ClosedHerePage,
    confirm::SURE,
    equality::EqualityPage,
    equality::EqualityQuestionsPage,
    help::HelpPage,
    no_connection::NoConnectionPage,
    open_devices::OpenDevicesPage,
    policies::{AccessibilityPage, CookiesPage, PrivacyPage},
    remove_thing::RemoveThingPage,
    representation::LOOKED,
    resume::ComeBackPage,
    resume::LinkPage,
    save_and_resume::SaveForLaterPage,
    sent::SentPage,
    sign_in_email::NEXT_CODE_AT,
    start::StartPage,
    this_phone::ThisPhonePage,
    unfinished_answers::UnfinishedAnswers,
};

#[cfg(all(feature = "ssr", debug_assertions))]
pub use case::gallery::GalleryPage;

use leptos::prelude::*;

use super::portal::RejectedForm;

/// Returns the page of the portal at this path; `None` if it is not one of sign-in or of cases.
#[cfg(feature = "portal")]
pub fn portal_page(path: &str) -> Option<AnyView> {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    Some(match parts.as_slice() {
        ["sign-in"] => view! { <SignInPage/> }.into_any(),
        ["sign-in", "email"] => view! { <SignInEmailPage/> }.into_any(),
        ["sign-in", "code"] => view! { <SignInCodePage/> }.into_any(),
        ["signed-in-devices"] => view! { <SignedInDevicesPage/> }.into_any(),
        ["cases"] => view! { <CasesPage/> }.into_any(),
        ["cases", _reference] => view! { <CasePage/> }.into_any(),
        ["cases", _reference, "as-sent"] => view! { <AsSentPage/> }.into_any(),
        ["cases", _reference, "people"] => view! { <PeoplePage/> }.into_any(),
        ["cases", _reference, "people", _person] => view! { <PersonPage/> }.into_any(),
        ["cases", _reference, "contact"] => view! { <ContactPage/> }.into_any(),
        ["cases", _reference, "contact", "code"] => view! { <ContactCodePage/> }.into_any(),
        ["cases", _reference, "add-more"] => view! { <AddMorePage/> }.into_any(),
        ["cases", _reference, "add-more", _question] => view! { <AddMoreQuestionPage/> }.into_any(),
        ["cases", _reference, _act] => view! { <ActPage/> }.into_any(),
        ["cases", ..] => view! { <NotFoundPage/> }.into_any(),
        ["consent", _token] => view! { <RequestPage/> }.into_any(),
        ["join"] => view! { <JoinPage/> }.into_any(),
        _ => return None,
    })
}

/// Returns the rejected form that is shown again, if any.
fn posted() -> Option<RejectedForm> {
    use_context()
}

/// Debug builds show every state of a case here; others have no such page.
#[cfg(all(feature = "ssr", not(debug_assertions)))]
pub use NotFoundPage as GalleryPage;

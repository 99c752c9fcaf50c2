//! The pages of sign-in and of cases in the browser. They are hydrated from the data that came with them. Their forms are checked before
//! they are sent.
//!
//! `public/portal.js` moves between these pages and follows the news. It changes the document into a newer one that the server rendered, and
//! then the page is hydrated again.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

use crate::app::ROOT_ID;
use crate::app::address::{Address, CurrentAddress};
use crate::app::client::{forms, mark_alive, page_language, served_page};
use crate::app::components::errors::ErrorsOfPage;
use crate::app::portal::{PageData, PortalPage, RepresentationPage};
use crate::app::portal_page;
use complaint::case::actions::{CaseAction, CaseActionKind};
use complaint::case::contact_plan::wanted;
use complaint::case::form_checks;
use complaint::{Answers, Context, FieldError, Fields, QuestionRef, check};
use contract::people::Missing;
use text::fetched;

thread_local! {
    /// The page that is hydrated.
    static SHOWN: RefCell<Option<Shown>> = const { RefCell::new(None) };
}

/// What the browser needs of the page that is hydrated.
struct Shown {
    owner: Owner,
    page: PortalPage,
    errors: ErrorsOfPage,
}

/// Takes the sentences of the page's language. Called once, by the loader.
#[wasm_bindgen]
pub fn start(sentences: JsValue) {
    fetched::take(sentences);
}

/// Hydrates the page as it is now.
#[wasm_bindgen]
pub fn hydrate() {
    let root = document().get_element_by_id(ROOT_ID);
    let (Some(root), Some(page)) = (root, served_page::<PortalPage>()) else {
        return;
    };
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    let address = path.clone() + &location.search().unwrap_or_default();
    if let Some(before) = SHOWN.take() {
        before.owner.cleanup();
    }
    let app = move || {
        let errors = ErrorsOfPage(StoredValue::new(None));
        SHOWN.set(Owner::current().map(|owner| Shown {
            owner,
            page: page.clone(),
            errors,
        }));
        provide_context(errors);
        provide_context(CurrentAddress(RwSignal::new(Address::new(&address))));
        page.provide(page_language());
        portal_page(&path)
    };
    // The document belongs to the server's HTML, which a newer page replaces; unmounting would remove it.
    leptos::mount::hydrate_from(root.unchecked_into(), app).forget();
    mark_alive();
}

/// Checks a form that is about to be sent, with the rules of the server. Returns whether it may be sent; otherwise the page shows the errors.
/// `name` and `value` are those of the button, or empty.
#[wasm_bindgen]
pub fn check_form(form: &web_sys::HtmlFormElement, name: String, value: String) -> bool {
    let mut fields = forms::fields_of(form);
    fields.0.push((name, value));
    // The attribute: a field may have the name `action`. Without it, a form goes to the address of its page.
    let address = form
        .get_attribute("action")
        .or_else(|| window().location().pathname().ok())
        .unwrap_or_default();
    let found = SHOWN.with_borrow(|shown| {
        let shown = shown.as_ref()?;
        let ErrorsOfPage(errors) = shown.errors;
        Some((errors.get_value()?, errors_of(&shown.page, &Address::new(&address), &fields)))
    });
    let Some((errors, found)) = found else { return true };
    let may_be_sent = found.is_empty();
    errors.set(found);
    may_be_sent
}

/// Returns the errors of a form with this address that can be found in the browser.
fn errors_of(page: &PortalPage, address: &Address, fields: &Fields) -> Vec<FieldError> {
    let Some(today) = page.today.map(|today| forms::today(Some(today.0))) else {
        return Vec::new();
    };
    let parts: Vec<&str> = address.path().trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["sign-in"] => form_checks::sign_in(fields),
        ["sign-in", "email"] => form_checks::sign_in_email(fields).err().unwrap_or_default(),
        ["sign-in", "code"] => form_checks::one_time_code(fields, "email_code").err().into_iter().collect(),
        ["join"] => form_checks::join(fields),
        ["consent", _] if fields.raw("action") != "come_in" => form_checks::consent(fields, today),
        ["cases", _, "people"] if fields.raw("action") == "ask" => {
            let came_back = match &page.representation {
                Some(RepresentationPage::People { people, .. }) => people.missing == Some(Missing::CameBack),
                _ => false,
            };
            form_checks::tenant_email(fields.raw("email"), came_back).err().unwrap_or_default()
        }
        ["cases", _, "people", _] => form_checks::rights(fields, today).err().unwrap_or_default(),
        ["cases", _, "contact", "code"] if fields.raw("action") == "confirm" => {
            form_checks::one_time_code(fields, "code").err().into_iter().collect()
        }
        ["cases", _, "contact"] => wanted::check_page(fields, today).err().unwrap_or_default(),
        ["cases", _, "add-more", slug] => QuestionRef::from_slug(slug).map_or_else(Vec::new, |place| {
            let answers = match &page.data {
                PageData::Case(Ok(Some(page))) => page.case.answers.clone(),
                _ => Answers::default(),
            };
            let context = Context { today, answers: &answers };
            check(place, fields, &context).err().unwrap_or_default()
        }),
        ["cases", _, slug] => {
            let act = CaseActionKind::from_slug(slug).and_then(|kind| CaseAction::from_fields(kind, fields));
            let asked = match &page.data {
                PageData::Case(Ok(Some(page))) => page.case.request.as_ref().map_or(0, |request| request.questions.len()),
                _ => 0,
            };
            act.map(|act| act.content_errors(asked, today)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

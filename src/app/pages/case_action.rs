//! Case actions: a page with a form for each.

mod fields;
mod files;
pub(crate) mod rejected;

use leptos::prelude::*;

use crate::app::address::address;
use crate::app::components::heading::{HEADING_ID, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{ErrorSummary, Errors, TroubleNotice};
use crate::app::page_response::redirect;
use crate::app::pages::{NotFoundPage, UnavailablePage, posted};
use crate::app::portal::{CasePage, PageData, RejectedForm};
use crate::app::words::{say, say_with};
use complaint::Fields;
use complaint::case::actions::CaseActionKind;
use complaint::fields::form::Choice;
use contract::CaseView;

/// The field with the name of a file that came with the form and was not stored.
pub const DISCARDED_FILE: &str = "dropped";

/// The case, and the rejected form.
struct Form<'a> {
    case: &'a CaseView,
    typed: &'a Fields,
    errors: Errors,
    /// The number of the order, on the page about orders.
    order: u8,
}

#[component]
pub fn ActPage() -> impl IntoView {
    let address = address();
    let Some(kind) = CaseActionKind::from_slug(address.slug()) else {
        return view! { <NotFoundPage/> }.into_any();
    };
    let order = address.query("order").and_then(|order| order.parse().ok()).unwrap_or_default();
    match (PageData::take_case(), posted()) {
        (Err(_), None) => view! { <UnavailablePage/> }.into_any(),
        (Ok(None), None) => redirect("/sign-in"),
        (Err(_), Some(posted)) => rejected::unavailable(kind, &posted),
        (Ok(None), Some(posted)) => rejected::signed_out(kind, &posted),
        (Ok(Some(page)), posted) if page.case.can.contains(&kind) => {
            form(kind, &page, posted.unwrap_or_else(|| typed_before(&page)), order)
        }
        (Ok(Some(page)), posted) => rejected::not_now(kind, &page.case, &posted.unwrap_or_default()),
    }
}

/// The form with what the person has typed before and not sent.
fn typed_before(page: &CasePage) -> RejectedForm {
    let mut form = RejectedForm::default();
    form.fields.replace(&page.typed);
    form
}

/// The `h1`, with the case before it.
fn heading(kind: CaseActionKind, reference: &str) -> AnyView {
    view! {
        <span class="govuk-caption-l">{say_with("case.title", &[("reference", reference)])}</span>
        <h1 id=HEADING_ID class="govuk-heading-l" tabindex="-1">{say(&format!("case_actions.{}.title", kind.code()))}</h1>
    }
    .into_any()
}

/// The document title: the case action and the case.
fn title(kind: CaseActionKind, reference: &str) -> String {
    let page = say(&format!("case_actions.{}.title", kind.code()));
    let case = say_with("case.title", &[("reference", reference)]);
    format!("{page} – {case}")
}

/// What a person loses who withdraws a decided complaint. The decision itself and its orders stand.
fn what_withdrawing_means(case: &CaseView) -> Option<AnyView> {
    case.decision.as_ref()?;
    let what = if case.orders.is_empty() { "decided" } else { "orders" };
    let text = say(&format!("case_actions.withdraw.{what}"));
    Some(view! { <div class="govuk-inset-text">{text}</div> }.into_any())
}

fn form(kind: CaseActionKind, page: &CasePage, posted: RejectedForm, order: u8) -> AnyView {
    let case = &page.case;
    let RejectedForm {
        fields: typed,
        errors,
        trouble,
        ..
    } = posted;
    // An earlier post with this idempotency key had another content: from here on the form has a new key.
    let is_another = errors.iter().any(|error| error.code == "act_sent_before");
    let key = match typed.raw("key") {
        key if key.is_empty() || is_another => page.form_key.clone(),
        key => key.to_owned(),
    };
    let errors = Errors::new(errors);
    let code = kind.code();
    let by = case.me.to_string();
    let order = typed.raw("order").parse().unwrap_or(order);
    let typed_on = if order == 0 {
        kind.slug()
    } else {
        format!("{}-{order}", kind.slug())
    };
    let home = format!("/cases/{}", case.reference);
    let action = format!("{home}/{}", kind.slug());
    let parts = Form {
        case,
        typed: &typed,
        errors,
        order,
    };
    let fields = fields::of(kind, &parts);
    // A representative may decide for the tenant (`Scope::Decide`) without speaking for them (`Scope::Speak`), which files need.
    let files = (kind.takes_files() && case.can.contains(&CaseActionKind::Files)).then(|| files::files(kind, &parts));
    let button = if matches!(kind, CaseActionKind::Withdraw) {
        "govuk-button govuk-button--warning"
    } else {
        "govuk-button"
    };
    let lost = (kind == CaseActionKind::Withdraw).then(|| what_withdrawing_means(case));
    let heading = heading(kind, &case.reference);
    view! {
        <PageTitle text=title(kind, &case.reference) errors/>
        <Main back=Some(home.clone())>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <ErrorSummary errors/>
            {heading}
            <p class="govuk-body">{say(&format!("case_actions.{code}.intro"))}</p>
            {lost}
            <form method="post" action=action novalidate=true data-typed=typed_on data-by=by enctype=kind.takes_files().then_some("multipart/form-data")>
                <input type="hidden" name="key" value=key/>
                {fields}
                {files}
                <button type="submit" id="send" class=button>{say(&format!("case_actions.{code}.button"))}</button>
            </form>
            <p class="govuk-body"><a class="govuk-link" href=home rel="external">{say("case_actions.leave")}</a></p>
        </Main>
    }
    .into_any()
}

//! How we reach the person who looks, and that we could not.

use leptos::prelude::*;

use crate::app::words::say;
use crate::complaint::form::Choice;
use crate::complaint::view::CaseView;

/// By which ways we could not reach the person who looks. No address is named: somebody else may look over their shoulder.
pub(super) fn unreached(case: &CaseView) -> impl IntoView + use<> {
    let ways = case.unreached.iter().map(|way| say(&format!("hearing.unreached.{way}")));
    let ways: Vec<String> = ways.collect();
    let address = format!("/cases/{}/contact", case.reference);
    (!ways.is_empty()).then(|| {
        let ways = ways
            .into_iter()
            .map(|text| view! { <p class="govuk-body">{text}</p> })
            .collect_view();
        view! {
            <div class="govuk-inset-text" role="note">
                {ways}
                <p class="govuk-body">{say("hearing.unreached.what_now")}</p>
                <p class="govuk-body"><a class="govuk-link" href=address rel="external">{say("contact.change")}</a></p>
            </div>
        }
        .into_any()
    })
}

/// The way to the page about contact details, with a change that waits.
pub(super) fn contact(case: &CaseView) -> impl IntoView + use<> {
    let address = format!("/cases/{}/contact", case.reference);
    let waits = case.contact_change.map(|by| {
        let key = format!("contact.waiting.{}", by.code());
        view! { <p class="govuk-body">{say(&key)}</p> }
    });
    view! {
        {waits}
        <p class="govuk-body"><a class="govuk-link" href=address rel="external">{say("contact.link")}</a></p>
    }
    .into_any()
}

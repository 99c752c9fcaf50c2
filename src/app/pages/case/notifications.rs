//! Notifications: contact methods that failed, and the link to the contact details.

use leptos::prelude::*;

use crate::app::words::say;
use complaint::fields::form::Choice;
use contract::CaseView;

/// Says by which contact methods the viewer could not be reached. No address is shown, because another person may see the screen.
pub(crate) fn unreached(case: &CaseView) -> impl IntoView + use<> {
    let ways = case.unreached.iter().map(|way| say(&format!("notifications.unreached.{way}")));
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
                <p class="govuk-body">{say("notifications.unreached.what_now")}</p>
                <p class="govuk-body"><a class="govuk-link" href=address rel="external">{say("contact.change")}</a></p>
            </div>
        }
        .into_any()
    })
}

/// The link to the contact details, with a pending change.
pub(crate) fn contact(case: &CaseView) -> impl IntoView + use<> {
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

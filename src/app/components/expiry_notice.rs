//! The warning that answers will be deleted soon, with a button that keeps them.

use leptos::prelude::*;

use crate::app::portal::RetentionPeriods;
use crate::app::words::{language, say, say_with};
use contract::DraftView;

/// Shows nothing while there is time. For any server-rendered page of a person with an unsent draft.
#[component]
pub fn ExpiryNotice(draft: DraftView) -> impl IntoView {
    let keeping = use_context::<RetentionPeriods>().unwrap_or_default();
    let days_left = (draft.expires.date - draft.today).whole_days();
    if draft.sent.is_some() || days_left > i64::from(keeping.warning_days) {
        return ().into_any();
    }
    let when = [("date", language().date(draft.expires.date)), ("time", draft.expires.time.clone())];
    let keep = language().say_count("expiry.keep", keeping.draft_days.into());
    view! {
        <div class="govuk-notification-banner" role="region" aria-labelledby="expiry-title">
            <div class="govuk-notification-banner__header">
                <h2 class="govuk-notification-banner__title" id="expiry-title">{say("expiry.title")}</h2>
            </div>
            <div class="govuk-notification-banner__content">
                <p class="govuk-body">{say_with("expiry.text", &when)}</p>
                <form method="post" action="/complaint/keep">
                    <button class="govuk-button govuk-!-margin-bottom-0" type="submit">{keep}</button>
                </form>
            </div>
        </div>
    }
    .into_any()
}

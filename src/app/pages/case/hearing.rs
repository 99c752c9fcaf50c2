//! That we could not reach the person who looks.

use leptos::prelude::*;

use crate::app::words::say;
use crate::complaint::view::CaseView;

/// By which ways we could not reach the person who looks. No address is named: somebody else may look over their shoulder.
pub(super) fn unreached(case: &CaseView) -> impl IntoView + use<> {
    let ways = case.unreached.iter().map(|way| say(&format!("hearing.unreached.{way}")));
    let ways: Vec<String> = ways.collect();
    (!ways.is_empty()).then(|| {
        let ways = ways
            .into_iter()
            .map(|text| view! { <p class="govuk-body">{text}</p> })
            .collect_view();
        view! {
            <div class="govuk-inset-text" role="note">
                {ways}
                <p class="govuk-body">{say("hearing.unreached.what_now")}</p>
            </div>
        }
        .into_any()
    })
}

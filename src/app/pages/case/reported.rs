//! The complaint as reported to us, and the adjustments that participants need.

use leptos::prelude::*;

use crate::app::pages::question::QuestionSentences;
use crate::app::words::say;
use complaint::fields::form::Choice;
use complaint::{Answers, StepId};
use contract::{CaseView, Issue, NeedView};

/// Returns what an issue is about: its category and, if there is one, its subcategory.
pub(crate) fn about(issue: &Issue) -> String {
    let option = |step: StepId, code: &str| QuestionSentences::new(step, &Answers::default()).option(step.code(), code).0;
    let category = option(StepId::Category, issue.category.code());
    match &issue.subcategory {
        Some(code) => format!("{category}\n{}", option(StepId::Subcategory, code)),
        None => category,
    }
}

/// Whether the viewer may see the answers as they were sent.
pub(crate) fn shows_answers(case: &CaseView) -> bool {
    case.answers != Answers::default()
}

/// The people, the landlord and the issues of the complaint.
pub(crate) fn complaint_summary(case: &CaseView) -> impl IntoView + use<> {
    let row = |key: &str, value: String| {
        view! {
            <div class="govuk-summary-list__row">
                <dt class="govuk-summary-list__key">{say(key)}</dt>
                <dd class="govuk-summary-list__value or-user-text">{value}</dd>
            </div>
        }
    };
    let issues = case
        .issues
        .iter()
        .map(|issue| {
            (
                row("steps.category.short", about(issue)),
                row("steps.what_happened.short", issue.what_happened.clone()),
                (!issue.put_right.is_empty()).then(|| row("steps.put_right.short", issue.put_right.clone())),
            )
        })
        .collect_view();
    let people = case
        .people
        .iter()
        .map(|person| row(&format!("case.people.{}", person.role.code()), person.name.clone()))
        .collect_view();
    view! {
        <dl class="govuk-summary-list">
            {people}
            {row("steps.landlord.short", case.landlord.clone())}
            {issues}
        </dl>
        {shows_answers(case).then(|| view! {
            <p class="govuk-body">
                <a class="govuk-link" href=format!("/cases/{}/as-sent", case.reference) rel="external">{say("case.as_sent.link")}</a>
            </p>
        })}
    }
    .into_any()
}

/// The adjustments that participants need, and whether we have acted on them.
pub(crate) fn needs(case: &CaseView) -> Option<AnyView> {
    let one = |need: &NeedView| {
        let (text, _) = QuestionSentences::new(StepId::Needs, &Answers::default()).option("adjustments", &need.need);
        let done = if need.acted_on.is_empty() {
            say("case.need_open")
        } else {
            need.acted_on.join("\n")
        };
        view! {
            <div class="govuk-summary-list__row">
                <dt class="govuk-summary-list__key">{text}</dt>
                <dd class="govuk-summary-list__value or-user-text">{done}</dd>
            </div>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = case.needs.iter().map(one).collect();
    (!rows.is_empty()).then(|| view! { <dl class="govuk-summary-list">{rows}</dl> }.into_any())
}

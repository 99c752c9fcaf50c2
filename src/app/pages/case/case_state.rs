//! The state of a case, and the next steps.

use leptos::prelude::*;

use crate::app::pages::case::reported;
use crate::app::pages::representation::claims::claims;
use crate::app::words::{language, say, say_with};
use complaint::case::actions::CaseActionKind;
use complaint::case::event::ActorRole;
use complaint::case::outcome::Finding;
use complaint::case::status::{Actor, Status};
use complaint::fields::form::Choice;
use contract::{CaseView, OrderView};

/// The status in plain words, who acts next, and by when. A missed deadline is shown, also one of ours.
pub(crate) fn standing(case: &CaseView) -> impl IntoView + use<> {
    let language = language();
    let code = case.status.code();
    let tag = match case.who_acts {
        Actor::You => "govuk-tag govuk-tag--yellow",
        Actor::Nobody => "govuk-tag govuk-tag--grey",
        Actor::Us | Actor::Landlord | Actor::Resident | Actor::Representative => "govuk-tag govuk-tag--green",
    };
    let key = match (case.late, case.who_acts) {
        (false, _) => "case.due",
        (true, Actor::Us) => "case.late.us",
        (true, Actor::You) => "case.late.you",
        (true, _) => "case.late.landlord",
    };
    // After a decision or a withdrawal the deadline is the person's, and `pending_tasks` shows it. While the case waits for
    // authority, each claim has a deadline of its own.
    let due = case
        .due
        .filter(|_| !matches!(case.status, Status::DecisionMade | Status::Closed | Status::AwaitingAuthority));
    let due = due.map(|due| say_with(key, &[("date", language.date(due))]));
    let due_class = if case.late {
        "govuk-body govuk-!-font-weight-bold"
    } else {
        "govuk-body"
    };
    let is_tenant = case.my_role == ActorRole::Resident;
    let (name, next): (String, Option<String>) = match case.status {
        Status::AwaitingAuthority if is_tenant && case.claims.is_empty() => {
            ("authority.nobody.name".into(), Some("authority.nobody.tenant".into()))
        }
        Status::AwaitingAuthority if is_tenant => ("authority.standing_tenant".into(), None),
        Status::AwaitingAuthority if !case.claims.is_empty() => (format!("status.{code}.name"), None),
        _ => (format!("status.{code}.name"), Some(format!("status.{code}.next"))),
    };
    let claims = claims(&case.claims, case.me, case.my_role, Some(&case.reference));
    let reason = case.closed_reason.map(|reason| say(&format!("closed_reason.{}", reason.code())));
    view! {
        <section aria-labelledby="standing">
            <h2 class="govuk-heading-m" id="standing">{say("case.now")}</h2>
            <p class="govuk-body-l"><strong class=tag>{say(&name)}</strong></p>
            {reason.map(|text| view! { <p class="govuk-body">{text}</p> })}
            {next.map(|key| view! { <p class="govuk-body">{say(&key)}</p> })}
            {claims}
            <p class="govuk-body"><strong>{say(&format!("who_acts.{}", case.who_acts.code()))}</strong></p>
            {due.map(|text| view! { <p class=due_class>{text}</p> })}
        </section>
    }
    .into_any()
}

fn address(case: &CaseView, kind: CaseActionKind) -> String {
    format!("/cases/{}/{}", case.reference, kind.slug())
}

/// The tasks that wait for the person: a request, a deadline that is running out.
pub(crate) fn pending_tasks(case: &CaseView) -> Option<AnyView> {
    let language = language();
    let link = |kind: CaseActionKind, text: String| {
        let words = say(&format!("case_actions.{}.link", kind.code()));
        view! {
            <div class="govuk-inset-text">
                <p class="govuk-body">{text}</p>
                <p class="govuk-body"><a class="govuk-link" href=address(case, kind) rel="external">{words}</a></p>
            </div>
        }
        .into_any()
    };
    let dated = |key: &str, date| say_with(key, &[("date", language.date(date))]);
    let all: Vec<AnyView> = [
        case.request
            .as_ref()
            .map(|request| link(CaseActionKind::Answer, dated("case.answer_by", request.due))),
        case.review_until
            .map(|until| link(CaseActionKind::Review, dated("case.review_until", until))),
        case.undo_until
            .map(|until| link(CaseActionKind::UndoWithdrawal, dated("case.undo_until", until))),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!all.is_empty()).then(|| {
        view! {
            <section aria-labelledby="to-do">
                <h2 class="govuk-heading-m" id="to-do">{say("case.to_do")}</h2>
                {all}
            </section>
        }
        .into_any()
    })
}

/// The case actions that are possible at any time.
pub(crate) fn possible_actions(case: &CaseView) -> Option<AnyView> {
    let any_time = |kind: &&CaseActionKind| {
        matches!(
            kind,
            CaseActionKind::Message | CaseActionKind::Diary | CaseActionKind::Files | CaseActionKind::Issue | CaseActionKind::Withdraw
        )
    };
    let item = |kind: &CaseActionKind| {
        let words = say(&format!("case_actions.{}.link", kind.code()));
        view! { <li><a class="govuk-link" href=address(case, *kind) rel="external">{words}</a></li> }.into_any()
    };
    let items: Vec<AnyView> = case.can.iter().filter(any_time).map(item).collect();
    (!items.is_empty()).then(|| {
        view! {
            <nav aria-labelledby="you-can">
                <h2 class="govuk-heading-m" id="you-can">{say("case.can")}</h2>
                <ul class="govuk-list govuk-list--spaced">{items}</ul>
            </nav>
        }
        .into_any()
    })
}

/// The decision, with the finding on each issue.
pub(crate) fn decision(case: &CaseView) -> Option<AnyView> {
    let decision = case.decision.as_ref()?;
    let one = |finding: &Finding| {
        let code = finding.finding.code();
        let number = finding.issue.to_string();
        let about = case.issues.get(usize::from(finding.issue).saturating_sub(1)).map(reported::about);
        let about = about.unwrap_or_else(|| say_with("case.finding_number", &[("number", number.as_str())]));
        view! {
            <div class="govuk-summary-list__row">
                <dt class="govuk-summary-list__key or-user-text">{about}</dt>
                <dd class="govuk-summary-list__value">
                    <strong>{say(&format!("finding_name.{code}"))}</strong>
                    <p class="govuk-body">{say(&format!("finding.{code}"))}</p>
                </dd>
            </div>
        }
        .into_any()
    };
    let findings: Vec<AnyView> = decision.findings.iter().map(one).collect();
    let list = (!findings.is_empty()).then(|| {
        view! {
            <h3 class="govuk-heading-s">{say("case.findings")}</h3>
            <dl class="govuk-summary-list">{findings}</dl>
        }
    });
    Some(
        view! {
            <section aria-labelledby="decision">
                <h2 class="govuk-heading-m" id="decision">{say("case.decision")}</h2>
                <p class="govuk-body or-user-text">{decision.message.clone()}</p>
                {list}
            </section>
        }
        .into_any(),
    )
}

/// The orders to the landlord, and whether the landlord has carried them out.
pub(crate) fn orders(case: &CaseView) -> Option<AnyView> {
    let language = language();
    let may_say = case.can.contains(&CaseActionKind::Orders);
    let one = |order: &OrderView| {
        let by = say_with("case.order_by", &[("date", language.date(order.due))]);
        let said = order.done.map_or_else(
            || say("case.order_not_said"),
            |done| say(&format!("case.order_said.{}", done.code())),
        );
        let link = may_say.then(|| {
            let number = order.order.to_string();
            let words = say_with("case.order_link", &[("number", number.as_str())]);
            let href = format!("{}?order={number}", address(case, CaseActionKind::Orders));
            view! { <p class="govuk-body"><a class="govuk-link" href=href rel="external">{words}</a></p> }
        });
        view! {
            <li>
                <p class="govuk-body or-user-text">{order.what.clone()}</p>
                <p class="govuk-body">{by}" "{said}</p>
                {link}
            </li>
        }
        .into_any()
    };
    let items: Vec<AnyView> = case.orders.iter().map(one).collect();
    (!items.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m" id="orders">{say("case.orders")}</h2>
            <ol class="govuk-list govuk-list--number govuk-list--spaced">{items}</ol>
        }
        .into_any()
    })
}

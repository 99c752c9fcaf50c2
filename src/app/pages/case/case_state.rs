//! The state of a case: the card, what the person can do, the decision and its orders.

use leptos::prelude::*;

use crate::app::pages::case::reported;
use crate::app::pages::representation::claims::claims;
use crate::app::words::{language, say, say_with};
use complaint::case::actions::CaseActionKind;
use complaint::case::event::ActorRole;
use complaint::case::outcome::Finding;
use complaint::case::status::{Actor, Status};
use complaint::fields::form::Choice;
use contract::{CaseView, OrderView, TimelineEntry};

/// The card at the top of the page: the one thing that people come for.
///
/// It says what is happening, who does what by when, and the newest word from the organisation, and has one button.
pub(crate) fn card(case: &CaseView, entries: &[TimelineEntry]) -> impl IntoView + use<> {
    let tag = match case.who_acts {
        Actor::You => "govuk-tag govuk-tag--yellow",
        Actor::Nobody => "govuk-tag govuk-tag--grey",
        Actor::Us | Actor::Landlord | Actor::Resident | Actor::Representative => "govuk-tag govuk-tag--green",
    };
    let (name, next) = status_sentences(case);
    let claims = claims(&case.claims, case.me, case.my_role, Some(&case.reference));
    let reason = case.closed_reason.map(|reason| say(&format!("closed_reason.{}", reason.code())));
    view! {
        <section class="or-card" aria-labelledby="standing">
            <h2 class="or-card__title" id="standing">{say("case.now")}</h2>
            <p class="or-card__status"><strong class=tag>{say(&name)}</strong></p>
            {reason.map(|text| view! { <p class="govuk-body">{text}</p> })}
            {next.map(|key| view! { <p class="govuk-body">{say(&key)}</p> })}
            {claims}
            <p class="govuk-body"><strong>{say(&format!("who_acts.{}", case.who_acts.code()))}</strong></p>
            {deadlines(case).collect_view()}
            {newest_word(entries)}
            {main_action(case).map(|(href, words)| view! {
                <a class="govuk-button or-no-print" role="button" href=href rel="external">{words}</a>
            })}
        </section>
    }
    .into_any()
}

/// Returns the keys of the status's name and of what it means, which may be left out.
fn status_sentences(case: &CaseView) -> (String, Option<String>) {
    let code = case.status.code();
    let is_tenant = case.my_role == ActorRole::Resident;
    match case.status {
        Status::AwaitingAuthority if is_tenant && case.claims.is_empty() => {
            ("authority.nobody.name".into(), Some("authority.nobody.tenant".into()))
        }
        Status::AwaitingAuthority if is_tenant => ("authority.standing_tenant".into(), None),
        Status::AwaitingAuthority if !case.claims.is_empty() => (format!("status.{code}.name"), None),
        _ => (format!("status.{code}.name"), Some(format!("status.{code}.next"))),
    }
}

/// The dates that matter now. A missed deadline is shown, also one of ours.
fn deadlines(case: &CaseView) -> impl Iterator<Item = AnyView> + use<> {
    let key = match (case.late, case.who_acts) {
        (false, _) => "case.due",
        (true, Actor::Us) => "case.late.us",
        (true, Actor::You) => "case.late.you",
        (true, _) => "case.late.landlord",
    };
    // After a decision or a withdrawal the deadline is the person's. While the case waits for authority, each claim has a deadline of
    // its own.
    let due = case
        .due
        .filter(|_| case.request.is_none() && !matches!(case.status, Status::DecisionMade | Status::Closed | Status::AwaitingAuthority));
    let request = case.request.as_ref().map(|request| request.due).filter(|_| !case.late);
    let late_request = case.request.as_ref().map(|request| request.due).filter(|_| case.late);
    let dates = [
        (key, due),
        ("case.answer_by", request),
        ("case.late.you", late_request),
        ("case.review_until", case.review_until),
        ("case.undo_until", case.undo_until),
    ];
    let class = if case.late {
        "govuk-body govuk-!-font-weight-bold"
    } else {
        "govuk-body"
    };
    dates.into_iter().filter_map(move |(key, date)| {
        let text = say_with(key, &[("date", language().date(date?))]);
        Some(view! { <p class=class>{text}</p> }.into_any())
    })
}

/// The number of characters of the newest word on the card. The whole text is further down.
const EXCERPT: usize = 200;

/// The newest word from the organisation, with a link to all of it. Orders stand below with what became of each.
fn newest_word(entries: &[TimelineEntry]) -> Option<AnyView> {
    let newest = entries
        .iter()
        .rev()
        .find(|entry| entry.actor_role == ActorRole::Organisation && entry.message.is_some() && entry.kind != "orders_made")?;
    let text = newest.message.as_deref()?;
    let excerpt = match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => {
            let end = text[..end].rfind(char::is_whitespace).unwrap_or(end);
            format!("{}…", &text[..end])
        }
        None => text.to_owned(),
    };
    let place = match newest.kind.as_str() {
        "decision_made" => "decision",
        "message_sent" | "information_requested" => "messages",
        _ => "timeline",
    };
    let when = say_with("case.newest", &[("date", language().date(newest.when.date))]);
    Some(
        view! {
            <div class="or-card__newest">
                <h3 class="govuk-heading-s">{when}</h3>
                <p class="govuk-body or-user-text">{excerpt}</p>
                <p class="govuk-body or-no-print"><a class="govuk-link" href=format!("#{place}") rel="external">{say("case.read_all")}</a></p>
            </div>
        }
        .into_any(),
    )
}

fn address(case: &CaseView, kind: CaseActionKind) -> String {
    format!("/cases/{}/{}", case.reference, kind.slug())
}

/// Returns the address and words of the one button: what the person has to do, else a message to the organisation.
fn main_action(case: &CaseView) -> Option<(String, String)> {
    let kind = main_action_kind(case)?;
    let mut href = address(case, kind);
    if let (CaseActionKind::Orders, Some(order)) = (kind, open_order(case)) {
        href = format!("{href}?order={}", order.order);
    }
    Some((href, say(&format!("case_actions.{}.link", kind.code()))))
}

/// The first order about which no one has said whether the landlord has carried it out.
fn open_order(case: &CaseView) -> Option<&OrderView> {
    case.orders.iter().find(|order| order.done.is_none())
}

fn main_action_kind(case: &CaseView) -> Option<CaseActionKind> {
    let asked = [
        (CaseActionKind::Answer, case.request.is_some()),
        (CaseActionKind::UndoWithdrawal, case.undo_until.is_some()),
        (CaseActionKind::Orders, open_order(case).is_some()),
        (CaseActionKind::Review, case.review_until.is_some()),
        (CaseActionKind::Message, true),
    ];
    let mut asked = asked.into_iter().filter(|(kind, is_asked)| *is_asked && case.can.contains(kind));
    asked.next().map(|(kind, _)| kind)
}

/// Returns whether an action has its link in a folded part. After a decision there is seldom a reason to withdraw, and much to lose.
fn is_folded(case: &CaseView, kind: CaseActionKind) -> bool {
    kind == CaseActionKind::Withdraw && case.decision.is_some()
}

fn links(case: &CaseView, filter: impl Fn(CaseActionKind) -> bool) -> Option<AnyView> {
    let item = |kind: CaseActionKind| {
        let words = say(&format!("case_actions.{}.link", kind.code()));
        view! { <li><a class="govuk-link" href=address(case, kind) rel="external">{words}</a></li> }.into_any()
    };
    let items: Vec<AnyView> = case.can.iter().copied().filter(|kind| filter(*kind)).map(item).collect();
    (!items.is_empty()).then(|| view! { <ul class="govuk-list govuk-list--spaced">{items}</ul> }.into_any())
}

/// The other case actions that are possible. Each order has its own link.
pub(crate) fn possible_actions(case: &CaseView) -> Option<AnyView> {
    let main = main_action_kind(case);
    let links = links(case, |kind| {
        kind != CaseActionKind::Orders && main != Some(kind) && !is_folded(case, kind)
    })?;
    Some(
        view! {
            <nav class="or-no-print" aria-labelledby="you-can">
                <h2 class="govuk-heading-m" id="you-can">{say("case.can")}</h2>
                {links}
            </nav>
        }
        .into_any(),
    )
}

/// The case actions whose links are in a folded part.
pub(crate) fn folded_actions(case: &CaseView) -> Option<AnyView> {
    links(case, |kind| is_folded(case, kind))
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
            view! { <p class="govuk-body or-no-print"><a class="govuk-link" href=href rel="external">{words}</a></p> }
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

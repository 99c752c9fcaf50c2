//! The complaint clock in sentences.

use leptos::prelude::*;

use crate::app::words::language;
use complaint::clock::{Clock, Deadline, DeadlineState, Duty, RouteKind, Stage};
use complaint::fields::form::Choice;
use text::Language;

/// When the landlord's answer is or was due, how late it is, and which route is open to the person. One sentence each.
#[component]
pub fn ClockSummary(
    clock: Clock,
    /// Whether to address a representative although the page's language is not set to that yet.
    #[prop(optional)]
    for_another: bool,
) -> impl IntoView {
    let language = if for_another { language().to_representative() } else { language() };
    let lines = sentences(language, &clock);
    let lines = lines.into_iter().map(|line| view! { <p class="govuk-body">{line}</p> });
    view! { <div class="or-clock">{lines.collect_view()}</div> }.into_any()
}

/// Returns the sentences of [`ClockSummary`], in order.
pub fn sentences(language: Language, clock: &Clock) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(answer) = clock.answer() {
        say_answer(language, clock, answer, &mut lines);
    }
    say_route(language, clock, &mut lines);
    for (duty, key) in [
        (Duty::HazardEmergency, "clock.hazard.emergency"),
        (Duty::HazardInvestigate, "clock.hazard.investigate"),
        (Duty::HazardMakeSafe, "clock.hazard.make_safe"),
    ] {
        // The latest possible day: the landlord must act "by" then.
        if let Some(due) = clock.deadline(duty).and_then(|deadline| deadline.due) {
            let tense = tense(clock, due.latest);
            lines.push(language.say_with(&format!("{key}.{tense}"), &[("date", language.date(due.latest))]));
        }
    }
    lines
}

fn tense(clock: &Clock, day: time::Date) -> &'static str {
    if day < clock.today { "was_due" } else { "due" }
}

fn say_answer(language: Language, clock: &Clock, answer: &Deadline, lines: &mut Vec<String>) {
    let stage = if answer.what == Duty::AnswerStage2 { "stage_2" } else { "stage_1" };
    match answer.due {
        None if answer.is_open() => lines.push(language.say("clock.answer.not_known")),
        None => {}
        Some(due) => {
            let tense = match (due.latest < clock.today, due.is_exact()) {
                (false, true) => "due",
                (true, true) => "was_due",
                (false, false) => "due_about",
                (true, false) => "was_due_about",
            };
            let values = [
                ("date", language.date(due.latest)),
                ("earliest", language.date(due.earliest)),
                ("latest", language.date(due.latest)),
            ];
            lines.push(language.say_with(&format!("clock.answer.{stage}.{tense}"), &values));
            if answer.due_before_extension.is_some() && answer.is_open() {
                lines.push(language.say("clock.answer.extended"));
            }
        }
    }
    let Some(late) = answer.days_late else { return };
    let exact = late.least == late.most;
    let key = match answer.state {
        DeadlineState::MayBeLate => return lines.push(language.say("clock.late.perhaps")),
        DeadlineState::Late if exact => "clock.late.now",
        DeadlineState::Late => "clock.late.now_at_least",
        DeadlineState::KeptLate if exact => "clock.late.came",
        DeadlineState::KeptLate => "clock.late.came_at_least",
        _ => return,
    };
    lines.push(language.say_count(key, late.least.into()));
}

fn say_route(language: Language, clock: &Clock, lines: &mut Vec<String>) {
    let route = &clock.route;
    let dated = |key: &str, date| language.say_with(key, &[("date", language.date(date))]);
    match route.kind {
        RouteKind::ReadyForInvestigation => {
            let refused = clock.stage == Stage::Refused;
            lines.push(language.say(if refused {
                "clock.route.refused"
            } else {
                "clock.route.final_response"
            }));
            lines.extend(route.until.map(|until| dated("clock.route.until", until)));
        }
        RouteKind::NeedsDiscretion => lines.extend(route.until.map(|until| dated("clock.route.too_long_ago", until))),
        RouteKind::ChaseLandlord if route.open_now => lines.push(language.say("clock.route.chase")),
        RouteKind::ChaseLandlord => {
            lines.extend(route.from.map(|from| dated("clock.route.chase_from", from)));
            lines.push(language.say("clock.route.chase_before"));
        }
        RouteKind::HelpToComplain => {
            let first = route.stage == Some(1);
            lines.push(language.say(if first {
                "clock.route.help.stage_1"
            } else {
                "clock.route.help.stage_2"
            }));
            for (key, days) in [
                ("clock.route.help.acknowledge", route.acknowledge_within),
                ("clock.route.help.answer", route.answer_within),
            ] {
                lines.extend(days.map(|days| language.say_count(key, days.into())));
            }
        }
        RouteKind::WrongService => {
            let service = route.service.map(Choice::code);
            lines.extend(service.map(|code| language.say(&format!("clock.route.service.{code}"))));
            lines.push(language.say("clock.route.still"));
        }
    }
}

#[cfg(test)]
mod tests;

//! The timeline of a case, oldest or newest first.

use leptos::prelude::*;

use super::files;
use super::messages::is_message;
use crate::app::pages::question::answer_text::{name, written};
use crate::app::words::{language, say, say_with};
use complaint::Answers;
use complaint::case::event::Day;
use complaint::fields::form::Choice;
use contract::TimelineEntry;
use text::Language;

pub(super) fn timeline(home: &str, entries: Vec<TimelineEntry>, newest_first: bool) -> AnyView {
    let latest = entries.len();
    let mut entries: Vec<AnyView> = entries
        .into_iter()
        .enumerate()
        .map(|(i, e)| entry(home, e, i + 1 == latest))
        .collect();
    let (href, words) = if newest_first {
        entries.reverse();
        (format!("{home}#timeline"), say("case.oldest_first"))
    } else {
        (format!("{home}?order=newest#timeline"), say("case.newest_first"))
    };
    let other = (latest > 1).then(|| {
        view! { <p class="govuk-body or-no-print"><a class="govuk-link" href=href rel="external">{words}</a></p> }
    });
    view! {
        {other}
        <p class="govuk-body">{say("timeline.about_receipts")}</p>
        <ol class="or-timeline">{entries}</ol>
    }
    .into_any()
}

/// Returns the day that a diary entry is about, or the month if the day is unknown.
fn about(language: Language, day: Day) -> String {
    let month = time::Month::try_from(day.month).ok();
    let date = month.and_then(|month| time::Date::from_calendar_date(day.year, month, day.day.unwrap_or(1)).ok());
    let Some(date) = date else { return String::new() };
    let whole = language.date(date);
    if day.day.is_some() {
        return say_with("timeline.on", &[("date", whole)]);
    }
    let month = whole.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    say_with("timeline.in", &[("month", month)])
}

/// An answer that was added after sending, below its question.
fn added_answers(answers: &Answers) -> Vec<AnyView> {
    answers
        .places()
        .map(|place| {
            view! {
                <p class="or-timeline__text"><strong>{name(place, answers)}</strong></p>
                <p class="or-timeline__text or-user-text">{written(place, answers)}</p>
            }
            .into_any()
        })
        .collect()
}

fn entry(home: &str, entry: TimelineEntry, latest: bool) -> AnyView {
    let language = language();
    let title = match entry.status {
        Some(status) if entry.kind == "status_changed" => say(&format!("status.{}.name", status.code())),
        _ => say(&format!("timeline.{}", entry.kind)),
    };
    let when = [("date", language.date(entry.when.date)), ("time", entry.when.time.clone())];
    let number = entry.n.to_string();
    let receipt = format!("{home}/receipts/{number}");
    let receipt_name = say_with("timeline.receipt", &[("number", number)]);
    let by = say(&format!("timeline.by.{}", entry.actor_role.code()));
    let class = if latest {
        "or-timeline__event or-timeline__event--latest"
    } else {
        "or-timeline__event"
    };
    let on = entry.on.map(|day| about(language, day));
    let done = entry.order.zip(entry.done).map(|(order, done)| {
        let number = order.to_string();
        say_with(&format!("timeline.order.{}", done.code()), &[("number", number.as_str())])
    });
    let moved = (entry.kind == "due_changed").then_some(entry.due).flatten();
    let moved = moved.map(|due| match entry.order.map(|order| order.to_string()) {
        Some(number) => say_with("timeline.new_day_of_order", &[("number", number), ("date", language.date(due))]),
        None => say_with("timeline.new_day", &[("date", language.date(due))]),
    });
    let findings = entry.findings.iter().map(|finding| {
        let number = finding.issue.to_string();
        let name = say(&format!("finding_name.{}", finding.finding.code()));
        let text = say_with("timeline.finding", &[("number", number), ("finding", name)]);
        view! { <p class="or-timeline__text">{text}</p> }.into_any()
    });
    let findings = findings.collect_view();
    let answers = entry.answers.as_ref().map(added_answers);
    // The list of files shows the name already.
    let name = entry.filename.filter(|_| entry.files.is_empty());
    // What was written stands among the messages.
    let (message, attached) = if is_message(&entry.kind) {
        (None, Vec::new())
    } else {
        (entry.message, entry.files)
    };
    view! {
        <li class=class>
            <h3 class="or-timeline__title">{title}</h3>
            <p class="or-timeline__when"><time datetime=entry.when.at>{say_with("timeline.when", &when)}</time>", "{by}</p>
            {on.map(|text| view! { <p class="or-timeline__text">{text}</p> })}
            {done.map(|text| view! { <p class="or-timeline__text">{text}</p> })}
            {moved.map(|text| view! { <p class="or-timeline__text">{text}</p> })}
            {name.map(|name| view! { <p class="or-timeline__text or-user-text">{name}</p> })}
            {answers}
            {message.map(|text| view! { <p class="or-timeline__text or-user-text">{text}</p> })}
            {findings}
            {files::of_entry(&attached)}
            <p class="or-timeline__text or-no-print">
                <a class="govuk-link" href=receipt rel="external" download>{receipt_name}</a>
            </p>
        </li>
    }
    .into_any()
}

//! The messages between the people on the case and the organisation, as one thread.

use leptos::prelude::*;

use super::files;
use crate::app::words::{language, say, say_with};
use complaint::case::event::ActorRole;
use complaint::fields::form::Choice;
use contract::TimelineEntry;

/// The events that belong to the conversation.
const KINDS: [&str; 4] = ["message_sent", "message_received", "information_requested", "information_given"];

/// Returns whether the thread shows events of this kind.
pub(super) fn is_message(kind: &str) -> bool {
    KINDS.contains(&kind)
}

/// The thread, the newest message last as in a conversation. `None` if no one has written yet.
pub(super) fn thread(entries: &[TimelineEntry]) -> Option<AnyView> {
    let messages: Vec<AnyView> = entries.iter().filter(|entry| is_message(&entry.kind)).map(message).collect();
    (!messages.is_empty()).then(|| {
        view! {
            <section aria-labelledby="messages">
                <h2 class="govuk-heading-m" id="messages">{say("case.messages")}</h2>
                <ol class="or-thread">{messages}</ol>
            </section>
        }
        .into_any()
    })
}

fn message(entry: &TimelineEntry) -> AnyView {
    let class = if entry.actor_role == ActorRole::Organisation {
        "or-thread__message or-thread__message--ours"
    } else {
        "or-thread__message"
    };
    let when = [("date", language().date(entry.when.date)), ("time", entry.when.time.clone())];
    let who = say(&format!("case.wrote.{}", entry.actor_role.code()));
    view! {
        <li class=class>
            <h3 class="or-thread__who">{who}</h3>
            <p class="or-thread__when"><time datetime=entry.when.at.clone()>{say_with("timeline.when", &when)}</time></p>
            {entry.message.clone().map(|text| view! { <p class="govuk-body or-user-text">{text}</p> })}
            {files::of_entry(&entry.files)}
        </li>
    }
    .into_any()
}

//! The status line that says whether typed answers are saved.

use leptos::prelude::*;

use crate::app::draft_store::Saving;
use crate::app::words::language;

/// Says what is saved where: "Saved on this device, and with us at 14:02". Screen readers speak it when it changes, never while the
/// person types.
#[component]
pub fn SaveStatus(state: Signal<Saving>) -> impl IntoView {
    let language = language();
    let class = move || match state.get() {
        Saving::Idle => "or-save-status",
        Saving::Saving | Saving::Sending => "or-save-status or-save-status--saving",
        Saving::Saved { .. } => "or-save-status or-save-status--saved",
        Saving::Waiting { .. } => "or-save-status or-save-status--waiting",
    };
    let text = move || match state.get() {
        Saving::Idle => String::new(),
        Saving::Saving => language.say("save.saving"),
        Saving::Sending => language.say("form.sending"),
        Saving::Saved { time, here: true } => language.say_with("offline.saved.here", &[("time", time)]),
        Saving::Saved { time, here: false } => language.say_with("save.saved", &[("time", time)]),
        Saving::Waiting { here: true } => language.say("offline.saved.here_only"),
        Saving::Waiting { here: false } => language.say("save.waiting"),
    };
    view! { <p class=class role="status"><span class="or-save-status__text">{text}</span></p> }.into_any()
}

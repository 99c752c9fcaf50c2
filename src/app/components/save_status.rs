//! The line that says whether what was typed is safe.

use leptos::prelude::*;

use crate::app::words::language;

/// How the answers stand with us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Saving {
    /// Nothing to say: the page came from the server.
    #[default]
    Quiet,
    /// On its way.
    Saving,
    /// The whole complaint is on its way.
    Sending,
    /// With us, at this time of day in England; `here` when it is on this phone too.
    Saved { time: String, here: bool },
    /// Not with us yet; we keep trying. `here` when it is on this phone.
    Waiting { here: bool },
}

/// Says what is saved where: "Saved on this phone, and with us at 14:02". Spoken by screen readers when it changes, never while typing.
#[component]
pub fn SaveStatus(state: Signal<Saving>) -> impl IntoView {
    let language = language();
    let class = move || match state.get() {
        Saving::Quiet => "or-save-status",
        Saving::Saving | Saving::Sending => "or-save-status or-save-status--saving",
        Saving::Saved { .. } => "or-save-status or-save-status--saved",
        Saving::Waiting { .. } => "or-save-status or-save-status--waiting",
    };
    let text = move || match state.get() {
        Saving::Quiet => String::new(),
        Saving::Saving => language.say("save.saving"),
        Saving::Sending => language.say("form.sending"),
        Saving::Saved { time, here: true } => language.say_with("offline.saved.here", &[("time", time)]),
        Saving::Saved { time, here: false } => language.say_with("save.saved", &[("time", time)]),
        Saving::Waiting { here: true } => language.say("offline.saved.here_only"),
        Saving::Waiting { here: false } => language.say("save.waiting"),
    };
    view! { <p class=class role="status"><span class="or-save-status__text">{text}</span></p> }.into_any()
}

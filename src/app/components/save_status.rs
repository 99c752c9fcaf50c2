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
    /// Safe, at this time of day in England.
    Saved(String),
    /// Not safe yet; we keep trying.
    Waiting,
}

/// "Saved at 14:02" or "Not saved yet, we will keep trying". Spoken by screen readers when it changes, never while typing.
#[component]
pub fn SaveStatus(state: Signal<Saving>) -> impl IntoView {
    let language = language();
    let class = move || match state.get() {
        Saving::Quiet => "or-save-status",
        Saving::Saving | Saving::Sending => "or-save-status or-save-status--saving",
        Saving::Saved(_) => "or-save-status or-save-status--saved",
        Saving::Waiting => "or-save-status or-save-status--waiting",
    };
    let text = move || match state.get() {
        Saving::Quiet => String::new(),
        Saving::Saving => language.say("save.saving"),
        Saving::Sending => language.say("form.sending"),
        Saving::Saved(time) => language.say_with("save.saved", &[("time", time)]),
        Saving::Waiting => language.say("save.waiting"),
    };
    view! { <p class=class role="status"><span class="or-save-status__text">{text}</span></p> }.into_any()
}

//! What went wrong on our side, in the person's words.

use leptos::prelude::*;

use crate::app::portal::Trouble;
use crate::app::words::{language, say};

/// Why a form was not acted on, and that nothing typed is lost.
#[component]
pub fn TroubleNotice(trouble: Trouble) -> impl IntoView {
    let (title, text) = match trouble {
        Trouble::NotSaved => (say("trouble.not_saved.title"), say("trouble.not_saved.text")),
        Trouble::TooMany { seconds } => {
            let minutes = seconds.div_ceil(60).max(1);
            (
                say("trouble.too_many.title"),
                language().say_count("trouble.too_many.minutes", minutes),
            )
        }
        Trouble::NotSent => (say("trouble.not_sent.title"), say("trouble.not_sent.text")),
        Trouble::ChangedElsewhere => (say("trouble.changed.title"), say("trouble.changed.text")),
    };
    view! {
        <div class="govuk-error-summary" tabindex="-1" autofocus=true id="trouble">
            <div role="alert">
                <h2 class="govuk-error-summary__title">{title}</h2>
                <div class="govuk-error-summary__body"><p>{text}</p></div>
            </div>
        </div>
    }
    .into_any()
}

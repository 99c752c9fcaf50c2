//! Errors on our side, in the person's words.

use leptos::prelude::*;

use crate::app::portal::NotProcessed;
use crate::app::words::{language, say};

/// Says why a form was not processed, and that nothing typed is lost.
#[component]
pub fn TroubleNotice(
    trouble: NotProcessed,
    /// The answer that another device saved meanwhile, line by line.
    #[prop(optional, into)]
    other: String,
) -> impl IntoView {
    let (title, text) = match trouble {
        NotProcessed::NotSaved => (say("trouble.not_saved.title"), say("trouble.not_saved.text")),
        NotProcessed::TooMany { seconds } => {
            let minutes = seconds.div_ceil(60).max(1);
            (
                say("trouble.too_many.title"),
                language().say_count("trouble.too_many.minutes", minutes),
            )
        }
        NotProcessed::NotSent => (say("trouble.not_sent.title"), say("trouble.not_sent.text")),
        NotProcessed::ChangedElsewhere => (say("trouble.changed.title"), say("trouble.changed.text")),
    };
    let other = (!other.is_empty()).then(|| {
        view! {
            <h3 class="govuk-heading-s">{say("trouble.changed.other")}</h3>
            <p class="or-user-text">{other}</p>
        }
    });
    view! {
        <div class="govuk-error-summary" tabindex="-1" autofocus=true id="trouble">
            <div role="alert">
                <h2 class="govuk-error-summary__title">{title}</h2>
                <div class="govuk-error-summary__body">
                    <p>{text}</p>
                    {other}
                </div>
            </div>
        </div>
    }
    .into_any()
}

//! The questions whose pages have text that was typed and not submitted.

use leptos::prelude::*;

use super::question::QuestionSentences;
use crate::app::portal::{Unfinished, address};
use crate::app::words::say;
use complaint::{Answers, Page, QuestionRef};

/// The list of these questions, on the pages that list all questions.
#[component]
pub fn UnfinishedAnswers() -> impl IntoView {
    let Unfinished(places) = use_context().unwrap_or_default();
    let lists_questions = [Page::Tasks, Page::CheckAnswers].map(Page::path).contains(&address());
    (lists_questions && !places.is_empty()).then(|| {
        let one = |place: QuestionRef| {
            let name = QuestionSentences::new(place.step, &Answers::default()).short();
            view! { <li><a class="govuk-link" href=place.path() rel="external">{name}</a></li> }.into_any()
        };
        let lines: Vec<AnyView> = places.into_iter().map(one).collect();
        view! {
            <section id="unfinished" class="govuk-width-container" aria-labelledby="unfinished-title">
                <div class="govuk-inset-text">
                    <h2 class="govuk-heading-s" id="unfinished-title">{say("typed_text.unfinished.title")}</h2>
                    <p class="govuk-body">{say("typed_text.unfinished.text")}</p>
                    <ul class="govuk-list govuk-list--bullet">{lines}</ul>
                </div>
            </section>
        }
        .into_any()
    })
}

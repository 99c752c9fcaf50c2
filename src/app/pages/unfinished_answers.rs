//! The questions and files whose pages have text that was typed and not submitted.

use leptos::prelude::*;

use super::question::QuestionSentences;
use crate::app::address::address;
use crate::app::components::file_list::page_of;
use crate::app::portal::Unfinished;
use crate::app::words::{say, say_with};
use complaint::{Answers, Page, QuestionRef};
use contract::FileView;

/// The list of these pages, on the pages that list all questions.
#[component]
pub fn UnfinishedAnswers() -> impl IntoView {
    let Unfinished { questions, files } = use_context().unwrap_or_default();
    let lists_questions = [Page::Tasks, Page::CheckAnswers]
        .map(Page::path)
        .iter()
        .any(|path| path == address().path());
    (lists_questions && !(questions.is_empty() && files.is_empty())).then(|| {
        let link = |href: String, name: String| view! { <li><a class="govuk-link" href=href rel="external">{name}</a></li> }.into_any();
        let of_question = |place: QuestionRef| {
            let name = QuestionSentences::new(place.step, &Answers::default()).short();
            link(place.path(), name)
        };
        let of_file = |file: FileView| {
            let name = say_with("typed_text.unfinished.file", &[("name", file.filename)]);
            link(page_of(&file.id), name)
        };
        let questions = questions.into_iter().map(of_question);
        let lines: Vec<AnyView> = questions.chain(files.into_iter().map(of_file)).collect();
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

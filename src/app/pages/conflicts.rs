//! A notice that another device has changed an answer that was changed here too, with a link to both answers.

use leptos::prelude::*;

use super::question::answer_text::name;
use crate::app::draft_store::DraftStore;
use crate::app::words::language;
use complaint::QuestionRef;

/// A link to each answer that has to be chosen. Not to the current page, which shows both answers already.
#[component]
pub fn Conflicts(store: DraftStore, #[prop(optional)] here: Option<QuestionRef>) -> impl IntoView {
    let words = language();
    let links = move || {
        let answers = store.answers.get_untracked();
        let open = store.conflicts.with(|all| {
            let others = all.iter().map(|(place, _)| *place).filter(|place| Some(*place) != here);
            others.map(|place| (place.path(), name(place, &answers))).collect::<Vec<_>>()
        });
        (!open.is_empty()).then(|| {
            let items: Vec<AnyView> = open
                .into_iter()
                .map(|(path, name)| view! { <li><a class="govuk-link" href=path>{name}</a></li> }.into_any())
                .collect();
            view! {
                <div class="govuk-error-summary" role="alert">
                    <p class="govuk-body">{words.say("trouble.changed.notice")}</p>
                    <ul class="govuk-list">{items}</ul>
                </div>
            }
            .into_any()
        })
    };
    view! { {links} }.into_any()
}

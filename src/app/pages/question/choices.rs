//! The lists of choices of a question.

use leptos::prelude::*;

use super::{QuestionCx, QuestionSentences};
use crate::app::components::choices::{Choices, Item};

/// A list of choices, of which one or many can be chosen. `field` is the question's name of the list, `name` that on the page.
#[expect(clippy::too_many_arguments, reason = "one argument for each property of the list")]
pub fn list(
    cx: &QuestionCx,
    field: &str,
    name: &'static str,
    legend: String,
    hint: Option<String>,
    offered: &'static [&'static str],
    many: bool,
    words: QuestionSentences,
    heading: bool,
) -> AnyView {
    let items = offered
        .iter()
        .map(|code| {
            let (text, hint) = words.option(field, code);
            Item { code, text, hint }
        })
        .collect();
    let chosen = cx.given.all(name).map(str::to_owned).collect();
    view! { <Choices name legend hint=hint.unwrap_or_default() items chosen many heading errors=cx.errors/> }.into_any()
}

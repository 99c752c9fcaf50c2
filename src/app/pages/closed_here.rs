//! The page for a device on which another device has closed the draft. It says how to resume, and shows the text that was not saved.

use leptos::prelude::*;

use super::posted;
use super::question::QuestionSentences;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::portal::ResumePage;
use crate::app::words::say;
use complaint::questionnaire::question::{Field, Input};
use complaint::{Answers, Fields, QuestionRef, questionnaire::steps};

#[component]
pub fn ClosedHerePage() -> impl IntoView {
    let place = match use_context() {
        Some(ResumePage::Closed { place }) => place,
        _ => None,
    };
    let fields = posted().map(|posted| posted.fields).unwrap_or_default();
    let typed = match place {
        Some(place) => written(place, &fields),
        // The description of a file.
        None => vec![(say("closed_here.typed.file"), fields.raw("caption").to_owned())],
    };
    let typed: Vec<_> = typed.into_iter().filter(|(_, text)| !text.trim().is_empty()).collect();
    let title = say("closed_here.title");
    view! {
        <PageTitle text=title.clone()/>
        <Main back=None>
            <Heading text=title/>
            <p class="govuk-body">{say("closed_here.why")}</p>
            {(!typed.is_empty()).then(|| view! {
                <h2 class="govuk-heading-m">{say("closed_here.typed.title")}</h2>
                <p class="govuk-body">{say("closed_here.typed.text")}</p>
                <dl class="govuk-summary-list">{typed.into_iter().map(row).collect_view()}</dl>
            })}
            <h2 class="govuk-heading-m">{say("closed_here.back.title")}</h2>
            <p class="govuk-body">{say("closed_here.back.text")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/return" rel="external">{say("resume.ended.code")}</a></p>
            <h2 class="govuk-heading-m">{say("closed_here.new.title")}</h2>
            <p class="govuk-body">{say("closed_here.new.text")}</p>
            <form method="post" action="/closed-here">
                <button class="govuk-button govuk-button--secondary" type="submit">{say("closed_here.new.button")}</button>
            </form>
        </Main>
    }
    .into_any()
}

/// Returns each typed or chosen value with its question.
fn written(place: QuestionRef, fields: &Fields) -> Vec<(String, String)> {
    let question = steps::question(place.step);
    let words = QuestionSentences::new(place.step, &Answers::default());
    let text = |field: &Field| match field.input {
        Input::Hidden | Input::Tick => String::new(),
        Input::One(_) | Input::Many(_) => {
            let chosen = fields.0.iter().filter(|(name, code)| name == field.name && !code.is_empty());
            let options: Vec<String> = chosen.map(|(_, code)| words.option(field.name, code).0).collect();
            options.join("\n")
        }
        Input::Date(_) => {
            let parts = ["day", "month", "year"].map(|part| fields.raw(&format!("{}-{part}", field.name)));
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        }
        _ => fields.raw(field.name).to_owned(),
    };
    // A question with one field uses its heading as the label.
    let asked = |field: &Field| {
        let label = words.find(&format!("{}_short", field.name)).or_else(|| words.find(field.name));
        label.unwrap_or_else(|| words.get("heading"))
    };
    question.fields().iter().map(|field| (asked(field), text(field))).collect()
}

fn row((asked, answer): (String, String)) -> AnyView {
    view! {
        <div class="govuk-summary-list__row">
            <dt class="govuk-summary-list__key">{asked}</dt>
            <dd class="govuk-summary-list__value or-user-text">{answer}</dd>
        </div>
    }
    .into_any()
}

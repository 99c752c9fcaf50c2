//! A question's page, drawn from its entry in the table: heading, why it is asked, the fields.

mod choices;
mod files;
pub mod landlord;
mod notice;

use leptos::prelude::*;

use super::journey::DraftStore;
use crate::app::components::date_input::DateInput as DateBoxes;
use crate::app::components::errors::Errors;
use crate::app::components::{Checkbox, Heading, TextInput, Textarea};
use crate::app::words::language;
use crate::complaint::fields::{DateInput, text};
use crate::complaint::form::Choice;
use crate::complaint::question::{About, Body, Field, Input, Question, Width};
use crate::complaint::questions::RoleKind;
use crate::complaint::view::LandlordMatch;
use crate::complaint::{Answers, Fields, Place, StepId, journey};
use crate::text::Language;

/// What a question is drawn from.
pub struct QuestionCx {
    pub place: Place,
    pub answers: Answers,
    /// What the fields hold when the page opens: what was typed when the form came back, else the stored answer.
    pub given: Fields,
    pub errors: Errors,
    pub store: DraftStore,
    /// The landlords that were found for what was typed, when the person asked to look for it.
    pub found: Option<Vec<LandlordMatch>>,
}

/// A question as a page puts it together.
pub struct Parts {
    /// For the document's title, which stays behind in the browser's history: the question, unless that would tell whoever
    /// reads it there something about the person.
    pub title: String,
    /// What stands before the form.
    pub before: AnyView,
    pub fields: AnyView,
}

/// The sentences of a question. Where someone acts for the resident, the sentence that says "the resident" rather than
/// "you" is taken, when there is one; for a resident who has died, the one that speaks of the past.
#[derive(Clone, Copy)]
pub struct Words {
    language: Language,
    step: StepId,
    /// The ends of keys that go before the key itself, the first that there is.
    voices: &'static [&'static str],
}

impl Words {
    /// For a question, given who is filling in the form.
    #[must_use]
    pub fn new(step: StepId, answers: &Answers) -> Self {
        let language = language();
        let is_for_another = answers.role_kind() == Some(RoleKind::Representative) || language.is_to_representative();
        Self {
            language,
            step,
            voices: if is_for_another && answers.chose(StepId::RepresentativeWhy, "why", "died") {
                &["_estate", "_representative"]
            } else if is_for_another {
                &["_representative"]
            } else {
                &[]
            },
        }
    }

    /// The sentence of `steps.<question>.<name>`, where there is one.
    #[must_use]
    pub fn find(self, name: &str) -> Option<String> {
        let key = format!("steps.{}.{name}", self.step.code());
        self.at(&key)
    }

    /// The sentence of `steps.<question>.<name>`; the name of the key, when there is none.
    #[must_use]
    pub fn get(self, name: &str) -> String {
        self.find(name).unwrap_or_else(|| name.to_owned())
    }

    fn at(self, key: &str) -> Option<String> {
        let mut voices = self.voices.iter();
        let found = voices.find_map(|voice| self.language.say_if_any(&format!("{key}{voice}")));
        found.or_else(|| self.language.say_if_any(key))
    }

    /// The text of a choice and, where it has one, its hint.
    #[must_use]
    pub fn option(self, field: &str, code: &str) -> (String, Option<String>) {
        let own = format!("steps.{}.{field}_options.{code}", self.step.code());
        let shared = format!("options.{code}");
        let text = |key: &str| self.at(&format!("{key}.text"));
        let (key, text) = match text(&own) {
            Some(found) => (own, found),
            None => (shared.clone(), text(&shared).unwrap_or_else(|| code.to_owned())),
        };
        (text, self.at(&format!("{key}.hint")))
    }

    /// The short name of the question, as lists of answers show it.
    #[must_use]
    pub fn short(self) -> String {
        self.get("short")
    }
}

/// The parts of a question.
pub fn parts(cx: &QuestionCx) -> Parts {
    let question = journey::question(cx.place.step);
    let words = Words::new(cx.place.step, &cx.answers);
    let heading = numbered(cx, words.get("heading"));
    let mut parts = match question.body {
        Body::Notice => notice::parts(cx, words, heading),
        Body::Files(purpose) => files::parts(cx, words, heading, purpose),
        Body::Fields(_) => fields(cx, question, words, heading),
    };
    if let Some(neutral) = words.find("page_title") {
        parts.title = numbered(cx, neutral);
    }
    parts
}

/// The heading of a question; from the second thing complained of on it says which one it is about.
fn numbered(cx: &QuestionCx, heading: String) -> String {
    if cx.place.issue > 1 {
        let number = cx.place.issue.to_string();
        return language().say_with("form.issue_heading", &[("number", number), ("question", heading)]);
    }
    heading
}

fn fields(cx: &QuestionCx, question: &Question, words: Words, title: String) -> Parts {
    let asked: Vec<&Field> = question.fields().iter().filter(|f| (f.when)(&cx.answers, cx.place.issue)).collect();
    let seen = asked.iter().filter(|f| !matches!(f.input, Input::Hidden)).count();
    // A question with one field asks with that field's own label.
    let alone = seen == 1 && matches!(asked[0].input, Input::Line { .. } | Input::Block | Input::One(_) | Input::Many(_));
    let why = words.find("why").map(|why| view! { <p class="govuk-body">{why}</p> });
    let intro = if alone {
        ().into_any()
    } else {
        view! { <Heading text=title.clone()/> {why} {notice::declaration(cx, words)} }.into_any()
    };
    let drawn: Vec<AnyView> = asked.iter().map(|f| field(cx, f, words, alone.then(|| title.clone()))).collect();
    Parts {
        title,
        before: notice::warning(cx, words),
        fields: view! { {intro}{drawn} }.into_any(),
    }
}

/// One field, with its label. `heading` when the label is the page's `h1`.
fn field(cx: &QuestionCx, field: &Field, words: Words, heading: Option<String>) -> AnyView {
    let name = field.name;
    let errors = cx.errors;
    let is_heading = heading.is_some();
    let hint = if is_heading {
        words.find("hint")
    } else {
        words.find(&format!("{name}_hint"))
    };
    let label = heading.unwrap_or_else(|| words.get(name));
    // As it would be stored: what is not text does not come back.
    let value = match field.input {
        Input::Block => text::block(cx.given.raw(name)),
        _ => text::line(cx.given.raw(name)),
    };
    match field.input {
        Input::Line { autocomplete, about, width } => {
            // Only a person's own details may be filled in by their browser.
            let own = about == About::Typist || words.voices.is_empty();
            let autocomplete = if own { autocomplete } else { "off" };
            let width = match width {
                Width::Full => "",
                Width::Half => "govuk-!-width-two-thirds",
                Width::Short => "govuk-input--width-10",
            };
            if cx.place.step == StepId::Landlord {
                return landlord::fields(cx, label, hint.unwrap_or_default(), value);
            }
            view! { <TextInput name label hint=hint.unwrap_or_default() heading=is_heading value errors autocomplete width spellcheck=false/> }
                .into_any()
        }
        Input::Email => view! {
            <TextInput name label hint=hint.unwrap_or_default() value errors kind="email" autocomplete=own_token(cx, "email") spellcheck=false/>
        }
        .into_any(),
        Input::Phone => view! {
            <TextInput
                name
                label
                hint=hint.unwrap_or_default()
                value
                errors
                kind="tel"
                autocomplete=own_token(cx, "tel")
                width="govuk-input--width-20"
                spellcheck=false
            />
        }
        .into_any(),
        Input::Postcode => {
            let autocomplete = if words.voices.is_empty() { "postal-code" } else { "off" };
            view! {
                <TextInput name label hint=hint.unwrap_or_default() value errors autocomplete width="govuk-input--width-10" spellcheck=false/>
            }
            .into_any()
        }
        Input::Block => {
            // A second field on the page is an addition, not the story itself.
            let rows = if is_heading { 8 } else { 4 };
            view! { <Textarea name label heading=is_heading hint=hint.unwrap_or_default() value errors rows/> }.into_any()
        }
        Input::One(options) | Input::Many(options) => {
            let many = matches!(field.input, Input::Many(_));
            let offered = options(&cx.answers, cx.place.issue);
            choices::list(cx, name, label, hint, offered, many, words, is_heading)
        }
        Input::Tick => view! { <Checkbox name label checked=!value.is_empty() errors/> }.into_any(),
        Input::Date(_) => {
            let hint = hint.unwrap_or_else(|| language().say("date.hint"));
            view! { <DateBoxes name legend=label hint value=date(&cx.given, name) errors/> }.into_any()
        }
        // The landlord's number is drawn with its name.
        Input::Hidden if cx.place.step == StepId::Landlord => ().into_any(),
        Input::Hidden => view! { <input type="hidden" id=name name=name value=value/> }.into_any(),
    }
}

/// The contact details are those of whoever fills in the form; the resident's, when they are asked to confirm, are not.
fn own_token(cx: &QuestionCx, token: &'static str) -> &'static str {
    if cx.place.step == StepId::Contact { token } else { "off" }
}

/// The boxes of a date, as they were typed.
fn date(given: &Fields, name: &str) -> DateInput {
    let part = |part: &str| given.line(&format!("{name}-{part}"));
    DateInput {
        day: part("day"),
        month: part("month"),
        year: part("year"),
        unknown: !part("unknown").is_empty(),
    }
}

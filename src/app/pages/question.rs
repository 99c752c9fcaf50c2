//! A question's page, rendered from its entry in the questionnaire's table: heading, why it is asked, fields.

pub mod answer_text;
mod choices;
#[cfg(feature = "form")]
mod files;
#[cfg(feature = "form")]
pub mod landlord;
#[cfg(feature = "form")]
mod notice;

use leptos::prelude::*;

use crate::app::components::date_input::DateInput as DateBoxes;
use crate::app::components::errors::Errors;
use crate::app::components::{Checkbox, Heading, TextInput, Textarea};
#[cfg(feature = "form")]
use crate::app::draft_store::DraftStore;
use crate::app::words::language;
use ::text::Language;
use complaint::fields::form::Choice;
use complaint::fields::{DateInput, text};
use complaint::questionnaire::question::{Body, Field, FieldSubject, Input, Question, Width};
use complaint::questionnaire::questions::RoleKind;
use complaint::{Answers, Fields, QuestionRef, StepId, questionnaire::steps, seen_beside};
#[cfg(feature = "form")]
use contract::LandlordMatch;

/// The data that a question's page is rendered from.
pub struct QuestionCx {
    pub place: QuestionRef,
    pub answers: Answers,
    /// The initial values of the page's fields: what was typed if the form was rejected, else the stored answer.
    pub given: Fields,
    pub errors: Errors,
    #[cfg(feature = "form")]
    pub store: DraftStore,
    /// The landlords found for the typed name, if the person searched the register.
    #[cfg(feature = "form")]
    pub found: Option<Vec<LandlordMatch>>,
}

/// The parts of a question's page.
pub struct Parts {
    /// The document title, which stays in the browser's history: the question, unless it would reveal something about the person there.
    pub title: String,
    /// Shown before the form.
    pub before: AnyView,
    pub fields: AnyView,
}

/// The sentences of a question. For a representative, sentences that say "the resident" instead of "you" are preferred; for a resident
/// who has died, those in the past tense.
#[derive(Clone, Copy)]
pub struct QuestionSentences {
    language: Language,
    step: StepId,
    /// The suffixes of keys that are tried before the key itself, in this order.
    key_suffixes: &'static [&'static str],
}

impl QuestionSentences {
    /// Chooses the suffixes by who is filling in the form.
    pub fn new(step: StepId, answers: &Answers) -> Self {
        let language = language();
        let is_for_another = answers.role_kind() == Some(RoleKind::Representative) || language.is_to_representative();
        Self {
            language,
            step,
            key_suffixes: if is_for_another && answers.has_choice_once(StepId::RepresentativeWhy, "why", "died") {
                &["_estate", "_representative"]
            } else if is_for_another {
                &["_representative"]
            } else {
                &[]
            },
        }
    }

    /// Returns the sentence of `steps.<question>.<name>`, if there is one.
    pub fn find(self, name: &str) -> Option<String> {
        let key = format!("steps.{}.{name}", self.step.code());
        self.at(&key)
    }

    /// Returns the sentence of `steps.<question>.<name>`, or `name` if there is none.
    pub fn get(self, name: &str) -> String {
        self.find(name).unwrap_or_else(|| name.to_owned())
    }

    fn at(self, key: &str) -> Option<String> {
        let mut voices = self.key_suffixes.iter();
        let found = voices.find_map(|voice| self.language.say_if_any(&format!("{key}{voice}")));
        found.or_else(|| self.language.say_if_any(key))
    }

    /// Returns the text of a choice and, if it has one, its hint.
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

    /// Returns the short name of the question, for lists of answers.
    pub fn short(self) -> String {
        self.get("short")
    }
}

pub fn parts(cx: &QuestionCx) -> Parts {
    let question = steps::question(cx.place.step);
    let words = QuestionSentences::new(cx.place.step, &cx.answers);
    let heading = numbered(cx, words.get("heading"));
    let mut parts = match question.body {
        #[cfg(feature = "form")]
        Body::Notice => notice::parts(cx, words, heading),
        #[cfg(feature = "form")]
        Body::Files(purpose) => files::parts(cx, words, heading, purpose),
        // These are asked on the way to Send only.
        #[cfg(not(feature = "form"))]
        Body::Notice | Body::Files(_) => fields(cx, question, words, heading),
        Body::Fields(_) => fields(cx, question, words, heading),
    };
    if let Some(neutral) = words.find("page_title") {
        parts.title = numbered(cx, neutral);
    }
    parts
}

/// Returns the heading of a question. From the second issue on it says which issue the question is about.
fn numbered(cx: &QuestionCx, heading: String) -> String {
    if cx.place.issue > 1 {
        let number = cx.place.issue.to_string();
        return language().say_with("form.issue_heading", &[("number", number), ("question", heading)]);
    }
    heading
}

fn fields(cx: &QuestionCx, question: &Question, words: QuestionSentences, title: String) -> Parts {
    let asked: Vec<&Field> = question.fields().iter().filter(|f| (f.when)(&cx.answers, cx.place.issue)).collect();
    let seen = asked.iter().filter(|f| !matches!(f.input, Input::Hidden)).count();
    // A question with one field uses the heading as that field's label.
    let alone = seen == 1 && matches!(asked[0].input, Input::Line { .. } | Input::Block | Input::One(_) | Input::Many(_));
    let why = words.find("why").map(|why| view! { <p class="govuk-body">{why}</p> });
    let intro = if alone {
        ().into_any()
    } else {
        #[cfg(feature = "form")]
        let declaration = notice::declaration(cx, words);
        #[cfg(not(feature = "form"))]
        let declaration = ().into_any();
        view! { <Heading text=title.clone()/> {why} {declaration} }.into_any()
    };
    let mut drawn = Vec::new();
    for f in asked {
        drawn.push(field(cx, f, f.name, words, alone.then(|| title.clone()), alone));
    }
    let mut others = Vec::new();
    for other in steps::beside(cx.place, &cx.answers) {
        others.push(beside(cx, other));
    }
    Parts {
        title,
        #[cfg(feature = "form")]
        before: notice::warning(cx, words),
        #[cfg(not(feature = "form"))]
        before: None::<AnyView>.into_any(),
        fields: view! { {intro}{opened(cx, question, false, drawn)}{others} }.into_any(),
    }
}

/// Renders another question below the page's own.
fn beside(cx: &QuestionCx, other: QuestionRef) -> AnyView {
    let question = steps::question(other.step);
    let words = QuestionSentences::new(other.step, &cx.answers);
    // The heading of a question with one field is that field's label.
    let alone = question.fields().len() == 1;
    let why = words.find("why");
    let heading = words.get("heading");
    let mut fields = Vec::new();
    for f in question.fields() {
        fields.push(field(cx, f, f.name_beside, words, alone.then(|| heading.clone()), false));
    }
    let seen = cx.answers.get(other).map(complaint::Answer::fingerprint).unwrap_or_default();
    view! {
        <input type="hidden" name=seen_beside(other.step) value=seen/>
        {why.map(|why| view! { <h2 class="govuk-heading-m">{heading}</h2><p class="govuk-body">{why}</p> })}
        {opened(cx, question, true, fields)}
    }
    .into_any()
}

/// Hides the fields of a question until its first field is Yes. Answers given before that field was asked stay visible.
fn opened(cx: &QuestionCx, question: &Question, beside: bool, mut fields: Vec<AnyView>) -> AnyView {
    if question.opened_by.is_none() {
        return fields.into_any();
    }
    let is_given = |field: &Field| !cx.given.raw(if beside { field.name_beside } else { field.name }).is_empty();
    let class = if question.fields().iter().skip(1).any(is_given) {
        "or-opened or-opened--given"
    } else {
        "or-opened"
    };
    let rest = fields.split_off(1);
    view! { <div class=class>{fields}<div class="or-opened__rest">{rest}</div></div> }.into_any()
}

/// Renders one field under the name that it has on this page. `label` is the question's heading where the field has no label of its
/// own; it may be the page's `h1`.
fn field(cx: &QuestionCx, field: &Field, name: &'static str, words: QuestionSentences, label: Option<String>, is_heading: bool) -> AnyView {
    let errors = cx.errors;
    let hint = if label.is_some() {
        words.find("hint")
    } else {
        words.find(&format!("{}_hint", field.name))
    };
    let label = label.unwrap_or_else(|| words.get(field.name));
    // As it would be stored: characters that are not text are not shown again.
    let value = match field.input {
        Input::Block => text::block(cx.given.raw(name)),
        _ => text::line(cx.given.raw(name)),
    };
    match field.input {
        Input::Line { autocomplete, about, width } => {
            // The browser may fill in only the person's own details.
            let own = about == FieldSubject::Typist || words.key_suffixes.is_empty();
            let autocomplete = if own { autocomplete } else { "off" };
            let width = match width {
                Width::Full => "",
                Width::Half => "govuk-!-width-two-thirds",
                Width::Short => "govuk-input--width-10",
            };
            #[cfg(feature = "form")]
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
            let autocomplete = if words.key_suffixes.is_empty() { "postal-code" } else { "off" };
            view! {
                <TextInput name label hint=hint.unwrap_or_default() value errors autocomplete width="govuk-input--width-10" spellcheck=false/>
            }
            .into_any()
        }
        Input::Block => {
            // A second field on the page is an addition to the main answer.
            let rows = if is_heading { 8 } else { 4 };
            view! { <Textarea name label heading=is_heading hint=hint.unwrap_or_default() value errors rows/> }.into_any()
        }
        Input::One(options) | Input::Many(options) => {
            let many = matches!(field.input, Input::Many(_));
            let offered = options(&cx.answers, cx.place.issue);
            choices::list(cx, field.name, name, label, hint, offered, many, words, is_heading)
        }
        Input::Tick => view! { <Checkbox name label checked=!value.is_empty() errors/> }.into_any(),
        Input::Date(_) => {
            let hint = hint.unwrap_or_else(|| language().say("date.hint"));
            view! { <DateBoxes name legend=label hint value=date(&cx.given, name) errors/> }.into_any()
        }
        // The landlord's number is rendered with its name.
        Input::Hidden if cx.place.step == StepId::Landlord => ().into_any(),
        Input::Hidden => view! { <input type="hidden" id=name name=name value=value/> }.into_any(),
    }
}

/// Returns the `autocomplete` token of a contact detail. Only the contact question asks for the typist's own details; the address at
/// which the resident is asked to confirm is not theirs.
fn own_token(cx: &QuestionCx, token: &'static str) -> &'static str {
    if cx.place.step == StepId::Contact { token } else { "off" }
}

/// Returns the boxes of a date as they were typed.
fn date(given: &Fields, name: &str) -> DateInput {
    let part = |part: &str| given.line(&format!("{name}-{part}"));
    DateInput {
        day: part("day"),
        month: part("month"),
        year: part("year"),
        unknown: !part("unknown").is_empty(),
    }
}

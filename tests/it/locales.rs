//! Checks the sentences: every key that the code uses exists, no key is unused, and the text is easy to read.

mod code;
mod languages;
mod reading;
mod sentences;
mod source;

use std::collections::BTreeSet;

use complaint::case::event::ActorRole;
use complaint::case::representation::{Document, Wait};
use complaint::case::status::ClosedReason;
use complaint::fields::form::Choice;
use complaint::questionnaire::equality;
use complaint::questionnaire::question::{Body, Field, Input, Section};
use complaint::questionnaire::questions;
use complaint::questionnaire::steps::{SectionState, question};
use complaint::{Actor, Answers, Context, Fields, QuestionRef, Status, StepId, check};
use text::Language;

use sentences::{placeholders, sentences};
use source::Source;

fn codes<C: Choice>(template: &str) -> impl Iterator<Item = String> {
    C::ALL.iter().map(move |choice| template.replace("{}", choice.code()))
}

/// The keys of closed lists, which the code builds from their codes.
fn listed() -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    keys.extend(codes::<Section>("tasks.sections.{}"));
    keys.extend(codes::<SectionState>("tasks.states.{}"));
    keys.extend((1..=12).map(|month| format!("date.months.{month}")));
    keys.extend(["day", "month", "year"].map(|part| format!("date.{part}")));
    keys.extend(codes::<Status>("status.{}.name"));
    keys.extend(codes::<Status>("status.{}.next"));
    keys.extend(codes::<Actor>("who_acts.{}"));
    keys.extend(codes::<ClosedReason>("closed_reason.{}"));
    keys.extend(codes::<ActorRole>("timeline.by.{}"));
    keys.extend(codes::<ActorRole>("case.people.{}"));
    for wait in Wait::ALL {
        keys.extend([wait.claimant_key(), wait.tenant_key(), wait.desk_key(), wait.until()]);
    }
    keys.extend(Document::ALL.iter().map(|document| document.key()));
    for page in ["refused", "not_found", "interrupted", "too_large", "unavailable", "broken"] {
        keys.extend(["title", "what", "now"].map(|part| format!("error_page.{page}.{part}")));
    }
    keys.extend(["service", "help"].map(|word| format!("error_page.{word}")));
    for equality::Question { code, answers } in equality::QUESTIONS {
        let own = ["legend"].iter().chain(answers);
        keys.extend(own.map(|name| format!("equality.questions.{code}.{name}")));
    }
    let kinds = ["submitted", "message_sent", "file_received", "file_not_received"];
    keys.extend(kinds.map(|kind| format!("timeline.{kind}")));
    keys.extend(said_by_uploads());
    keys
}

/// The keys that `public/uploads.js` uses.
fn said_by_uploads() -> impl Iterator<Item = String> {
    const SCRIPT: &str = include_str!("../../public/uploads.js");
    let keys = SCRIPT.split("\"upload_progress.").skip(1);
    keys.filter_map(|rest| Some(format!("upload_progress.{}", rest.split_once('"')?.0)))
}

/// Returns every choice that a field can offer.
fn offered(field: &Field) -> &'static [&'static str] {
    match field.input {
        Input::One(options) | Input::Many(options) => options(&Answers::default(), 1),
        _ => &[],
    }
}

/// The sentences that the table of questions requires. Each entry lists the keys of which one must exist.
fn asked() -> Vec<Vec<String>> {
    let mut keys = Vec::new();
    for question in questions::all() {
        let step = question.step.code();
        let mut need = |name: &str| keys.push(vec![format!("steps.{step}.{name}")]);
        need("heading");
        if !matches!(question.body, Body::Notice) {
            need("short");
        }
        let seen = question.fields().iter().filter(|f| !matches!(f.input, Input::Hidden)).count();
        for field in question.fields() {
            if seen > 1 && !matches!(field.input, Input::Hidden) || matches!(field.input, Input::Tick) {
                need(field.name);
            }
            if matches!(field.input, Input::Date(_)) {
                need(&format!("{}_in_error", field.name));
            }
        }
        for field in question.fields() {
            keys.extend(offered(field).iter().map(|code| {
                vec![
                    format!("steps.{step}.{}_options.{code}.text", field.name),
                    format!("options.{code}.text"),
                ]
            }));
        }
    }
    keys
}

/// Returns the keys of all sentences that a page of the table can show.
fn shown() -> BTreeSet<String> {
    let mut keys: BTreeSet<String> = asked().into_iter().flatten().collect();
    for question in questions::all() {
        let step = question.step.code();
        let mut may = |name: String| keys.insert(format!("steps.{step}.{name}"));
        for name in ["page_title", "why", "hint", "short", "helps", "promise", "shared", "warning"] {
            may(name.into());
        }
        for n in 1..=9 {
            may(format!("p{n}"));
            may(format!("after{n}"));
        }
        for field in question.fields() {
            let name = field.name;
            may(format!("{name}_hint"));
            may(format!("{name}_short"));
            for code in offered(field) {
                may(format!("{name}_options.{code}.hint"));
            }
        }
    }
    for code in offered(question(StepId::Hazard).field("hazard").expect("a field")) {
        keys.insert(format!("steps.emergency.advice.{code}"));
    }
    for code in offered(question(StepId::Stage).field("stage").expect("a field")) {
        keys.extend((1..=9).map(|n| format!("steps.what_next.{code}_{n}")));
    }
    let voices = ["_representative", "_estate"];
    let other: Vec<String> = keys.iter().flat_map(|key| voices.map(|voice| format!("{key}{voice}"))).collect();
    keys.extend(other);
    keys
}

#[test]
fn every_question_has_its_sentences() {
    let sentences = sentences();
    let missing: Vec<Vec<String>> = asked()
        .into_iter()
        .filter(|keys| !keys.iter().any(|key| sentences.contains_key(key)))
        .collect();
    assert_eq!(missing, Vec::<Vec<String>>::new());
}

#[test]
fn every_key_in_the_code_has_a_sentence() {
    let sentences = sentences();
    let source = Source::read();
    let mut missing: BTreeSet<String> = listed().into_iter().filter(|key| !sentences.contains_key(key)).collect();
    for (file, key) in source.keys(&sentences) {
        let is_part = sentences.keys().any(|there| there.starts_with(&format!("{key}.")));
        if !sentences.contains_key(&key) && !is_part {
            missing.insert(format!("{key} ({file})"));
        }
    }
    for (file, code) in source.error_codes() {
        if !sentences.contains_key(&format!("errors.{code}")) {
            missing.insert(format!("errors.{code} ({file})"));
        }
    }
    assert_eq!(missing, BTreeSet::new(), "keys without a sentence");
}

#[test]
fn no_sentence_is_left_over() {
    let sentences = sentences();
    let source = Source::read();
    let mut used: BTreeSet<String> = listed().into_iter().collect();
    used.extend(shown());
    used.extend(["asian", "white", "other_group"].map(|answer| format!("equality.questions.ethnic_group.{answer}_hint")));
    used.extend(source.keys(&sentences).into_iter().map(|(_, key)| key));
    let patterns = source.patterns(&sentences);
    let left: Vec<&String> = sentences
        .keys()
        // On the server every sentence may have a variant for a representative.
        .filter(|key| {
            let plain = key.strip_suffix("_representative");
            key.starts_with("steps.") || !plain.is_some_and(|plain| sentences.contains_key(plain))
        })
        .filter(|key| match key.strip_prefix("errors.") {
            Some(code) => !source.mentions(code),
            // The sentences of a question are known key by key, so no pattern may excuse one.
            None if key.starts_with("steps.") || key.starts_with("options.") => !used.contains(*key),
            None => !used.contains(*key) && !patterns.iter().any(|pattern| pattern.fits(key)),
        })
        .collect();
    assert_eq!(left, Vec::<&String>::new(), "sentences that are not used");
}

#[test]
fn every_placeholder_is_given_and_no_other() {
    let sentences = sentences();
    let mut wrong = Vec::new();
    for call in Source::read().calls(&sentences) {
        let asked: BTreeSet<&str> = sentences.get(&call.key).map(|s| placeholders(s)).unwrap_or_default();
        let given: BTreeSet<&str> = call.given.iter().map(String::as_str).collect();
        if asked != given {
            wrong.push(format!("{}: {} wants {asked:?}, is given {given:?}", call.file, call.key));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Renders the rules' errors for hopeless answers: no placeholder is left and no key shows.
#[test]
fn every_error_of_the_rules_is_a_whole_sentence() {
    let today = time::macros::date!(2027 - 03 - 01);
    let long = "x".repeat(40_000);
    let texts = ["", long.as_str(), "31", "2", "99", "1850", "2999"];
    let mut seen = BTreeSet::new();
    for (i, stage) in offered(question(StepId::Stage).field("stage").expect("a field")).iter().enumerate() {
        let mut answers = Answers::default();
        put(&mut answers, StepId::Stage, &[("stage", stage)], today);
        for step in StepId::ALL {
            for text in texts {
                for other in texts.into_iter().filter(|other| other.len() < 5) {
                    // Neither the stage nor a month changes what is said about a long text, which takes long to read.
                    if text.len() > 5 && (i > 0 || !other.is_empty()) {
                        continue;
                    }
                    let place = QuestionRef::first(*step);
                    let fields = everything(place, text, other);
                    let context = Context { today, answers: &answers };
                    let Err(errors) = check(place, &fields, &context) else {
                        continue;
                    };
                    for error in errors {
                        let said = Language::default().say_error(&error);
                        assert!(!said.contains("%{") && !said.starts_with("errors."), "{}: {said}", error.code);
                        seen.insert(error.code.to_string());
                    }
                }
            }
        }
    }
    assert!(seen.len() >= 25, "the tried answers must cause most of the errors: {seen:?}");
}

fn put(answers: &mut Answers, step: StepId, fields: &[(&str, &str)], today: time::Date) {
    let fields = Fields(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect());
    let context = Context { today, answers };
    let checked = check(QuestionRef::first(step), &fields, &context).expect("a good answer");
    answers.put(checked);
}

/// Fills every field of a page with one text; in dates `other` is the month. A field with several choices gets them all.
fn everything(place: QuestionRef, text: &str, other: &str) -> Fields {
    let mut fields: Vec<(String, String)> = Vec::new();
    for field in question(place.step).fields() {
        let name = field.name;
        match field.input {
            Input::Tick => {}
            Input::Date(_) => {
                for (part, value) in [("day", text), ("month", other), ("year", text)] {
                    fields.push((format!("{name}-{part}"), value.to_owned()));
                }
            }
            Input::Many(_) if !text.is_empty() => fields.extend(offered(field).iter().map(|code| (name.to_owned(), (*code).to_owned()))),
            _ => fields.push((name.to_owned(), text.to_owned())),
        }
    }
    Fields(fields)
}

#[test]
fn no_sentence_stands_in_the_screens() {
    let found = Source::read().sentences_in_screens();
    assert_eq!(found, Vec::<String>::new(), "sentences that belong in locales/");
}

#[test]
fn no_sentence_is_long() {
    let long: Vec<String> = sentences()
        .iter()
        .flat_map(|(key, text)| reading::sentences(text).map(move |s| (key, s.to_owned())))
        .filter(|(_, sentence)| reading::words(sentence).len() > reading::WORDS_MAX)
        .map(|(key, sentence)| format!("{key}: {sentence}"))
        .collect();
    assert_eq!(long, Vec::<String>::new(), "more than {} words", reading::WORDS_MAX);
}

/// The address and the title of a page stay in the browser's history. Neither may reveal that a page is about safety, health,
/// a death or a court.
#[test]
fn no_title_and_no_address_tells() {
    let telling: [(Language, &[&str]); 2] = [
        (
            Language::default(),
            &[
                "safe",
                "risk",
                "danger",
                "abuse",
                "harm",
                "violen",
                "emergency",
                "police",
                "loss",
                "died",
                "death",
                "court",
                "decide",
                "help now",
            ],
        ),
        (
            Language::of_tag("cy").expect("Welsh"),
            &[
                "diogel",
                "perygl",
                "berygl",
                "pherygl",
                "argyfwng",
                "cam-drin",
                "trais",
                "heddlu",
                "colled",
                "marw",
                "llys",
                "benderfynu",
                "help nawr",
            ],
        ),
    ];
    let mut told = Vec::new();
    for question in questions::all() {
        let step = question.step.code();
        for (language, words) in telling {
            let say = |name: &str| language.say_if_any(&format!("steps.{step}.{name}"));
            for another in ["", "_representative", "_estate"] {
                let title = say(&format!("page_title{another}")).or_else(|| say("page_title"));
                let Some(title) = title.or_else(|| say(&format!("heading{another}"))) else {
                    continue;
                };
                told.extend(
                    words
                        .iter()
                        .filter(|word| title.to_lowercase().contains(**word))
                        .map(|_| title.clone()),
                );
            }
            told.extend(
                words
                    .iter()
                    .filter(|word| question.slug.contains(**word))
                    .map(|_| question.slug.to_owned()),
            );
        }
    }
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn a_nine_year_old_can_read_it() {
    let hard = reading::hard_parts(&sentences());
    assert_eq!(hard, Vec::<String>::new());
}

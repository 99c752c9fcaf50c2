//! The sentences: every one that the code asks for is there, none is left over, and all of them are easy to read.

#[path = "locales/code.rs"]
mod code;
#[path = "locales/languages.rs"]
mod languages;
#[path = "locales/reading.rs"]
mod reading;
#[path = "locales/sentences.rs"]
mod sentences;
#[path = "locales/source.rs"]
mod source;

use std::collections::BTreeSet;

use onrecord::complaint::event::ActorRole;
use onrecord::complaint::form::Choice;
use onrecord::complaint::status::ClosedReason;
use onrecord::complaint::steps::category::CategoryKind;
use onrecord::complaint::steps::dates::DateQuestion;
use onrecord::complaint::steps::representative::Connection;
use onrecord::complaint::steps::role::RoleKind;
use onrecord::complaint::steps::stage::StageKind;
use onrecord::complaint::{Actor, Answer, Answers, Context, Fields, Status, StepId};
use onrecord::text::Language;

use sentences::{placeholders, sentences};
use source::Source;

fn codes<C: Choice>(template: &str) -> impl Iterator<Item = String> {
    C::ALL.iter().map(move |choice| template.replace("{}", choice.code()))
}

/// The keys of closed lists, which the code puts together.
fn listed() -> Vec<String> {
    let shown_steps = StepId::ALL.iter().filter(|step| **step != StepId::Declaration);
    let mut keys: Vec<String> = shown_steps.map(|step| format!("check.rows.{}", step.code())).collect();
    keys.extend(StepId::ALL.iter().map(|step| format!("steps.{}.heading", step.code())));
    keys.extend(codes::<RoleKind>("steps.role.options.{}.text"));
    keys.extend(codes::<Connection>("steps.representative.options.{}.text"));
    keys.extend(codes::<StageKind>("steps.stage.options.{}.text"));
    keys.extend(codes::<CategoryKind>("steps.category.options.{}.text"));
    for part in ["legend", "in_error", "in_list"] {
        keys.extend(codes::<DateQuestion>(&format!("date_question.{{}}.{part}")));
    }
    keys.extend((1..=12).map(|month| format!("date.months.{month}")));
    keys.extend(["day", "month", "year"].map(|part| format!("date.{part}")));
    keys.extend(codes::<Status>("status.{}.name"));
    keys.extend(codes::<Status>("status.{}.next"));
    keys.extend(codes::<Actor>("who_acts.{}"));
    keys.extend(codes::<ClosedReason>("closed_reason.{}"));
    keys.extend(codes::<ActorRole>("timeline.by.{}"));
    keys.extend(codes::<ActorRole>("case.people.{}"));
    for page in ["refused", "not_found", "interrupted", "too_large", "unavailable", "broken"] {
        keys.extend(["title", "what", "now"].map(|part| format!("error_page.{page}.{part}")));
    }
    keys.extend(["service", "help"].map(|word| format!("error_page.{word}")));
    keys.extend(["submitted", "message_sent"].map(|kind| format!("timeline.{kind}")));
    keys
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
    used.extend(source.keys(&sentences).into_iter().map(|(_, key)| key));
    let patterns = source.patterns(&sentences);
    let left: Vec<&String> = sentences
        .keys()
        .filter(|key| match key.strip_prefix("errors.") {
            Some(code) => !source.mentions(code),
            None => !used.contains(*key) && !patterns.iter().any(|pattern| pattern.fits(key)),
        })
        .collect();
    assert_eq!(left, Vec::<&String>::new(), "sentences nobody says");
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

/// What the rules find wrong with hopeless answers, said: no placeholder is left and no key shows.
#[test]
fn every_error_of_the_rules_is_a_whole_sentence() {
    let today = time::macros::date!(2027 - 03 - 01);
    let long = "x".repeat(40_000);
    let texts = ["", long.as_str(), "31", "2", "99", "1850", "2999"];
    let mut seen = BTreeSet::new();
    for stage in StageKind::ALL {
        let mut answers = Answers::default();
        put(&mut answers, StepId::Stage, &[("stage", stage.code())], today);
        for step in StepId::ALL {
            for text in texts {
                for other in texts {
                    let fields = everything(text, other);
                    let context = Context { today, answers: &answers };
                    let Err(errors) = Answer::from_fields(*step, &fields).check(&context) else {
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
    assert!(seen.len() >= 25, "the answers tried are bad enough: {seen:?}");
}

fn put(answers: &mut Answers, step: StepId, fields: &[(&str, &str)], today: time::Date) {
    let fields = Fields(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect());
    let context = Context { today, answers };
    let checked = Answer::from_fields(step, &fields).check(&context).expect("a good answer");
    answers.put(checked);
}

/// Every field of every form with one text, the parts of dates with two in turn.
fn everything(text: &str, other: &str) -> Fields {
    let names = "role full_name organisation connection line_1 line_2 town postcode email phone name registration_number stage \
                 category what_happened put_right agreed";
    let mut fields: Vec<(String, String)> = names.split(' ').map(|name| (name.to_owned(), text.to_owned())).collect();
    for question in DateQuestion::ALL {
        for (part, value) in [("day", text), ("month", other), ("year", text)] {
            fields.push((format!("{}-{part}", question.code()), value.to_owned()));
        }
    }
    fields.retain(|(name, _)| name != "agreed");
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

#[test]
fn a_nine_year_old_can_read_it() {
    let hard = reading::hard_parts(&sentences());
    assert_eq!(hard, Vec::<String>::new());
}

//! Compares the translations with English, and checks which sentences the browser fetches.

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use text::languages::{About, LANGUAGES};
use text::{Language, browser_part, sentences::Sentences};

use super::sentences::{folders, placeholders, sentences, written};
use super::source::Source;

/// Languages that must be complete.
const WHOLE: [&str; 1] = ["cy"];

/// Sentences of three words or more that are the same in English and in another language.
const THE_SAME: [&str; 0] = [];

/// Common English words that are not words of the other language.
const ENGLISH_WORDS: [(&str, &[&str]); 1] = [(
    "cy",
    &[
        "the", "and", "is", "are", "was", "were", "it", "this", "that", "these", "you", "your", "our", "us", "they", "their", "of", "for",
        "from", "with", "have", "has", "had", "been", "will", "would", "can", "cannot", "could", "not", "if", "when", "what", "who",
        "which", "where", "how", "there", "please", "about", "or", "an", "we", "be", "by", "did", "should", "must",
    ],
)];

/// Returns the translated languages, each with its sentences.
fn translated() -> impl Iterator<Item = (&'static About, Sentences)> {
    let others = LANGUAGES.iter().skip(1).filter(|about| about.generate.is_none());
    others.map(|about| (about, written(about.tag)))
}

/// Returns the keys of plural sentences, without their plural forms.
fn counted(sentences: &Sentences) -> BTreeSet<&str> {
    let ones = sentences.keys().filter_map(|key| key.strip_suffix(".one"));
    ones.filter(|key| sentences.contains_key(&format!("{key}.other"))).collect()
}

/// Returns the plural forms of a language.
fn forms(about: &About) -> BTreeSet<&'static str> {
    (0..=200).map(|number| (about.plural)(number).name()).collect()
}

/// Returns the keys that a language needs: those of English, with the language's own plural forms.
fn needed(about: &About, english: &Sentences) -> BTreeSet<String> {
    let counted = counted(english);
    let is_form = |key: &str| key.rsplit_once('.').is_some_and(|(before, _)| counted.contains(before));
    let plain = english.keys().filter(|key| !is_form(key)).cloned();
    let forms = forms(about);
    plain
        .chain(counted.iter().flat_map(|key| forms.iter().map(move |form| format!("{key}.{form}"))))
        .collect()
}

#[test]
fn every_folder_is_a_language_and_every_language_has_one() {
    let written = LANGUAGES.iter().filter(|about| about.generate.is_none());
    assert_eq!(folders(), written.map(|about| about.tag.to_owned()).collect());
    for about in LANGUAGES {
        assert_eq!(Language::of_tag(about.tag).map(Language::tag), Some(about.tag));
    }
}

#[test]
fn a_translation_has_the_keys_and_placeholders_of_english() {
    let english = sentences();
    let mut wrong = Vec::new();
    for (about, own) in translated() {
        let needed = needed(about, &english);
        for key in own.keys().filter(|key| !needed.contains(*key)) {
            wrong.push(format!("{}: {key} is left over", about.tag));
        }
        if WHOLE.contains(&about.tag) {
            for key in needed.iter().filter(|key| !own.contains_key(*key)) {
                wrong.push(format!("{}: {key} is missing", about.tag));
            }
        }
        for (key, said) in &own {
            let there = english
                .get(key)
                .or_else(|| english.get(&format!("{}.other", key.rsplit_once('.')?.0)));
            let Some(there) = there else { continue };
            let (mut wanted, given) = (placeholders(there), placeholders(said));
            if !english.contains_key(key) || key.rsplit('.').next().is_some_and(|form| form == "one" || form == "other") {
                // A plural form may write its number in words.
                wanted.extend(given.get("number"));
                wanted.retain(|name| *name != "number" || given.contains(name));
            }
            if wanted != given {
                wrong.push(format!("{}: {key} has {given:?}, English has {wanted:?}", about.tag));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn what_is_counted_has_all_forms_and_its_number() {
    let english = sentences();
    let counted = counted(&english);
    assert!(!counted.is_empty(), "no key with a count was found");
    for key in counted {
        for form in forms(&LANGUAGES[0]) {
            let said = english
                .get(&format!("{key}.{form}"))
                .unwrap_or_else(|| panic!("{key}.{form} is missing"));
            let others = placeholders(said).into_iter().filter(|name| *name != "number");
            assert_eq!(others.count(), 0, "{key}.{form} may use only the placeholder of its number");
        }
    }
}

#[test]
fn no_english_is_left_in_a_translation() {
    let english = sentences();
    let mut left = Vec::new();
    for (about, own) in translated() {
        let words = ENGLISH_WORDS
            .iter()
            .find(|(tag, _)| *tag == about.tag)
            .map_or(&[][..], |(_, words)| words);
        for (key, said) in &own {
            let long = without_placeholders(said).split_whitespace().count() >= 3;
            if long && english.get(key) == Some(said) && !THE_SAME.contains(&key.as_str()) {
                left.push(format!("{}: {key} is the same as in English", about.tag));
            }
            let lower = without_placeholders(said).to_lowercase();
            for word in lower.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '’') {
                if words.contains(&word) {
                    left.push(format!("{}: {key} has the English word {word:?}", about.tag));
                }
            }
        }
    }
    assert_eq!(left, Vec::<String>::new());
}

fn without_placeholders(said: &str) -> String {
    let mut pieces = said.split("%{");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('}').map_or("", |(_, after)| after))
}

#[test]
fn a_made_language_keeps_what_is_put_in() {
    for (about, make) in LANGUAGES.iter().filter_map(|about| Some((about, about.generate?))) {
        let language = Language::of_tag(&about.tag.to_lowercase()).expect("language tags ignore case");
        for (key, said) in sentences() {
            let made = make(&said);
            assert_eq!(language.say(&key), made, "{key}");
            assert_eq!(placeholders(&made), placeholders(&said), "{key}: {made}");
            if without_placeholders(&said).chars().any(char::is_alphabetic) {
                assert_ne!(made, said, "{key}");
            }
        }
    }
}

#[test]
fn sentences_are_said_in_each_language() {
    let [english, welsh] = ["en", "cy"].map(|tag| Language::of_tag(tag).expect("a supported language"));
    assert_eq!(english.date(time::macros::date!(2025 - 03 - 27)), "27 March 2025");
    assert_eq!(welsh.date(time::macros::date!(2025 - 03 - 27)), "27 Mawrth 2025");
    assert_eq!(english.say_count("files.count", 1), "1 file");
    assert_eq!(english.say_count("files.count", 7), "7 files");
    let list = |language: Language, things: &[&str]| language.list(&things.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>());
    assert_eq!(list(english, &[]), "");
    assert_eq!(list(english, &["damp"]), "damp");
    assert_eq!(list(english, &["damp", "pests"]), "damp and pests");
    assert_eq!(list(english, &["damp", "pests", "noise"]), "damp, pests and noise");
}

/// An unfinished translation falls back to English, and never shows a key.
#[test]
fn nothing_is_said_as_a_key() {
    for about in LANGUAGES {
        let language = Language::of_tag(about.tag).expect("a supported language");
        let english = sentences();
        for key in needed(about, &english) {
            let in_english = !english.contains_key(&key);
            assert!(
                language.say(&key) != key || in_english && !WHOLE.contains(&about.tag),
                "{}: {key}",
                about.tag
            );
        }
    }
}

/// The browser fetches every sentence that its code can use, and no others.
#[rstest]
#[case::questionnaire(browser_part::FORM, "portal")]
#[case::portal(browser_part::PORTAL, "form")]
fn the_browser_gets_what_it_says(#[case] listed: &[&str], #[case] other: &str) {
    let all = sentences();
    let source = Source::read().of_the_browser(other);
    let patterns = source.patterns(&all);
    let said: BTreeMap<String, String> = source.keys(&all).into_iter().map(|(file, key)| (key, file)).collect();
    let mut used: BTreeSet<&String> = BTreeSet::new();
    let mut missing = Vec::new();
    for key in all.keys() {
        let below = said.iter().find(|(part, _)| *part == key || key.starts_with(&format!("{part}.")));
        if key.starts_with("errors.") || key.starts_with("options.") || below.is_some() || patterns.iter().any(|pattern| pattern.fits(key))
        {
            used.insert(key);
            if !browser_part::has(listed, key) {
                missing.push(format!("{key}, for {}", below.map_or("a key put together", |(_, file)| file)));
            }
        }
    }
    assert_eq!(
        missing,
        Vec::<String>::new(),
        "keys that the browser needs must be listed in text::browser_part"
    );
    let is_used = |part: &&&str| used.iter().any(|key| *key == *part || key.starts_with(&format!("{part}.")));
    let needless: Vec<&&str> = listed.iter().filter(|part| !is_used(part)).collect();
    assert_eq!(needless, Vec::<&&str>::new(), "listed keys that the browser does not use");
    assert!(
        !browser_part::has(listed, "problems.not_found.title"),
        "sentences of the REST API must not be sent to the browser"
    );
}

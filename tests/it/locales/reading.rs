//! Measures how easy sentences are to read.
//!
//! The measure is the Flesch-Kincaid grade (Kincaid and others, 1975): 0.39 words per sentence + 11.8 syllables per word -
//! 15.59. A grade is a school year of the United States, so the age is the grade plus five. It says little about one short
//! sentence, so it is taken over each part of `locales/`.

use std::collections::BTreeMap;

/// The longest permitted sentence, in words.
pub const WORDS_MAX: usize = 25;

/// The highest permitted grade: reading age nine.
const GRADE_MAX: f64 = 4.0;

/// Parts that are lists of words rather than sentences, for which the measure means nothing.
const NOT_MEASURED: [(&str, &str); 2] = [
    ("date", "the names of the months"),
    (
        "finding_name",
        "the official names of findings, each with its plain words in `finding`",
    ),
];

/// Splits a text into sentences. A line end and a colon also end a sentence, because readers pause there.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '!', '?', ':', '\n'])
        .map(str::trim)
        .filter(|s| !words(s).is_empty())
}

/// Returns the words of a sentence. A placeholder and a number are a word each.
pub fn words(sentence: &str) -> Vec<&str> {
    sentence
        .split_whitespace()
        .filter(|w| w.chars().any(char::is_alphanumeric))
        .collect()
}

/// Counts syllables as groups of vowels, without a silent e at the end.
fn syllables(word: &str) -> usize {
    let word: String = word.chars().filter(|c| c.is_alphabetic()).collect::<String>().to_lowercase();
    let is_vowel = |c: char| "aeiouy".contains(c);
    let mut groups = 0;
    let mut before = false;
    for c in word.chars() {
        groups += usize::from(is_vowel(c) && !before);
        before = is_vowel(c);
    }
    let silent =
        (word.ends_with('e') && !word.ends_with("le")) || (word.ends_with("ed") && !word.ends_with("ted") && !word.ends_with("ded"));
    groups.saturating_sub(usize::from(silent)).max(1)
}

/// Returns the Flesch-Kincaid grade of several texts together.
pub fn grade<'a>(texts: impl Iterator<Item = &'a str>) -> f64 {
    let (mut count, mut all_words, mut all_syllables) = (0_usize, 0_usize, 0_usize);
    for sentence in texts.flat_map(sentences) {
        let words = words(sentence);
        count += 1;
        all_words += words.len();
        all_syllables += words.into_iter().map(syllables).sum::<usize>();
    }
    let number = |n: usize| f64::from(u32::try_from(n).expect("the number of words fits in 32 bits"));
    0.39 * number(all_words) / number(count) + 11.8 * number(all_syllables) / number(all_words) - 15.59
}

/// Returns the parts of `locales/` that are too hard, each with its grade.
pub fn hard_parts(sentences: &BTreeMap<String, String>) -> Vec<String> {
    let mut parts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (key, sentence) in sentences {
        let part = key.split('.').next().unwrap_or(key);
        parts.entry(part).or_default().push(sentence);
    }
    let mut hard = Vec::new();
    for (part, texts) in parts {
        if NOT_MEASURED.iter().any(|(name, _)| *name == part) {
            continue;
        }
        let grade = grade(texts.into_iter());
        if grade > GRADE_MAX {
            hard.push(format!("{part}: grade {grade:.1}, at most {GRADE_MAX}"));
        }
    }
    hard
}

#[test]
fn the_measure_tells_easy_from_hard() {
    let easy = grade(["The cat sat on the mat. It was a big red mat."].into_iter());
    let hard = grade(["Dissatisfaction necessitates comprehensive administrative consideration of maladministration."].into_iter());
    assert!(easy < 2.0 && hard > 20.0, "{easy} {hard}");
    assert_eq!(
        ["home", "table", "asked", "wanted", "complaint", "you"].map(syllables),
        [1, 2, 1, 2, 2, 1]
    );
}

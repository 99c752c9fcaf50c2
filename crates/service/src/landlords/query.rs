//! The typed input, prepared for comparison with the register.

use super::index::Index;
use super::words::{self, WordKind, fold, kind, letters, slips};

/// No more words of the input are compared.
pub(super) const MOST_WORDS: usize = 8;

/// The typed input.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) folded: String,
    /// The input without spaces, so that `A2 Dominion` matches `A2Dominion`.
    pub(super) squeezed: String,
    /// The words that count, without spaces.
    pub(super) core: String,
    /// The words that tell which landlord is meant, or all words if only common ones were typed.
    pub(super) telling: Vec<TypedWord>,
    /// The numbers of the common words.
    pub(super) common: Vec<u16>,
    /// The kind of landlord that the input names.
    pub(super) kind: Option<LandlordKind>,
    /// The input says that the landlord has few homes.
    pub(super) is_small: bool,
    /// The input ends with the legal form of a company.
    pub(super) is_legal: bool,
}

/// A kind of landlord that people name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LandlordKind {
    Council,
    Association,
}

/// A typed word that counts.
#[derive(Debug)]
pub(super) struct TypedWord {
    pub(super) text: String,
    /// How much the word tells, from 0 to 1.
    pub(super) weight: f32,
    /// How similar each word of the register is, from 0 to 1. Empty if none is.
    pub(super) similar: Vec<f32>,
}

impl Query {
    pub(super) fn new(index: &Index, typed: &str) -> Self {
        let folded = fold(typed);
        let words = regroup(index, &folded);
        let (mut common, mut telling): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
        let mut not_filler = 0;
        for word in &words {
            match kind(word) {
                WordKind::Filler => continue,
                WordKind::Common => common.push(word),
                // A typing error in "association" must not find another word.
                WordKind::Telling if index.word(word).is_none() && words::common_for(word).is_some() => {
                    common.extend(words::common_for(word));
                }
                WordKind::Telling => telling.push(word),
            }
            not_filler += 1;
        }
        let said = || common.iter().copied();
        let mut query = Self {
            squeezed: folded.replace(' ', ""),
            core: telling.concat(),
            common: said().filter_map(|word| index.word(word)).collect(),
            kind: if words::says_council(said()) {
                Some(LandlordKind::Council)
            } else {
                words::says_association(said()).then_some(LandlordKind::Association)
            },
            is_small: words::says_small(said()),
            is_legal: words::has_legal_form(typed),
            telling: Vec::new(),
            folded,
        };
        // "Home Group" has only common words: then all of them count.
        let counted = if telling.is_empty() && not_filler > 0 { common } else { telling };
        let last = words.last().map_or("", String::as_str);
        let typed = counted.iter().take(MOST_WORDS).zip(0_u8..);
        query.telling = typed
            .map(|(word, place)| TypedWord::new(index, word, place, *word == last))
            .collect();
        query.discount_places(index);
        query
    }

    /// Makes places count less where another word names the landlord: in "Clarion, Croydon" it is Clarion that is meant.
    fn discount_places(&mut self, index: &Index) {
        let is_place = |word: &TypedWord| index.word(&word.text).is_some_and(|word| index.is_place[usize::from(word)]);
        let is_known = |word: &TypedWord| !word.similar.is_empty();
        if self.kind == Some(LandlordKind::Council) || !self.telling.iter().any(|word| is_known(word) && !is_place(word)) {
            return;
        }
        for word in self.telling.iter_mut().filter(|word| is_place(word)) {
            word.weight *= 0.6;
        }
    }
}

impl TypedWord {
    fn new(index: &Index, text: &str, place: u8, is_last: bool) -> Self {
        let similar = similarity(index, text, is_last);
        let known = similar.iter().zip(&index.weights);
        // The rarity of the most similar word.
        let best = known.max_by(|(a, _), (b, _)| a.total_cmp(b)).filter(|(similar, _)| **similar > 0.0);
        // The landlord is named before its place or its street.
        let order = 1.0 - 0.12 * f32::from(place.min(3));
        Self {
            text: text.to_owned(),
            // A word that no name has says little against any of them.
            weight: order * best.map_or(0.15, |(_, weight)| weight.max(0.02)),
            similar: if best.is_some() { similar } else { Vec::new() },
        }
    }
}

/// Splits the input into words as the register has them: "live west" is "livewest", "towerhamlets" is "tower hamlets".
fn regroup(index: &Index, folded: &str) -> Vec<String> {
    let typed: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).take(2 * MOST_WORDS).collect();
    let is_known = |word: &str| index.word(word).is_some();
    let mut words = Vec::new();
    let mut rest = &*typed;
    while let Some(first) = rest.first() {
        let joined = (2..=rest.len().min(3)).rev().map(|n| (n, rest[..n].concat()));
        if let Some((n, word)) = joined.into_iter().find(|(_, word)| word.len() >= 6 && is_known(word)) {
            words.push(word);
            rest = &rest[n..];
            continue;
        }
        let is_split = |i: &usize| {
            let least = if *i == 2 { first.starts_with("lb") } else { *i >= 3 };
            least && first.is_char_boundary(*i) && is_known(&first[..*i]) && is_known(&first[*i..])
        };
        let may_split = first.len() >= 7 && !is_known(first) && !is_near_known(index, first);
        let split = (2..first.len().saturating_sub(2)).find(|i| may_split && is_split(i));
        match split {
            Some(i) => words.extend([first[..i].to_owned(), first[i..].to_owned()]),
            None => words.push((*first).to_owned()),
        }
        rest = &rest[1..];
    }
    words
}

/// Returns whether a word of the register differs from the typed one by a single typing error.
fn is_near_known(index: &Index, typed: &str) -> bool {
    let lengths = typed.len() - 1..=typed.len() + 1;
    let start = typed.as_bytes().first();
    let near = |word: &str| word.as_bytes().first() == start && lengths.contains(&word.len()) && strsim::osa_distance(word, typed) <= 1;
    index.words.iter().any(|word| near(word))
}

/// Returns how similar each word of the register is to a typed word.
fn similarity(index: &Index, typed: &str, is_last: bool) -> Vec<f32> {
    let length = typed.chars().count();
    let known = index.word(typed).map(usize::from);
    // A word of the register is seldom a typing error of another one, but "midlands" may be.
    let allowed = if known.is_some() { usize::from(length >= 6) } else { slips(length) };
    let typed_letters = letters(typed);
    let shortened = |word: &str| {
        let part = f32::from(u8::try_from(length).unwrap_or(u8::MAX)) / f32::from(u8::try_from(word.len()).unwrap_or(u8::MAX));
        let most = if is_last && known.is_none() { 0.95 } else { 0.8 };
        most - 0.2 * (1.0 - part)
    };
    let one = |word: &str, has: u64| {
        if length >= if is_last { 2 } else { 4 } && word.starts_with(typed) {
            return shortened(word);
        }
        // Each typing error adds at most one letter that the word does not contain. This check excludes most words without the
        // distance.
        let strange = (typed_letters & !has).count_ones() as usize;
        if allowed == 0 || strange > allowed || word.len() + allowed < typed.len() {
            return 0.0;
        }
        let whole = if word.len() <= typed.len() + allowed {
            strsim::osa_distance(word, typed)
        } else {
            usize::MAX
        };
        // The typed word may be the beginning of a longer one.
        let distance = if is_last && length >= 5 {
            let begin: String = word.chars().take(length).collect();
            whole.min(strsim::osa_distance(&begin, typed).saturating_add(usize::from(whole > allowed)))
        } else {
            whole
        };
        if distance > allowed {
            return 0.0;
        }
        let other_start = if word.as_bytes().first() == typed.as_bytes().first() {
            0.0
        } else {
            0.1
        };
        let distance = f32::from(u8::try_from(distance).unwrap_or(u8::MAX));
        let most = if known.is_some() { 0.8 } else { 0.95 };
        most - 0.9 * distance / f32::from(u8::try_from(length).unwrap_or(u8::MAX)) - other_start
    };
    let mut similar: Vec<f32> = index.words.iter().zip(&index.letters).map(|(word, has)| one(word, *has)).collect();
    if let Some(known) = known {
        similar[known] = 1.0;
    }
    similar
}

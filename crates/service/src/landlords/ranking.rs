//! Ranking the names of the register by how well they match the input.

use std::collections::BTreeMap;

use contract::LandlordMatch;
use text::Language;

use super::index::{Index, Name, Size};
use super::other_names::Relation;
use super::query::{LandlordKind, MOST_WORDS, Query};
use super::words::{WordKind, kind, letters, slips};

/// A worse match than this is no match.
const LEAST: f32 = 0.4;

/// A match that is this much worse than the best one is left out.
const WORST: f32 = 0.55;

/// How similar each typed word is to the most similar word of a name.
type Similar = [f32; MOST_WORDS];

/// The best name of a landlord.
struct Candidate<'a> {
    score: f32,
    name: &'a Name,
}

impl Index {
    pub(super) fn search(&self, language: Language, typed: &str, limit: usize) -> Vec<LandlordMatch> {
        // No name is longer. The limit bounds the work for untrusted input.
        let typed: String = typed.chars().take(100).collect();
        let query = Query::new(self, &typed);
        if query.telling.is_empty() {
            return Vec::new();
        }
        let found = self.ranked(&query, limit);
        let names: Vec<&Name> = found.iter().map(|found| found.name).collect();
        let view = |name: &Name| LandlordMatch {
            why: self.why(language, name, &names),
            ..self.landlords[usize::from(name.landlord)].clone()
        };
        names.iter().map(|name| view(name)).collect()
    }

    /// Returns the best name of each matching landlord, best first.
    fn ranked(&self, query: &Query, limit: usize) -> Vec<Candidate<'_>> {
        let candidates: Vec<(&Name, Similar)> = self.names.iter().filter_map(|name| self.similar(query, name)).collect();
        let mut landlords: BTreeMap<u16, Similar> = BTreeMap::new();
        for (name, similar) in &candidates {
            let all = landlords.entry(name.landlord).or_default();
            all.iter_mut().zip(similar).for_each(|(best, one)| *best = best.max(*one));
        }
        let mut best: BTreeMap<u16, Candidate<'_>> = BTreeMap::new();
        for (name, similar) in &candidates {
            let by_any_name = landlords.get(&name.landlord).unwrap_or(similar);
            let score = self.score(query, name, similar, by_any_name);
            let candidate = best.entry(name.landlord).or_insert(Candidate { score, name });
            if candidate.score < score {
                *candidate = Candidate { score, name };
            }
        }
        let mut found: Vec<_> = best.into_values().filter(|found| found.score >= LEAST).collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.name.folded.len().cmp(&b.name.folded.len())));
        let least = found.first().map_or(0.0, |first| first.score * WORST);
        found.retain(|found| found.score >= least);
        found.truncate(limit);
        found
    }

    /// Compares the typed words with the words of a name. `None` if no word is similar.
    fn similar<'a>(&self, query: &Query, name: &'a Name) -> Option<(&'a Name, Similar)> {
        let mut similar = Similar::default();
        for (typed, best) in query.telling.iter().zip(&mut similar) {
            if typed.similar.is_empty() {
                continue;
            }
            for word in &name.words {
                *best = best.max(typed.similar[usize::from(*word)]);
            }
        }
        let is_whole = *name.squeezed == *query.squeezed || *name.core == *query.core && !query.core.is_empty();
        let found = is_whole
            || is_abbreviated(query, name)
            || is_run_together(query, name)
            || self.is_phrase(query, name)
            || similar.iter().any(|one| *one > 0.0);
        found.then_some((name, similar))
    }

    /// Returns whether the input contains a name that has only common words, such as "Home Group".
    fn is_phrase(&self, query: &Query, name: &Name) -> bool {
        name.core.is_empty()
            && name.words.len() >= 2
            && (format!(" {} ", query.folded)).contains(&format!(" {} ", name.folded))
            && name
                .words
                .iter()
                .all(|word| kind(&self.words[usize::from(*word)]) == WordKind::Common)
    }

    /// Returns how well a name matches. A name with all typed words and no others has 1, before what is added for likely landlords.
    fn score(&self, query: &Query, name: &Name, similar: &Similar, by_any_name: &Similar) -> f32 {
        let landlord = usize::from(name.landlord);
        let (mut all, mut met) = (0.0, 0.0);
        for ((typed, own), any) in query.telling.iter().zip(similar).zip(by_any_name) {
            all += typed.weight;
            met += typed.weight * own.max(any * 0.85);
        }
        for word in &query.common {
            all += self.weights[usize::from(*word)];
            if name.words.contains(word) {
                met += self.weights[usize::from(*word)];
            }
        }
        let (mut whole, mut covered) = (0.001, 0.0);
        for word in &name.words {
            let word_number = usize::from(*word);
            let typed = query.telling.iter().filter_map(|typed| typed.similar.get(word_number));
            let best = typed.copied().fold(0.0, f32::max);
            let best = if query.common.contains(word) { 1.0 } else { best };
            whole += self.weights[word_number];
            covered += self.weights[word_number] * best;
        }
        let mut score = 0.6 * met / all + 0.4 * covered / whole;
        if *name.folded == *query.folded {
            score = 1.3;
            // The whole registered name with its legal form leaves no doubt.
            if query.is_legal && name.is_legal {
                score += 0.5;
            }
        } else if *name.squeezed == *query.squeezed {
            score = 1.25;
        } else if *name.core == *query.core && !query.core.is_empty() {
            score = score.max(1.0);
        } else if is_abbreviated(query, name) || is_run_together(query, name) || self.is_phrase(query, name) {
            score = score.max(0.9);
        }
        score + self.likelihood(query, name, landlord, covered / whole)
    }

    /// Returns what is added to the score because of the kind of landlord and of name.
    fn likelihood(&self, query: &Query, name: &Name, landlord: usize, covered: f32) -> f32 {
        let is_council = self.landlords[landlord].landlord_type == "local_authority";
        let by_kind = match (query.kind, is_council) {
            (Some(LandlordKind::Council), true) => 0.06,
            (Some(LandlordKind::Council), false) | (Some(LandlordKind::Association), true) => -0.12,
            (Some(LandlordKind::Association), false) | (None, _) => 0.0,
        };
        let by_size = match self.sizes[landlord] {
            Size::Large => 0.05,
            Size::Small if !query.is_small => -0.06,
            Size::Unknown | Size::Small => 0.0,
        };
        let relation = name.other.map(|other| self.other_names[usize::from(other)].relation);
        let by_relation = match relation {
            Some(Relation::LetsHomes) if covered > 0.9 => 0.12,
            Some(_) => 0.03,
            None => 0.0,
        };
        by_kind + by_size + by_relation
    }

    /// Returns why a landlord was found, if its registered name does not show that.
    fn why(&self, language: Language, name: &Name, all: &[&Name]) -> Option<String> {
        let other = &self.other_names[usize::from(name.other?)];
        if other.relation == Relation::LetsHomes {
            // Without a second landlord of the group there is no question.
            let brand = name
                .words
                .iter()
                .filter(|word| kind(&self.words[usize::from(**word)]) == WordKind::Telling);
            let is_of_group = |found: &&&Name| found.landlord != name.landlord && brand.clone().all(|word| found.words.contains(word));
            all.iter().find(is_of_group)?;
        }
        other.why(language)
    }
}

/// Returns whether the input consists of the initials of a name, with or without common words.
fn is_abbreviated(query: &Query, name: &Name) -> bool {
    let is_initials = |typed: &str| typed.len() >= 3 && *name.initials == *typed;
    is_initials(&query.squeezed)
        || is_initials(&query.core)
        || query.telling.iter().any(|word| word.similar.is_empty() && is_initials(&word.text))
}

/// Returns whether the input has the words of a name without spaces and with typing errors: "notinghill".
fn is_run_together(query: &Query, name: &Name) -> bool {
    let is_near = |typed: &str| {
        let begin = name.core.get(..typed.len().min(name.core.len())).unwrap_or_default();
        let strange = (letters(typed) & !letters(begin)).count_ones() as usize;
        let allowed = slips(typed.len()).min(2);
        strange <= allowed && begin.starts_with(&typed[..1]) && strsim::osa_distance(begin, typed) <= allowed
    };
    let mut unknown = query
        .telling
        .iter()
        .filter(|word| word.similar.is_empty() && word.text.len() >= 8 && word.text.is_ascii());
    unknown.any(|word| is_near(&word.text))
}

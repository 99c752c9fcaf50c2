//! Finding a landlord by what people call it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::complaint::view::LandlordMatch;

use super::Services;

/// Up to `limit` landlords whose name, other name or earlier name fits what was typed: the exact name first, then names
/// that begin with it, then names that hold all its words, last those that nearly do. Case, punctuation, "the",
/// "and" or "&", and "limited" or "ltd" do not count. Nothing typed finds nothing.
#[must_use]
pub fn search(services: &Services, typed: &str, limit: usize) -> Vec<LandlordMatch> {
    services.0.landlords.search(typed, limit)
}

/// The landlord of a registration number. Some councils that took over from others have none yet.
#[must_use]
pub fn numbered(services: &Services, number: &str) -> Option<LandlordMatch> {
    if number.is_empty() {
        return None;
    }
    let index = services.0.landlords.index();
    index.landlords.iter().find(|l| l.registration_number == number).cloned()
}

/// Whether a landlord is called this: by its name, another or an earlier one.
#[must_use]
pub fn is_called(landlord: &LandlordMatch, typed: &str) -> bool {
    let typed = fold(typed);
    std::iter::once(&landlord.name)
        .chain(&landlord.also_known_as)
        .any(|name| fold(name) == typed)
}

/// The register, read when it is first searched.
#[derive(Debug)]
pub(super) struct Register {
    csv: Cow<'static, str>,
    index: OnceLock<Index>,
}

/// The words of all names once each, and each name as places in that list: some 200 KB in all.
#[derive(Debug, Default)]
struct Index {
    landlords: Vec<LandlordMatch>,
    /// Sorted.
    words: Vec<Box<str>>,
    /// For each word, [`letters`].
    letters: Vec<u64>,
    names: Vec<Name>,
}

#[derive(Debug)]
struct Name {
    /// Place in `landlords`.
    landlord: u16,
    /// The folded name.
    folded: Box<str>,
    /// Places in `words`.
    words: Box<[u16]>,
}

impl Register {
    pub(super) const fn new(csv: Cow<'static, str>) -> Self {
        Self {
            csv,
            index: OnceLock::new(),
        }
    }

    fn search(&self, typed: &str, limit: usize) -> Vec<LandlordMatch> {
        self.index().search(typed, limit)
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::read(&self.csv))
    }
}

/// What a name comes down to when it is compared.
fn fold(name: &str) -> String {
    let lower = name.to_lowercase().replace(['\'', '\u{2019}'], "").replace('&', " and ");
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !matches!(*w, "" | "the" | "and" | "ltd" | "limited"));
    words.collect::<Vec<_>>().join(" ")
}

/// How many slips are forgiven in a word of this many characters.
const fn slips(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Which letters and digits a word has, one bit each; all others share one.
fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |seen, b| {
        seen | 1u64
            << match b {
                b'a'..=b'z' => b - b'a',
                b'0'..=b'9' => 26 + b - b'0',
                _ => 36,
            }
    })
}

impl Index {
    /// Reads the list; a line that cannot be read is left out rather than all of them.
    fn read(csv: &str) -> Self {
        let mut index = Self::default();
        let mut folded = Vec::new();
        let mut rows = csv::Reader::from_reader(csv.as_bytes());
        let headers = rows.headers().cloned().unwrap_or_default();
        let column = |name| headers.iter().position(|h| h == name).unwrap_or(usize::MAX);
        let columns = ["registration_number", "name", "also_known_as", "landlord_type"].map(column);
        for row in rows.records().filter_map(Result::ok) {
            let [registration_number, name, aliases, landlord_type] = columns.map(|c| row.get(c).unwrap_or_default().to_owned());
            let Ok(place) = u16::try_from(index.landlords.len()) else { break };
            let also_known_as: Vec<_> = aliases.split(';').map(|a| a.trim().to_owned()).filter(|a| !a.is_empty()).collect();
            let names: BTreeSet<_> = std::iter::once(&name).chain(&also_known_as).map(|n| fold(n)).collect();
            folded.extend(names.into_iter().map(|n| (place, n)));
            index.landlords.push(LandlordMatch {
                registration_number,
                name,
                also_known_as,
                landlord_type,
            });
        }
        let words: BTreeSet<Box<str>> = folded.iter().flat_map(|(_, n)| n.split(' ')).map(Into::into).collect();
        index.letters = words.iter().map(|w| letters(w)).collect();
        index.words = words.into_iter().collect();
        index.names = folded.into_iter().map(|(landlord, n)| index.name(landlord, n)).collect();
        index
    }

    fn name(&self, landlord: u16, folded: String) -> Name {
        let place = |w: &str| {
            self.words
                .binary_search_by(|x| (**x).cmp(w))
                .ok()
                .and_then(|i| u16::try_from(i).ok())
        };
        Name {
            landlord,
            words: folded.split(' ').filter_map(place).collect(),
            folded: folded.into(),
        }
    }

    fn search(&self, typed: &str, limit: usize) -> Vec<LandlordMatch> {
        // Nobody's name is longer, and what is typed is not to be trusted with our time.
        let typed: String = typed.chars().take(100).collect();
        let query = fold(&typed);
        if query.is_empty() {
            return Vec::new();
        }
        let near: Vec<Vec<u8>> = query.split(' ').take(8).map(|word| self.nearness(word)).collect();
        let mut found: Vec<(u8, usize, u16)> = Vec::new();
        for name in &self.names {
            if let Some(rank) = rank(&query, name, &near) {
                found.push((rank, name.folded.len(), name.landlord));
            }
        }
        found.sort_unstable();
        let mut seen = BTreeSet::new();
        let best = found.into_iter().filter(|(_, _, landlord)| seen.insert(*landlord)).take(limit);
        best.map(|(_, _, landlord)| self.landlords[usize::from(landlord)].clone()).collect()
    }

    /// For each word of the register, how far it is from a typed word: 0 the same, 1 begins with it, 2 and more for
    /// slips, [`u8::MAX`] too far.
    fn nearness(&self, typed: &str) -> Vec<u8> {
        let length = typed.chars().count();
        let allowed = slips(length);
        let typed_letters = letters(typed);
        let one = |word: &str, has: u64| {
            if word == typed {
                return 0;
            }
            if word.starts_with(typed) {
                return 1;
            }
            // Each slip brings in one letter at most that the word has not. Most words end here, without the distance.
            let strange = (typed_letters & !has).count_ones() as usize;
            if allowed == 0 || strange > allowed || word.len() + allowed < typed.len() {
                return u8::MAX;
            }
            // A longer word may begin with what was meant.
            let begin: String = word.chars().take(length).collect();
            let whole = if word.len() <= typed.len() + allowed {
                strsim::osa_distance(word, typed)
            } else {
                usize::MAX
            };
            let distance = whole.min(strsim::osa_distance(&begin, typed));
            if distance <= allowed {
                u8::try_from(1 + distance).unwrap_or(u8::MAX)
            } else {
                u8::MAX
            }
        };
        self.words.iter().zip(&self.letters).map(|(word, has)| one(word, *has)).collect()
    }
}

/// How well a name fits, 0 best; `None` when it does not.
fn rank(query: &str, name: &Name, near: &[Vec<u8>]) -> Option<u8> {
    if *name.folded == *query {
        return Some(0);
    }
    if name.folded.starts_with(query) {
        return Some(1);
    }
    let mut worst = 0;
    for typed in near {
        let best = name.words.iter().map(|w| typed[usize::from(*w)]).min().unwrap_or(u8::MAX);
        worst = worst.max(best);
    }
    (worst != u8::MAX).then(|| 2 + worst)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn register() -> Register {
        Register::new(include_str!("../../assets/domain/landlords.csv").into())
    }

    #[rstest]
    #[case("Clarion", "Clarion Housing")]
    #[case("clarion housing ltd", "Clarion Housing")]
    #[case("Affinity Sutton", "Clarion Housing Association")]
    #[case("Yarlington", "Abri Group")]
    #[case("clraion", "Clarion Housing")]
    #[case("Peabdy", "Peabody")]
    #[case("london quadrant", "London & Quadrant")]
    #[case("LONDON AND QUADRANT", "London & Quadrant")]
    #[case("a2dominion homes", "A2Dominion Homes")]
    fn what_people_call_it_finds_it_first(#[case] typed: &str, #[case] name: &str) {
        let found = register().search(typed, 10);
        let first = found.first().map(|l| l.name.to_lowercase()).unwrap_or_default();
        assert!(
            first.starts_with(&name.to_lowercase()),
            "{typed}: {:?}",
            found.iter().map(|l| &l.name).collect::<Vec<_>>()
        );
    }

    #[test]
    fn nothing_and_nonsense_find_nothing_and_ten_is_ten() {
        let register = register();
        for typed in ["", "  ", "the", "&", "zzzzqqq", "\0", "🏠"] {
            assert!(register.search(typed, 10).is_empty(), "{typed:?}");
        }
        assert_eq!(register.search("housing", 10).len(), 10);
        assert!(!register.search(&"housing ".repeat(5000), 10).is_empty());
    }

    #[test]
    fn a_landlord_comes_once_with_its_other_names() {
        let found = register().search("clarion housing", 10);
        let numbers: BTreeSet<_> = found.iter().map(|l| &l.registration_number).collect();
        assert_eq!(numbers.len(), found.len());
        assert!(found.iter().any(|l| l.also_known_as.iter().any(|a| a == "Circle Housing")));
    }
}

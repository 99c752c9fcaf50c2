//! Finding a landlord by what residents call it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use complaint::fields::typed::plain;
use contract::LandlordMatch;

use crate::Services;

/// Finds up to `limit` landlords whose name, other name, earlier name or initials match what was typed, best first.
///
/// The exact name comes first, then names with all distinguishing words, then names with most of them. Common words such as
/// "housing association" or "council" may be missing or added. Of equal matches the larger landlord comes first. Case,
/// punctuation, "the", "and", "&", "limited" and "ltd" are ignored. Empty input finds nothing.
pub fn search(services: &Services, typed: &str, limit: usize) -> Vec<LandlordMatch> {
    services.0.landlords.search(typed, limit)
}

/// Returns the landlord with a registration number. Some councils that took over from others have no number yet.
pub fn numbered(services: &Services, number: &str) -> Option<LandlordMatch> {
    if number.is_empty() {
        return None;
    }
    let index = services.0.landlords.index();
    index.landlords.iter().find(|l| l.registration_number == number).cloned()
}

/// Returns whether this is a name of the landlord: its name, another one or an earlier one.
pub fn is_called(landlord: &LandlordMatch, typed: &str) -> bool {
    let typed = fold(typed);
    std::iter::once(&landlord.name)
        .chain(&landlord.also_known_as)
        .any(|name| fold(name) == typed)
}

/// The landlord register. It is parsed at the first search.
#[derive(Debug)]
pub(crate) struct Register {
    csv: Cow<'static, str>,
    index: OnceLock<Index>,
}

/// The search index. Each word is stored once, and each name as indices into the list of words: some 200 KB in all.
#[derive(Debug, Default)]
struct Index {
    landlords: Vec<LandlordMatch>,
    /// Sorted.
    words: Vec<Box<str>>,
    /// The [`letters`] of each word.
    letters: Vec<u64>,
    names: Vec<Name>,
    /// Whether each word is common, so that it distinguishes no landlord.
    common: Vec<bool>,
    /// In how many names each word occurs.
    uses: Vec<usize>,
    /// The size of each landlord, as far as the register shows. 0 is large, 2 is one with few homes, 1 is any other.
    sizes: Vec<u8>,
}

#[derive(Debug)]
struct Name {
    /// The index in `landlords`.
    landlord: u16,
    /// The folded name.
    folded: Box<str>,
    /// Indices in `words`.
    words: Box<[u16]>,
    /// The first letters of the words of the name, in lower case: `rbkc`.
    initials: Box<str>,
}

/// Common words that distinguish no landlord: people add them to a name and leave them out.
const COMMON: [&str; 50] = [
    "housing",
    "association",
    "associations",
    "ha",
    "hsg",
    "homes",
    "home",
    "house",
    "houses",
    "group",
    "trust",
    "society",
    "council",
    "councils",
    "city",
    "borough",
    "district",
    "metropolitan",
    "county",
    "royal",
    "partnership",
    "community",
    "communities",
    "company",
    "services",
    "service",
    "property",
    "properties",
    "estates",
    "estate",
    "flats",
    "flat",
    "tenants",
    "tenant",
    "tenancy",
    "landlord",
    "living",
    "residential",
    "social",
    "local",
    "authority",
    "plc",
    "llp",
    "uk",
    "of",
    "for",
    "in",
    "at",
    "my",
    "a",
];

/// Words in the names of landlords with few homes.
const SMALL: [&str; 8] = [
    "operative",
    "coop",
    "co",
    "almshouse",
    "almshouses",
    "charity",
    "charities",
    "abbeyfield",
];

/// A word that occurs in at most this many names is enough to find them by.
const RARE: usize = 12;

impl Register {
    pub(crate) const fn new(csv: Cow<'static, str>) -> Self {
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

/// Normalises a name for comparison.
fn fold(name: &str) -> String {
    let lower = plain(name).to_lowercase().replace('\'', "").replace('&', " and ");
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !matches!(*w, "" | "the" | "and" | "ltd" | "limited"));
    words.collect::<Vec<_>>().join(" ")
}

/// Returns how many typing errors are tolerated in a word of this many characters.
const fn slips(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Returns which letters and digits a word contains, one bit each; all other characters share one bit.
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
    /// Parses the register. A row that cannot be read is left out, so that the others are still found.
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
            let names: BTreeSet<_> = std::iter::once(&name)
                .chain(&also_known_as)
                .map(|n| (fold(n), initials(n)))
                .collect();
            index.sizes.push(size(&name, &also_known_as, &landlord_type));
            folded.extend(names.into_iter().map(|n| (place, n)));
            index.landlords.push(LandlordMatch {
                registration_number,
                name,
                also_known_as,
                landlord_type,
            });
        }
        let words: BTreeSet<Box<str>> = folded.iter().flat_map(|(_, (n, _))| n.split(' ')).map(Into::into).collect();
        index.letters = words.iter().map(|w| letters(w)).collect();
        index.common = words.iter().map(|w| COMMON.contains(&&**w)).collect();
        index.words = words.into_iter().collect();
        index.names = folded.into_iter().map(|(landlord, n)| index.name(landlord, n)).collect();
        index.uses = vec![0; index.words.len()];
        for word in index.names.iter().flat_map(|name| name.words.iter()) {
            index.uses[usize::from(*word)] += 1;
        }
        index
    }

    fn name(&self, landlord: u16, (folded, initials): (String, String)) -> Name {
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
            initials: initials.into(),
        }
    }

    fn search(&self, typed: &str, limit: usize) -> Vec<LandlordMatch> {
        // No name is longer. The limit bounds the work for untrusted input.
        let typed: String = typed.chars().take(100).collect();
        let query = self.query(&fold(&typed));
        if query.folded.is_empty() {
            return Vec::new();
        }
        let ranked = self.names.iter().filter_map(|name| Some((self.rank(&query, name)?, name)));
        let size = |name: &Name| self.sizes[usize::from(name.landlord)];
        let mut found: Vec<_> = ranked
            .map(|(rank, name)| (rank, size(name), name.folded.len(), name.landlord))
            .collect();
        // Names that lack a typed word count only if no name has all the words.
        if let Some(least) = found.iter().map(|(rank, ..)| rank.missing).min() {
            found.retain(|(rank, ..)| rank.missing == least);
        }
        found.sort_unstable();
        let mut seen = BTreeSet::new();
        let best = found.into_iter().filter(|(.., landlord)| seen.insert(*landlord)).take(limit);
        best.map(|(.., landlord)| self.landlords[usize::from(landlord)].clone()).collect()
    }

    /// Splits the input into words and compares each with the words of the register.
    fn query(&self, folded: &str) -> Query {
        let words = folded.split(' ').filter(|word| !word.is_empty()).take(8);
        let (common, telling): (Vec<&str>, Vec<&str>) = words.partition(|word| self.is_common(word));
        let only_common = telling.is_empty();
        // "Home Group" has only common words: then all of them count.
        let telling = if only_common { &common } else { &telling };
        let has = |words: &[&str]| common.iter().any(|word| words.contains(word));
        Query {
            folded: folded.to_owned(),
            squeezed: folded.replace(' ', ""),
            near: telling.iter().map(|word| self.nearness(word)).collect(),
            only_common,
            council: has(&["council", "councils", "borough", "authority"]),
            association: has(&["association", "associations", "ha", "trust"]),
        }
    }

    /// Returns whether a typed word is common, with or without a typing error.
    fn is_common(&self, typed: &str) -> bool {
        let is_name = || self.words.binary_search_by(|word| (**word).cmp(typed)).is_ok();
        let near = |word: &&&str| word.len() >= 6 && typed.len() >= 5 && strsim::osa_distance(word, typed) <= 1;
        COMMON.contains(&typed) || !is_name() && COMMON.iter().any(|word| near(&word))
    }

    /// Returns how well a name matches. `None` if it does not.
    fn rank(&self, query: &Query, name: &Name) -> Option<Rank> {
        let kind = &*self.landlords[usize::from(name.landlord)].landlord_type;
        let other_kind = query.council && kind != "local_authority" || query.association && !query.council && kind == "local_authority";
        let exact = Rank {
            other_kind,
            ..Rank::default()
        };
        if *name.folded == *query.folded {
            return Some(Rank::default());
        }
        let near_exact =
            name.folded.len() == query.squeezed.len() + name.folded.matches(' ').count() && name.folded.replace(' ', "") == query.squeezed;
        if near_exact || query.squeezed.len() >= 3 && *name.initials == *query.squeezed {
            return Some(Rank { way: 1, ..exact });
        }
        let (mut missing, mut worst, mut is_rare) = (0_u8, 0, false);
        for typed in &query.near {
            let best = name.words.iter().min_by_key(|word| typed[usize::from(**word)])?;
            match typed[usize::from(*best)] {
                u8::MAX => missing += 1,
                near => {
                    worst = worst.max(near.saturating_sub(1));
                    is_rare |= near == 0 && self.uses[usize::from(*best)] <= RARE;
                }
            }
        }
        let telling = query.near.len();
        if missing > 0 && (usize::from(missing) * 2 > telling || !(is_rare || query.only_common)) {
            return None;
        }
        let unmet = |word: &&u16| query.near.iter().all(|typed| typed[usize::from(**word)] == u8::MAX);
        let counts = |word: &&u16| query.only_common || !self.common[usize::from(**word)];
        let extra = name.words.iter().filter(counts).filter(unmet).count();
        Some(Rank {
            missing,
            way: 2 + worst,
            other_kind,
            extra: u8::try_from(extra).unwrap_or(u8::MAX),
        })
    }

    /// Returns how far each word of the register is from a typed word.
    ///
    /// 0 is the same word, 1 a word that begins with the typed one, 2 and more a word with typing errors. [`u8::MAX`] is too
    /// far.
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
            // Each typing error adds at most one letter that the word does not contain. This check excludes most words
            // without the distance.
            let strange = (typed_letters & !has).count_ones() as usize;
            if allowed == 0 || strange > allowed || word.len() + allowed < typed.len() {
                return u8::MAX;
            }
            // The typed word may be the beginning of a longer one.
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

/// The typed input, prepared for comparison.
struct Query {
    folded: String,
    /// The input without spaces, so that `A2 Dominion` matches `A2Dominion`.
    squeezed: String,
    /// For each distinguishing word, how far each word of the register is from it.
    near: Vec<Vec<u8>>,
    /// The input has only common words, so all of them are compared.
    only_common: bool,
    /// The input says that the landlord is a council.
    council: bool,
    /// The input says that the landlord is a housing association.
    association: bool,
}

/// How well a name matches. The fields are in the order of their weight; smaller is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// How many distinguishing words of the input the name lacks.
    missing: u8,
    /// 0: the same name. 1: the same letters or initials. 2: the same words. 3 and more: words with typing errors.
    way: u8,
    /// The landlord is a council and the input names an association, or the reverse.
    other_kind: bool,
    /// How many distinguishing words of the name are not in the input.
    extra: u8,
}

/// Returns the initials by which people shorten a name: without "of" and "and".
fn initials(name: &str) -> String {
    let lower = plain(name).to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    let kept = words.filter(|word| !matches!(*word, "of" | "and" | "the" | "limited" | "ltd"));
    kept.filter_map(|word| word.chars().next()).collect()
}

/// Estimates the size of a landlord: 0 for large, 2 for few homes, 1 for all others.
///
/// Large landlords are councils, and those whose other names the register has collected. A landlord of few homes is known by
/// its name.
fn size(name: &str, also_known_as: &[String], landlord_type: &str) -> u8 {
    let folded = fold(name);
    if landlord_type == "local_authority" || also_known_as.iter().any(|other| fold(other) != folded) {
        0
    } else if folded.split(' ').any(|word| SMALL.contains(&word)) {
        2
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn register() -> Register {
        Register::new(include_str!("../../../assets/domain/landlords.csv").into())
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

    #[rstest]
    #[case("notting hill genesis housing association", "Notting Hill Genesis")]
    #[case("notting hill housing", "Notting Hill Genesis")]
    #[case("Leeds council housing", "Leeds City Council")]
    #[case("my council, Leeds", "Leeds City Council")]
    #[case("Leeds housing association", "Leeds Federated Housing Association Limited")]
    #[case("Riverside housing", "The Riverside Group Limited")]
    #[case("Riverside housing group", "The Riverside Group Limited")]
    #[case("Clarion housing association Croydon", "Clarion Housing Association Limited")]
    #[case("clarion housng asociation", "Clarion Housing Association Limited")]
    #[case("circle housing", "Clarion Housing Association Limited")]
    #[case("L&Q homes", "London & Quadrant Housing Trust")]
    #[case("L & Q housing association", "London & Quadrant Housing Trust")]
    #[case("LQ", "London & Quadrant Housing Trust")]
    #[case("peabody estates", "Peabody Trust")]
    #[case("Peabody\u{2019}s flats", "Peabody Trust")]
    #[case("catalyst housing", "Peabody Trust")]
    #[case("hackney council flats", "London Borough of Hackney")]
    #[case("london borough of hackney housing", "London Borough of Hackney")]
    #[case("Camden council housing", "London Borough of Camden Council")]
    #[case("tower hamlets homes", "London Borough of Tower Hamlets")]
    #[case("islington council flat", "London Borough of Islington")]
    #[case("lambeth council", "London Borough of Lambeth")]
    #[case("RBKC", "Royal Borough of Kensington and Chelsea")]
    #[case("kensington and chelsea council", "Royal Borough of Kensington and Chelsea")]
    #[case("Royal Greenwich council", "London Borough of Greenwich")]
    #[case("birmingham city council housing", "Birmingham City Council")]
    #[case("manchester city council homes", "Manchester City Council")]
    #[case("sheffield council housing department", "Sheffield City Council")]
    #[case("places for people housing", "Places for People Group Limited")]
    #[case("place for people", "Places for People Group Limited")]
    #[case("PFP homes", "Places for People Group Limited")]
    #[case("guiness trust", "The Guinness Partnership Limited")]
    #[case("Guinness partnership housing", "The Guinness Partnership Limited")]
    #[case("sanctuary housing group", "Sanctuary Housing Association")]
    #[case("sanctuary homes", "Sanctuary Housing Association")]
    #[case("hyde housing group", "Hyde Housing Association Limited")]
    #[case("A2 Dominion housing group", "A2Dominion Housing Group Limited")]
    #[case("a2 dominion", "A2Dominion Housing Group Limited")]
    #[case("anchor housing", "Anchor Hanover Group")]
    #[case("hanover housing", "Anchor Hanover Group")]
    #[case("orbit housing", "Orbit Group Limited")]
    #[case("MTVH housing", "Metropolitan Housing Trust Limited")]
    #[case("thames valley housing", "Metropolitan Housing Trust Limited")]
    #[case("optivo homes", "Southern Housing")]
    #[case("sovereign housing association", "Sovereign Network Group")]
    #[case("home group housing", "Home Group Limited")]
    #[case("midland heart housing association", "Midland Heart Limited")]
    #[case("livewest homes", "LiveWest Homes Limited")]
    #[case("Flagship housing", "Flagship Housing Limited")]
    #[case("WHG", "Walsall Housing Group Limited")]
    #[case("gentoo sunderland", "Gentoo Group Limited")]
    #[case("karbon housing", "Karbon Homes Limited")]
    #[case("Nottingham city homes", "Nottingham City Homes Registered Provider Limited")]
    #[case("\u{FF23}larion\u{A0}housing\u{200B}", "Clarion Housing Association Limited")]
    fn the_landlord_meant_is_among_the_first_three(#[case] typed: &str, #[case] name: &str) {
        let found = register().search(typed, 10);
        let names: Vec<_> = found.iter().map(|landlord| landlord.name.as_str()).collect();
        assert!(names.iter().take(3).any(|found| *found == name), "{typed}: {names:?}");
    }

    #[test]
    fn a_large_landlord_comes_before_a_small_one_of_the_same_name() {
        for (typed, first) in [
            ("riverside housing", "The Riverside Group Limited"),
            ("camden housing", "London Borough of Camden Council"),
        ] {
            let found = register().search(typed, 10);
            assert_eq!(found.first().map(|landlord| landlord.name.as_str()), Some(first));
            assert!(
                found.iter().skip(1).any(|landlord| landlord.name.contains("Co-operative")),
                "{typed}"
            );
        }
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

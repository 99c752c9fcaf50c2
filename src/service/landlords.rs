//! Finding a landlord by what people call it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::complaint::fields::typed::plain;
use crate::complaint::view::LandlordMatch;

use super::Services;

/// Up to `limit` landlords whose name, other name, earlier name or initials fit what was typed, best first: the exact name, then names
/// with all the words that tell landlords apart, then those with most of them. Words that many landlords have in their names, such as
/// "housing association" or "council", may be too many or missing. Of names that fit alike, the larger landlord comes first. Case,
/// punctuation, "the", "and" or "&", and "limited" or "ltd" do not count. Nothing typed finds nothing.
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
    /// For each word, whether it tells no landlord from another.
    common: Vec<bool>,
    /// For each word, how many names have it.
    uses: Vec<usize>,
    /// For each landlord, 0 for a large one, 1 for most, 2 for one with few homes, as far as the register tells.
    sizes: Vec<u8>,
}

#[derive(Debug)]
struct Name {
    /// Place in `landlords`.
    landlord: u16,
    /// The folded name.
    folded: Box<str>,
    /// Places in `words`.
    words: Box<[u16]>,
    /// The first letters of the name as it is written: "RBKC".
    initials: Box<str>,
}

/// Words that tell no landlord from another: people add them to a name and leave them out.
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

/// Words of landlords with few homes.
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

/// A name that has a word which no more than this many names have can be found by that word alone.
const RARE: usize = 12;

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
    let lower = plain(name).to_lowercase().replace('\'', "").replace('&', " and ");
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
        // Nobody's name is longer, and what is typed is not to be trusted with our time.
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
        // A word too many is forgiven where nothing has all the words.
        if let Some(least) = found.iter().map(|(rank, ..)| rank.missing).min() {
            found.retain(|(rank, ..)| rank.missing == least);
        }
        found.sort_unstable();
        let mut seen = BTreeSet::new();
        let best = found.into_iter().filter(|(.., landlord)| seen.insert(*landlord)).take(limit);
        best.map(|(.., landlord)| self.landlords[usize::from(landlord)].clone()).collect()
    }

    /// What was typed, with its words weighed.
    fn query(&self, folded: &str) -> Query {
        let words = folded.split(' ').filter(|word| !word.is_empty()).take(8);
        let (common, telling): (Vec<&str>, Vec<&str>) = words.partition(|word| self.is_common(word));
        let only_common = telling.is_empty();
        // "Home Group": then all words count.
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

    /// Whether a typed word tells no landlord from another, with a slip of the pen in it or not.
    fn is_common(&self, typed: &str) -> bool {
        let is_name = || self.words.binary_search_by(|word| (**word).cmp(typed)).is_ok();
        let near = |word: &&&str| word.len() >= 6 && typed.len() >= 5 && strsim::osa_distance(word, typed) <= 1;
        COMMON.contains(&typed) || !is_name() && COMMON.iter().any(|word| near(&word))
    }

    /// How well a name fits; `None` when it does not.
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

/// What was typed, ready to be compared.
struct Query {
    folded: String,
    /// Without spaces: `A2 Dominion` is `A2Dominion`.
    squeezed: String,
    /// For each word that tells landlords apart, how near each word of the register is.
    near: Vec<Vec<u8>>,
    /// No word tells landlords apart, so all are compared.
    only_common: bool,
    /// It says that the landlord is a council.
    council: bool,
    /// It says that the landlord is a housing association.
    association: bool,
}

/// How well a name fits: the parts in the order of their weight, the least first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// How many telling words it has not.
    missing: u8,
    /// 0 the same name, 1 the same letters or its initials, 2 its words, 3 and more its words with slips of the pen.
    way: u8,
    /// It is a council where an association was typed, or the other way round.
    other_kind: bool,
    /// How many telling words it has that were not typed.
    extra: u8,
}

/// The first letters of a name's words as people shorten it: without "of" and "and".
fn initials(name: &str) -> String {
    let lower = plain(name).to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    let kept = words.filter(|word| !matches!(*word, "of" | "and" | "the" | "limited" | "ltd"));
    kept.filter_map(|word| word.chars().next()).collect()
}

/// 0 for a large landlord: a council, or one whose other names the register has collected. 2 for one of few homes by its name.
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

//! Words of landlords' names: normalising them, and how much each tells.

use complaint::fields::typed::plain;

/// Words that people put around a name. They never count.
const FILLERS: [&str; 65] = [
    "a",
    "about",
    "an",
    "are",
    "at",
    "by",
    "called",
    "complain",
    "complaint",
    "dept",
    "department",
    "for",
    "from",
    "had",
    "have",
    "i",
    "id",
    "im",
    "in",
    "is",
    "it",
    "its",
    "just",
    "landlord",
    "landlords",
    "live",
    "lives",
    "managed",
    "me",
    "my",
    "name",
    "named",
    "now",
    "of",
    "office",
    "old",
    "on",
    "or",
    "our",
    "own",
    "owned",
    "owner",
    "owns",
    "please",
    "rent",
    "rented",
    "renting",
    "rents",
    "run",
    "runs",
    "same",
    "still",
    "sure",
    "tenancy",
    "tenant",
    "tenants",
    "their",
    "they",
    "think",
    "to",
    "under",
    "upon",
    "was",
    "we",
    "with",
];

/// Words that many names have and that people add or leave out. They decide only between names that are otherwise equal.
const COMMON: [&str; 60] = [
    "almshouse",
    "almshouses",
    "association",
    "associations",
    "authority",
    "bc",
    "bldg",
    "borough",
    "charities",
    "charity",
    "city",
    "communities",
    "community",
    "company",
    "coop",
    "corporation",
    "council",
    "councils",
    "county",
    "dc",
    "district",
    "estate",
    "estates",
    "flat",
    "flats",
    "group",
    "ha",
    "home",
    "homes",
    "house",
    "houses",
    "housing",
    "incorporated",
    "lb",
    "lbc",
    "living",
    "llp",
    "local",
    "mbc",
    "metropolitan",
    "ownership",
    "partnership",
    "plc",
    "properties",
    "property",
    "provider",
    "rb",
    "registered",
    "residential",
    "royal",
    "rp",
    "service",
    "services",
    "social",
    "society",
    "town",
    "trust",
    "uk",
    "unitary",
    "bmbc",
];

/// Words that say that the landlord is a council.
const COUNCIL: [&str; 12] = [
    "authority",
    "bc",
    "bmbc",
    "borough",
    "council",
    "councils",
    "county",
    "dc",
    "lb",
    "lbc",
    "mbc",
    "rb",
];

/// Words that say that the landlord is an association.
const ASSOCIATION: [&str; 5] = ["association", "associations", "ha", "society", "trust"];

/// Words in the names of landlords with few homes.
const SMALL: [&str; 6] = ["abbeyfield", "almshouse", "almshouses", "charities", "charity", "coop"];

/// How much a word tells about which landlord is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordKind {
    /// Stands around names.
    Filler,
    /// Is in many names.
    Common,
    /// Distinguishes names.
    Telling,
}

pub(super) fn kind(word: &str) -> WordKind {
    if FILLERS.contains(&word) {
        WordKind::Filler
    } else if COMMON.contains(&word) {
        WordKind::Common
    } else {
        WordKind::Telling
    }
}

/// Returns the common word that a typed word is, with or without a typing error.
pub(super) fn common_for(typed: &str) -> Option<&'static str> {
    let near = |word: &&&str| word.len() >= 6 && typed.len() >= 5 && strsim::osa_distance(word, typed) <= slips(typed.len()).min(2);
    let exact = COMMON.iter().find(|word| **word == typed);
    exact.or_else(|| COMMON.iter().find(near)).copied()
}

pub(super) fn says_council<'a>(mut words: impl Iterator<Item = &'a str>) -> bool {
    words.any(|word| COUNCIL.contains(&word))
}

pub(super) fn says_association<'a>(mut words: impl Iterator<Item = &'a str>) -> bool {
    words.any(|word| ASSOCIATION.contains(&word))
}

pub(super) fn says_small<'a>(mut words: impl Iterator<Item = &'a str>) -> bool {
    words.any(|word| SMALL.contains(&word))
}

/// Returns how many typing errors are tolerated in a word of this many characters.
pub(super) const fn slips(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=6 => 1,
        7..=11 => 2,
        _ => 3,
    }
}

/// Normalises a name for comparison: lower case, no accents, no punctuation, one spelling of common words, joined initials.
pub(super) fn fold(name: &str) -> String {
    let lower: String = plain(name).to_lowercase().chars().map(without_accent).collect();
    let lower = lower.replace('\'', "").replace(['&', '+'], " and ");
    let mut words: Vec<String> = Vec::new();
    let mut is_initial = false;
    for word in lower.split(|c: char| !c.is_alphanumeric()) {
        if matches!(word, "" | "the" | "and" | "ltd" | "limited") {
            continue;
        }
        // "I" in a sentence is no initial.
        let was_initial = std::mem::replace(&mut is_initial, word.chars().count() == 1 && word != "i");
        match words.last_mut() {
            // "L and Q", "L n Q" and "L.B." are initials.
            Some(_) if was_initial && word == "n" => {}
            Some(last) if is_initial && was_initial => last.push_str(word),
            Some(last) if last == "co" && matches!(word, "op" | "operative") => *last = "coop".into(),
            _ => words.push(usual_spelling(word).into()),
        }
    }
    words.join(" ")
}

/// Returns whether the name ends with its legal form, which people seldom type.
pub(super) fn has_legal_form(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    lower.ends_with("limited") || lower.ends_with("ltd") || lower.ends_with("ltd.")
}

fn usual_spelling(word: &str) -> &str {
    match word {
        "cooperative" => "coop",
        "assoc" | "assn" | "asoc" | "assocation" => "association",
        "hsg" | "hous" => "housing",
        "grp" => "group",
        "saint" => "st",
        "1" => "one",
        "2" => "two",
        "13" => "thirteen",
        "ne" => "north east",
        "nw" => "north west",
        "se" => "south east",
        "sw" => "south west",
        "cambs" => "cambridgeshire",
        "derbys" => "derbyshire",
        "herts" => "hertfordshire",
        "lancs" => "lancashire",
        "leics" => "leicestershire",
        "lincs" => "lincolnshire",
        "northants" => "northamptonshire",
        "notts" => "nottingham",
        "yorks" => "yorkshire",
        _ => word,
    }
}

/// Returns the letter without its accent. Other characters stay.
const fn without_accent(c: char) -> char {
    match c {
        'à'..='å' | 'ā' => 'a',
        'ç' => 'c',
        'è'..='ë' | 'ē' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' | 'ø' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ŵ' => 'w',
        _ => c,
    }
}

/// Returns the initials by which people shorten a name: without "of" and "and".
pub(super) fn initials(folded: &str) -> String {
    let kept = folded.split(' ').filter(|word| *word != "of");
    kept.filter_map(|word| word.chars().next()).collect()
}

/// Returns which letters and digits a word contains, one bit each; all other characters share one bit.
pub(super) fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |seen, b| {
        seen | 1u64
            << match b {
                b'a'..=b'z' => b - b'a',
                b'0'..=b'9' => 26 + b - b'0',
                _ => 36,
            }
    })
}

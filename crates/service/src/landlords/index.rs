//! The search index of the landlord register.

use std::collections::{BTreeMap, BTreeSet};

use contract::LandlordMatch;

use super::other_names::{self, OtherName, Relation};
use super::words::{self, WordKind, fold, initials, kind, letters};

/// Each word is stored once, and each name as indices into the list of words: some 400 KB in all.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) landlords: Vec<LandlordMatch>,
    /// The code of the Office for National Statistics for each landlord that is a council, otherwise empty.
    pub(super) ons_codes: Vec<Box<str>>,
    /// Sorted.
    pub(super) words: Vec<Box<str>>,
    /// The [`letters`] of each word.
    pub(super) letters: Vec<u64>,
    /// How much each word tells, from 0 to 1.
    pub(super) weights: Vec<f32>,
    /// Whether each word is in the name of a council.
    pub(super) is_place: Vec<bool>,
    /// The names that contain each word, as indices in `names`.
    pub(super) names_with: Vec<Vec<u16>>,
    pub(super) names: Vec<Name>,
    pub(super) other_names: Vec<OtherName>,
    /// The size of each landlord, as far as the register shows.
    pub(super) sizes: Vec<Size>,
}

#[derive(Debug)]
pub(super) struct Name {
    /// The index in `landlords`.
    pub(super) landlord: u16,
    /// The folded name.
    pub(super) folded: Box<str>,
    /// The folded name without spaces.
    pub(super) squeezed: Box<str>,
    /// The telling words without spaces.
    pub(super) core: Box<str>,
    /// Indices in `words`.
    pub(super) words: Box<[u16]>,
    /// The first letters of the words of the name, in lower case: `rbkc`.
    pub(super) initials: Box<str>,
    /// Whether the name is the registered one, with its legal form.
    pub(super) is_legal: bool,
    /// The index in `other_names`, if the name is from that list.
    pub(super) other: Option<u16>,
}

/// Councils, and landlords whose other names the register has collected, are large. A landlord of few homes says so in its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    Large,
    Unknown,
    Small,
}

/// A name before its words have numbers.
struct NewName {
    landlord: u16,
    folded: String,
    is_legal: bool,
    other: Option<u16>,
}

impl Index {
    /// Parses the register. A row that cannot be read is left out, so that the others are still found.
    pub(super) fn read(csv: &str) -> Self {
        let mut index = Self::default();
        let mut names: Vec<NewName> = Vec::new();
        let mut rows = csv::Reader::from_reader(csv.as_bytes());
        let headers = rows.headers().cloned().unwrap_or_default();
        let column = |name| headers.iter().position(|h| h == name).unwrap_or(usize::MAX);
        let columns = ["registration_number", "name", "also_known_as", "landlord_type", "ons_code"].map(column);
        for row in rows.records().filter_map(Result::ok) {
            let [registration_number, name, aliases, landlord_type, ons_code] = columns.map(|c| row.get(c).unwrap_or_default().to_owned());
            let Ok(landlord) = u16::try_from(index.landlords.len()) else {
                break;
            };
            let also_known_as: Vec<_> = aliases.split(';').map(|a| a.trim().to_owned()).filter(|a| !a.is_empty()).collect();
            index.sizes.push(size(&name, &also_known_as, &landlord_type));
            index.ons_codes.push(ons_code.into());
            let registered = fold(&name);
            let aliases: BTreeSet<_> = also_known_as
                .iter()
                .map(|alias| fold(alias))
                .filter(|alias| *alias != registered)
                .collect();
            let new = |folded, is_legal| NewName {
                landlord,
                folded,
                is_legal,
                other: None,
            };
            names.push(new(registered, words::has_legal_form(&name)));
            names.extend(aliases.into_iter().map(|alias| new(alias, false)));
            index.landlords.push(LandlordMatch {
                registration_number,
                name,
                also_known_as,
                landlord_type,
                why: None,
            });
        }
        names.extend(index.add_other_names(other_names::read()));
        index.add_words(&names);
        index.names = names.into_iter().map(|name| index.name(name)).collect();
        index.weigh_words();
        index
    }

    /// Keeps the other names whose landlord is in the register. A newer register may lack some.
    fn add_other_names(&mut self, other_names: Vec<OtherName>) -> Vec<NewName> {
        let numbers = self.landlords.iter().map(|landlord| &landlord.registration_number);
        let names = self.landlords.iter().map(|landlord| &landlord.name);
        let places: BTreeMap<String, u16> = numbers.zip(0..).chain(names.zip(0..)).map(|(key, i)| (key.clone(), i)).collect();
        let mut added = Vec::new();
        for other in other_names {
            let (Some(landlord), Ok(number)) = (places.get(&*other.landlord), u16::try_from(self.other_names.len())) else {
                continue;
            };
            // The companies that only manage homes are seldom meant.
            if other.relation != Relation::TookOver {
                self.sizes[usize::from(*landlord)] = Size::Large;
            }
            added.push(NewName {
                landlord: *landlord,
                folded: fold(&other.name),
                is_legal: false,
                other: Some(number),
            });
            self.other_names.push(other);
        }
        added
    }

    fn add_words(&mut self, names: &[NewName]) {
        let words: BTreeSet<Box<str>> = names.iter().flat_map(|name| name.folded.split(' ')).map(Into::into).collect();
        self.letters = words.iter().map(|word| letters(word)).collect();
        self.words = words.into_iter().collect();
    }

    /// Returns the number of a word.
    pub(super) fn word(&self, word: &str) -> Option<u16> {
        let place = self.words.binary_search_by(|known| (**known).cmp(word)).ok()?;
        u16::try_from(place).ok()
    }

    /// Returns the index of the landlord that has this folded name in the register; `None` if none or several have it.
    pub(super) fn only_called(&self, folded: &str) -> Option<usize> {
        let called = self.names.iter().filter(|name| name.other.is_none() && *name.folded == *folded);
        let mut landlords = called.map(|name| name.landlord);
        let first = landlords.next()?;
        landlords.all(|other| other == first).then_some(usize::from(first))
    }

    fn name(&self, new: NewName) -> Name {
        let NewName {
            landlord,
            folded,
            is_legal,
            other,
        } = new;
        Name {
            landlord,
            words: folded.split(' ').filter_map(|word| self.word(word)).collect(),
            squeezed: folded.replace(' ', "").into(),
            core: folded
                .split(' ')
                .filter(|word| kind(word) == WordKind::Telling)
                .collect::<String>()
                .into(),
            initials: initials(&folded).into(),
            folded: folded.into(),
            is_legal,
            other,
        }
    }

    /// Weighs each word by the inverse of how many landlords have it in a name.
    fn weigh_words(&mut self) {
        self.names_with = vec![Vec::new(); self.words.len()];
        self.is_place = vec![false; self.words.len()];
        let mut landlords_with = vec![BTreeSet::new(); self.words.len()];
        for (name, number) in self.names.iter().zip(0_u16..) {
            let is_council = self.landlords[usize::from(name.landlord)].landlord_type == "local_authority";
            for word in &name.words {
                let word = usize::from(*word);
                self.names_with[word].push(number);
                landlords_with[word].insert(name.landlord);
                self.is_place[word] |= is_council;
            }
        }
        let all = logarithm(self.landlords.len() + 1);
        let weight = |(word, landlords): (&str, &BTreeSet<u16>)| {
            let rarity = 1.0 - logarithm(landlords.len()) / all;
            match kind(word) {
                WordKind::Filler => 0.0,
                WordKind::Common => 0.06 * rarity.max(0.1),
                WordKind::Telling if word == "london" => 0.2,
                WordKind::Telling => rarity.max(0.3),
            }
        };
        self.weights = self.words.iter().map(AsRef::as_ref).zip(&landlords_with).map(weight).collect();
    }
}

fn logarithm(count: usize) -> f32 {
    f32::from(u16::try_from(count.max(1)).unwrap_or(u16::MAX)).ln()
}

fn size(name: &str, also_known_as: &[String], landlord_type: &str) -> Size {
    let folded = fold(name);
    if landlord_type == "local_authority" || also_known_as.iter().any(|other| fold(other) != folded) {
        Size::Large
    } else if words::says_small(folded.split(' ')) {
        Size::Small
    } else {
        Size::Unknown
    }
}

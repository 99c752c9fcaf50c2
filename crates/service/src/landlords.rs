//! Finding a landlord by what residents call it.

mod index;
mod other_names;
mod query;
mod ranking;
mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::OnceLock;

use complaint::Fields;
use contract::LandlordMatch;
use text::Language;

use crate::Services;
use index::Index;
use words::fold;

/// Finds up to `limit` landlords whose name, other name, former name or initials match what was typed, best first.
///
/// Each word counts by how few landlords have it, so that words too many do little harm. Common words such as "housing" or
/// "council" decide only between names that are otherwise equal. The last word may be unfinished, and words may have typing
/// errors. Of several names of one group the landlord that lets the homes comes first. `why` of a match says in `language` why it
/// was found, where its name does not show that. Empty input finds nothing.
pub fn search(services: &Services, language: Language, typed: &str, limit: usize) -> Vec<LandlordMatch> {
    services.0.landlords.search(language, typed, limit)
}

/// Returns the landlord with a registration number. Some councils that took over from others have no number yet.
pub fn numbered(services: &Services, number: &str) -> Option<LandlordMatch> {
    if number.is_empty() {
        return None;
    }
    let index = services.0.landlords.index();
    index.landlords.iter().find(|l| l.registration_number == number).cloned()
}

/// Adds the registration number to a landlord's typed name if exactly one landlord has this name. A council without a number gets
/// its code of the Office for National Statistics instead. An answer with a number stays as it is.
pub fn add_number(services: &Services, fields: &mut Fields) {
    let (typed, number) = (fold(fields.raw("name")), fields.raw("registration_number"));
    if typed.is_empty() || !number.is_empty() {
        return;
    }
    let index = services.0.landlords.index();
    let Some(place) = index.only_called(&typed) else { return };
    let number = &index.landlords[place].registration_number;
    let (name, value) = if number.is_empty() {
        ("ons_code", index.ons_codes[place].to_string())
    } else {
        ("registration_number", number.clone())
    };
    fields.0.retain(|(field, _)| field != name);
    fields.0.push((name.into(), value));
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

impl Register {
    pub(crate) const fn new(csv: Cow<'static, str>) -> Self {
        Self {
            csv,
            index: OnceLock::new(),
        }
    }

    fn search(&self, language: Language, typed: &str, limit: usize) -> Vec<LandlordMatch> {
        self.index().search(language, typed, limit)
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::read(&self.csv))
    }
}

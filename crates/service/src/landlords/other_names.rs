//! Other names of landlords: everyday and former names, and companies that look after a council's homes.

use serde::{Deserialize, Deserializer};
use text::Language;

/// The built-in list. `assets/domain/landlords.SOURCE.md` describes its columns.
const CSV: &str = include_str!("../../../../assets/domain/landlord-names.csv");

/// Another name of a landlord.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct OtherName {
    pub(super) name: Box<str>,
    /// The landlord's registration number, or its name if it has no number.
    pub(super) landlord: Box<str>,
    pub(super) relation: Relation,
    /// Whether the relation is a well-known fact or has a source.
    #[serde(deserialize_with = "confirmed")]
    confirmed: bool,
}

/// How a name and a landlord belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Relation {
    /// People shorten the landlord's name.
    Short,
    /// Of several registered names of one group, this landlord lets the homes.
    LetsHomes,
    /// The name belongs to a landlord that became part of this one.
    Merged,
    /// The name is this landlord's former name.
    Renamed,
    /// A company of this name looks after the council's homes.
    Manages,
    /// A company of this name looked after the council's homes.
    Managed,
    /// The landlord took over the homes of a council.
    TookOver,
}

fn confirmed<'de, D: Deserializer<'de>>(cell: D) -> Result<bool, D::Error> {
    Ok(matches!(&*String::deserialize(cell)?, "yes" | "known"))
}

impl OtherName {
    /// Returns why a search for this name finds the landlord; `None` for short names, which need no reason.
    pub(super) fn why(&self, language: Language) -> Option<String> {
        let key = match (self.relation, self.confirmed) {
            (Relation::Short, _) => return None,
            (Relation::LetsHomes, _) => return Some(language.say("landlord_found.lets_homes")),
            (Relation::Manages | Relation::Managed, false) => "landlord_found.may_manage",
            (_, false) => "landlord_found.may_be",
            (Relation::Merged, true) => "landlord_found.merged",
            (Relation::Renamed, true) => "landlord_found.renamed",
            (Relation::Manages, true) => "landlord_found.manages",
            (Relation::Managed, true) => "landlord_found.managed",
            (Relation::TookOver, true) => "landlord_found.took_over",
        };
        Some(language.say_with(key, &[("name", &*self.name)]))
    }
}

/// Parses the built-in list. A row that cannot be read is left out.
pub(super) fn read() -> Vec<OtherName> {
    let rows = csv::Reader::from_reader(CSV.as_bytes()).into_deserialize();
    rows.filter_map(Result::ok).collect()
}

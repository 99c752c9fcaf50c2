//! The sentences a person reads. All of them live in `locales/<language>/`; code knows only their keys.
//!
//! The server has every language in memory. The browser has one: that of the page, without what only the server says.

#[cfg(any(feature = "ssr", test))]
pub mod browser_part;
pub mod languages;
pub mod plural;
#[cfg(any(feature = "ssr", test))]
pub mod pseudo;
#[cfg(any(feature = "ssr", test))]
pub mod sentences;

#[cfg(feature = "hydrate")]
pub mod fetched;
#[cfg(feature = "ssr")]
mod memory;

#[cfg(feature = "hydrate")]
use fetched::find;
#[cfg(feature = "ssr")]
use memory::find;

use crate::complaint::FieldError;
use languages::{About, LANGUAGES};

/// A language the portal speaks: one of [`LANGUAGES`]. It knows whom it speaks to, which changes sentences, not the language.
#[derive(Clone, Copy, Debug, Default)]
pub struct Language {
    /// Its place among [`LANGUAGES`].
    place: u8,
    /// Whether it speaks to a representative: then a sentence with the key `<key>_representative` goes before that of `<key>`.
    for_another: bool,
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl Eq for Language {}

#[cfg(not(any(feature = "ssr", feature = "hydrate")))]
fn find(_: u8, _: &str) -> Option<String> {
    None
}

impl Language {
    /// The language of a tag such as `cy`, whatever its capitals.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let at = LANGUAGES.iter().position(|about| about.tag.eq_ignore_ascii_case(tag))?;
        u8::try_from(at).ok().map(|place| Self { place, for_another: false })
    }

    fn about(self) -> &'static About {
        LANGUAGES.get(usize::from(self.place)).unwrap_or(&LANGUAGES[0])
    }

    /// The same language as it speaks to a representative.
    #[must_use]
    pub fn to_representative(self) -> Self {
        Self { for_another: true, ..self }
    }

    /// Whether it speaks to a representative.
    #[must_use]
    pub fn is_to_representative(self) -> bool {
        self.for_another
    }

    /// Its BCP 47 tag, which is also its folder in `locales/`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.about().tag
    }

    /// Its name in itself.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        self.about().own_name
    }

    /// Which way it is written: `ltr` or `rtl`.
    #[must_use]
    pub fn direction(self) -> &'static str {
        self.about().direction
    }

    /// Whether a speaker has read its sentences.
    #[must_use]
    pub fn is_reviewed(self) -> bool {
        self.about().reviewed
    }

    /// The sentence of a key. A key without one comes out as the key; so that this is found before anyone reads it, a server built for
    /// development and for tests stops there.
    #[must_use]
    pub fn say(self, key: &str) -> String {
        if self.for_another
            && let Some(found) = find(self.place, &format!("{key}_representative"))
        {
            return found;
        }
        let found = find(self.place, key);
        #[cfg(feature = "ssr")]
        debug_assert!(found.is_some(), "no sentence {key:?}");
        found.unwrap_or_else(|| key.to_owned())
    }

    /// The sentence of a key where there may be none.
    #[must_use]
    pub fn say_if_any(self, key: &str) -> Option<String> {
        find(self.place, key)
    }

    /// The sentence of a key with its placeholders `%{name}` filled in.
    #[must_use]
    pub fn say_with<N: AsRef<str>, V: AsRef<str>>(self, key: &str, values: &[(N, V)]) -> String {
        let mut sentence = self.say(key);
        for (name, value) in values {
            sentence = sentence.replace(&format!("%{{{}}}", name.as_ref()), value.as_ref());
        }
        sentence
    }

    /// The sentence that goes with a number, which stands in it as `%{number}`: `<key>.one`, `<key>.other` and whatever
    /// other forms the language has.
    #[must_use]
    pub fn say_count(self, key: &str, number: u64) -> String {
        let form = (self.about().plural)(number).name();
        self.say_with(&format!("{key}.{form}"), &[("number", number.to_string())])
    }

    /// The sentence of one thing that is wrong with an answer.
    #[must_use]
    pub fn say_error(self, error: &FieldError) -> String {
        let values: Vec<(&str, String)> = error
            .values
            .iter()
            .map(|(name, value)| match name.as_ref() {
                // A code names its own sentence part; a date is written out.
                "question" => ("question", self.say(&format!("steps.{value}_in_error"))),
                "field" => ("field", self.field(value)),
                "date" => (
                    "date",
                    crate::complaint::fields::iso_date::parse(value).map_or_else(|| value.clone(), |d| self.date(d)),
                ),
                name => (name, value.clone()),
            })
            .collect();
        self.say_with(&format!("errors.{}", error.code), &values)
    }

    /// What a field is called: by its own label, or by its question where that is the label.
    fn field(self, field: &str) -> String {
        let own = self.say_if_any(&format!("steps.{field}"));
        let question = || self.say(&format!("steps.{}.short", field.split('.').next().unwrap_or_default()));
        own.unwrap_or_else(question)
    }

    /// A date written out: `27 March 2025`.
    #[must_use]
    pub fn date(self, date: time::Date) -> String {
        self.say_with(
            "date.day_month_year",
            &[
                ("day", date.day().to_string()),
                ("month", self.month(date.month())),
                ("year", date.year().to_string()),
            ],
        )
    }

    /// The name of a month.
    #[must_use]
    pub fn month(self, month: time::Month) -> String {
        self.say(&format!("date.months.{}", u8::from(month)))
    }

    /// Several things in one phrase: `a, b and c`.
    #[must_use]
    pub fn list(self, things: &[String]) -> String {
        let Some((last, before)) = things.split_last() else {
            return String::new();
        };
        let Some(before) = before
            .iter()
            .cloned()
            .reduce(|before, next| self.join("list.middle", &before, &next))
        else {
            return last.clone();
        };
        self.join("list.end", &before, last)
    }

    fn join(self, key: &str, before: &str, next: &str) -> String {
        self.say_with(key, &[("before", before), ("next", next)])
    }
}

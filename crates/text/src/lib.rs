//! The sentences that people read. All of them are in `locales/<language>/`; code only contains their keys.
//!
//! The server has every language in memory. The browser has only the page's language, without the sentences that only the server
//! uses.

#[cfg(any(feature = "server", feature = "assets", test))]
pub mod browser_part;
pub mod languages;
pub mod plural;
#[cfg(debug_assertions)]
mod pseudo;
#[cfg(any(feature = "server", feature = "assets", test))]
pub mod sentences;

#[cfg(feature = "browser")]
pub mod fetched;
#[cfg(feature = "server")]
mod memory;

#[cfg(feature = "browser")]
use fetched::find;
#[cfg(feature = "server")]
use memory::find;

use complaint::FieldError;
use languages::{About, LANGUAGES};

/// A language of the portal, one of [`LANGUAGES`], and whether it addresses a representative.
///
/// The addressee changes sentences but not the language, so comparing two languages ignores it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Language {
    /// The index in [`LANGUAGES`].
    place: u8,
    /// Whether it addresses a representative: the key `<key>_representative`, if it exists, then replaces `<key>`.
    for_another: bool,
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl Eq for Language {}

#[cfg(not(any(feature = "server", feature = "browser")))]
fn find(_: u8, _: &str) -> Option<String> {
    None
}

impl Language {
    /// Returns the language of a tag such as `cy`, in any case.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let at = LANGUAGES.iter().position(|about| about.tag.eq_ignore_ascii_case(tag))?;
        u8::try_from(at).ok().map(|place| Self { place, for_another: false })
    }

    fn about(self) -> &'static About {
        LANGUAGES.get(usize::from(self.place)).unwrap_or(&LANGUAGES[0])
    }

    /// Returns the same language, addressing a representative.
    #[must_use]
    pub fn to_representative(self) -> Self {
        Self { for_another: true, ..self }
    }

    pub fn is_to_representative(self) -> bool {
        self.for_another
    }

    /// Returns the BCP 47 tag, which is also the language's folder in `locales/`.
    pub fn tag(self) -> &'static str {
        self.about().tag
    }

    /// Returns the language's name in that language.
    pub fn own_name(self) -> &'static str {
        self.about().own_name
    }

    /// Returns the writing direction: `ltr` or `rtl`.
    pub fn direction(self) -> &'static str {
        self.about().direction
    }

    /// Returns whether a speaker has reviewed the language's sentences.
    pub fn is_reviewed(self) -> bool {
        self.about().reviewed
    }

    /// Returns the sentence of a key, or the key itself if there is no sentence.
    ///
    /// So that tests find a missing sentence, the debug build of the server panics instead.
    pub fn say(self, key: &str) -> String {
        if self.for_another
            && let Some(found) = find(self.place, &format!("{key}_representative"))
        {
            return found;
        }
        let found = find(self.place, key);
        #[cfg(feature = "server")]
        debug_assert!(found.is_some(), "no sentence {key:?}");
        found.unwrap_or_else(|| key.to_owned())
    }

    /// Returns the sentence of a key, if there is one. Ignores the addressee.
    pub fn say_if_any(self, key: &str) -> Option<String> {
        find(self.place, key)
    }

    /// Returns the sentence of a key with its placeholders `%{name}` filled in.
    pub fn say_with<N: AsRef<str>, V: AsRef<str>>(self, key: &str, values: &[(N, V)]) -> String {
        let mut sentence = self.say(key);
        for (name, value) in values {
            sentence = sentence.replace(&format!("%{{{}}}", name.as_ref()), value.as_ref());
        }
        sentence
    }

    /// Returns the sentence for a number, which replaces `%{number}`.
    ///
    /// The keys are `<key>.one`, `<key>.other` and the language's other plural forms.
    pub fn say_count(self, key: &str, number: u64) -> String {
        let form = (self.about().plural)(number).name();
        self.say_with(&format!("{key}.{form}"), &[("number", number.to_string())])
    }

    /// Returns the sentence for an error in an answer.
    pub fn say_error(self, error: &FieldError) -> String {
        let values: Vec<(&str, String)> = error
            .values
            .iter()
            .map(|(name, value)| match name.as_ref() {
                // `question` and `field` name a part of the sentence; a date is written out.
                "question" => ("question", self.say(&format!("steps.{value}_in_error"))),
                "field" => ("field", self.field(value)),
                "date" => (
                    "date",
                    complaint::fields::iso_date::parse(value).map_or_else(|| value.clone(), |d| self.date(d)),
                ),
                name => (name, value.clone()),
            })
            .collect();
        self.say_with(&format!("errors.{}", error.code), &values)
    }

    /// Returns a field's name: its own label, or the short name of its question if that is the label.
    fn field(self, field: &str) -> String {
        let own = self.say_if_any(&format!("steps.{field}"));
        let question = || self.say(&format!("steps.{}.short", field.split('.').next().unwrap_or_default()));
        own.unwrap_or_else(question)
    }

    /// Returns a date written out: `27 March 2025`.
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

    pub fn month(self, month: time::Month) -> String {
        self.say(&format!("date.months.{}", u8::from(month)))
    }

    /// Returns several things in one phrase: `a, b and c`.
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

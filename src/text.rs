//! The sentences a person reads. All of them live in `locales/<language>/`; code knows only their keys.

use crate::complaint::FieldError;

/// A language the portal speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
}

impl Language {
    /// Its BCP 47 tag, which is also its folder in `locales/`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
        }
    }

    /// The sentence of a key. A key without one comes out as the key: a test finds those before anyone reads them.
    #[must_use]
    pub fn say(self, key: &str) -> String {
        crate::_rust_i18n_try_translate(self.tag(), key).map_or_else(|| key.to_owned(), Into::into)
    }

    /// The sentence of a key where there may be none.
    #[must_use]
    pub fn say_if_any(self, key: &str) -> Option<String> {
        crate::_rust_i18n_try_translate(self.tag(), key).map(Into::into)
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
}

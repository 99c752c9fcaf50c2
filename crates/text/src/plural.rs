//! The plural forms of sentences, by the categories and rules of Unicode CLDR.

/// The plural categories. Each language uses some of them, and always [`Plural::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plural {
    Zero,
    One,
    Two,
    Few,
    Many,
    Other,
}

impl Plural {
    /// Returns the last segment of the sentence's key.
    pub fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::One => "one",
            Self::Two => "two",
            Self::Few => "few",
            Self::Many => "many",
            Self::Other => "other",
        }
    }
}

/// Returns [`Plural::One`] for 1 and [`Plural::Other`] for all other numbers.
pub fn english(number: u64) -> Plural {
    if number == 1 { Plural::One } else { Plural::Other }
}

/// Returns the Welsh form. Nouns stay singular after a number, but some numbers mutate their first sound.
pub fn welsh(number: u64) -> Plural {
    match number {
        0 => Plural::Zero,
        1 => Plural::One,
        2 => Plural::Two,
        3 => Plural::Few,
        6 => Plural::Many,
        _ => Plural::Other,
    }
}

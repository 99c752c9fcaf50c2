//! Which form of a sentence goes with a number, by the categories and rules of Unicode CLDR.

/// The categories. Each language uses some of them; [`Plural::Other`] it always has.
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
    /// The last part of the key of its sentence.
    #[must_use]
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

/// One, and everything else.
#[must_use]
pub fn english(number: u64) -> Plural {
    if number == 1 { Plural::One } else { Plural::Other }
}

/// Nouns stay singular after a number, but some numbers change the sound they begin with.
#[must_use]
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

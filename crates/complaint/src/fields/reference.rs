//! The reference of a complaint: `RC-7K3M-92QF`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::fields::crockford::{self, check};

/// The number of random symbols in a reference; one check symbol follows them.
pub const DRAWN: usize = 7;

/// A complaint's reference: seven random Crockford symbols (35 bits) and a check symbol, shown like `RC-7K3M-92QF`.
///
/// The check is a weighted sum over the field of 32 elements. It detects any one wrong symbol and any two swapped symbols, which
/// a plain modulo sum does not. The service draws the random bits; this type only formats them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(String);

impl Reference {
    /// Creates a reference from 35 random bits: the low five of each of seven bytes.
    pub fn from_draw(draw: [u8; DRAWN]) -> Self {
        let mut values = draw.map(|b| b & 31).to_vec();
        values.push(check(&values));
        Self::spell(&values)
    }

    /// Finds the reference in what a person typed or pasted, alone or in a sentence.
    ///
    /// Accepts any case, any signs between symbols, O for 0, I or L for 1, and a missing `RC`. Returns `None` if the length or
    /// the check symbol is wrong.
    pub fn parse(typed: &str) -> Option<Self> {
        crockford::find(typed, 4, |values| {
            // R and C are symbols too, so only the length shows whether they are a prefix.
            let values = match values {
                [r, c, rest @ ..] if rest.len() == DRAWN + 1 && crockford::symbol(*r) == 'R' && crockford::symbol(*c) == 'C' => rest,
                _ => values,
            };
            let (last, drawn) = values.split_last()?;
            (drawn.len() == DRAWN && check(drawn) == *last).then(|| Self::spell(values))
        })
    }

    fn spell(values: &[u8]) -> Self {
        let mut out = String::from("RC");
        for (i, v) in values.iter().enumerate() {
            if i % 4 == 0 {
                out.push('-');
            }
            out.push(crockford::symbol(*v));
        }
        Self(out)
    }

    /// Returns the reference as it is shown and stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.0
    }
}

impl TryFrom<String> for Reference {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a reference")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn symbols(reference: &Reference) -> Vec<char> {
        reference.as_str().chars().skip(2).filter(|c| *c != '-').collect()
    }

    #[test]
    fn it_reads_as_the_form_promises() {
        let reference = Reference::from_draw([7, 19, 3, 20, 9, 2, 23]);
        assert!(reference.as_str().starts_with("RC-7K3M-92Q"), "{reference}");
        assert_eq!(reference.as_str().len(), 12);
    }

    #[cfg(feature = "server")]
    #[test]
    fn it_is_found_as_mail_programs_hand_it_over() {
        let reference = Reference::from_draw([7, 19, 3, 20, 9, 2, 23]);
        let shown = reference.as_str();
        for pasted in [
            shown.replace('-', "\u{2011}"),
            shown.replace('-', "\u{2212}"),
            format!("\u{2018}{shown}\u{2019}."),
            format!("Your reference is {shown}."),
            format!("Reference: {shown}\nAccess code: 4F7K-Q2MZ-81RD"),
            format!("Ref. {}", shown.replace('-', " ")),
            shown.replace("RC", "ＲＣ"),
        ] {
            assert_eq!(Reference::parse(&pasted), Some(reference.clone()), "{pasted}");
        }
        let other = Reference::from_draw([1; DRAWN]);
        assert_eq!(
            Reference::parse(&format!("{shown} and {other}")),
            None,
            "a text with two references has no single meaning"
        );
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(draw in any::<[u8; DRAWN]>()) {
            let reference = Reference::from_draw(draw);
            let shown = reference.to_string();
            let sloppy = shown.to_lowercase().replace('0', "o").replace('1', "l").replace('-', " ");
            let bare: String = symbols(&reference).into_iter().collect();
            for typed in [shown, sloppy, bare] {
                prop_assert_eq!(Reference::parse(&typed), Some(reference.clone()));
            }
        }

        #[test]
        fn one_wrong_symbol_is_found(draw in any::<[u8; DRAWN]>(), at in 0..=DRAWN, by in 1u8..32) {
            let mut typed = symbols(&Reference::from_draw(draw));
            typed[at] = crockford::symbol(crockford::value(typed[at]).unwrap() ^ by);
            prop_assert_eq!(Reference::parse(&typed.into_iter().collect::<String>()), None);
        }

        #[test]
        fn two_swapped_symbols_are_found(draw in any::<[u8; DRAWN]>(), a in 0..=DRAWN, b in 0..=DRAWN) {
            let mut typed = symbols(&Reference::from_draw(draw));
            prop_assume!(typed[a] != typed[b]);
            typed.swap(a, b);
            prop_assert_eq!(Reference::parse(&typed.into_iter().collect::<String>()), None);
        }

        #[test]
        fn nonsense_is_refused_not_a_panic(typed in any::<String>()) {
            let _ = Reference::parse(&typed);
        }
    }
}

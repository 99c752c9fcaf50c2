//! The resume code, which opens a draft on another device: `7K3-M92-QFM`.

use std::fmt;

use crate::fields::crockford::{self, check};

/// The number of random symbols in a code; one check symbol follows them.
pub const DRAWN: usize = 8;

/// A resume code: eight random Crockford symbols (40 bits) and a check symbol, in three groups of three.
///
/// It is short enough to be read out. The check symbol detects one wrong symbol or two swapped ones without a database query.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ResumeCode(String);

impl ResumeCode {
    /// Creates a code from 40 random bits: the low five of each of eight bytes.
    pub fn from_draw(draw: [u8; DRAWN]) -> Self {
        let mut values = draw.map(|b| b & 31).to_vec();
        values.push(check(&values));
        Self::spell(&values)
    }

    /// Finds the code in what a person typed or pasted, alone or in a sentence.
    ///
    /// Accepts any case, any signs between symbols, O for 0, and I or L for 1. Returns `None` if the length or the check symbol
    /// is wrong.
    pub fn parse(typed: &str) -> Option<Self> {
        crockford::find(typed, 3, |values| {
            let (last, drawn) = values.split_last()?;
            (drawn.len() == DRAWN && check(drawn) == *last).then(|| Self::spell(values))
        })
    }

    fn spell(values: &[u8]) -> Self {
        let mut out = String::with_capacity(DRAWN + 3);
        for (i, v) in values.iter().enumerate() {
            if i > 0 && i % 3 == 0 {
                out.push('-');
            }
            out.push(crockford::symbol(*v));
        }
        Self(out)
    }

    /// Returns the code as it is shown and hashed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Hides the code: a log line must not open a draft.
impl fmt::Debug for ResumeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReturnCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn symbols(code: &ResumeCode) -> Vec<u8> {
        code.as_str().chars().filter_map(crockford::value).collect()
    }

    #[cfg(feature = "server")]
    #[test]
    fn it_is_found_as_mail_programs_hand_it_over() {
        let code = ResumeCode::from_draw([7, 19, 3, 20, 9, 2, 23, 15]);
        let (shown, bare) = (code.as_str(), code.as_str().replace('-', ""));
        for pasted in [
            shown.replace('-', "\u{2013}"),
            format!("\u{201C}{shown}\u{201D}."),
            format!("Your code is {shown}, it works for a day."),
            format!("code: {bare}"),
            shown.replace('-', "\u{AD}-\u{200B}"),
        ] {
            assert_eq!(ResumeCode::parse(&pasted), Some(code.clone()), "{pasted}");
        }
        assert_eq!(ResumeCode::parse(&format!("{shown}-1")), None);
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(draw in any::<[u8; DRAWN]>()) {
            let code = ResumeCode::from_draw(draw);
            prop_assert_eq!(code.as_str().len(), 11);
            let sloppy = code.as_str().to_lowercase().replace('0', "O").replace('1', "l").replace('-', "  ");
            prop_assert_eq!(ResumeCode::parse(&sloppy), Some(code));
        }

        #[test]
        fn one_wrong_symbol_is_found(draw in any::<[u8; DRAWN]>(), at in 0..=DRAWN, by in 1..32_u8) {
            let code = ResumeCode::from_draw(draw);
            let mut values = symbols(&code);
            values[at] = (values[at] + by) & 31;
            prop_assert_eq!(ResumeCode::parse(ResumeCode::spell(&values).as_str()), None);
        }

        #[test]
        fn two_swapped_symbols_are_found(draw in any::<[u8; DRAWN]>(), a in 0..=DRAWN, b in 0..=DRAWN) {
            let code = ResumeCode::from_draw(draw);
            let mut values = symbols(&code);
            values.swap(a, b);
            let swapped = ResumeCode::spell(&values);
            prop_assert_eq!(ResumeCode::parse(swapped.as_str()).is_some(), swapped == code);
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        for wrong in ["", "7K3", "7K3-M92-QF", "7K3-M92-QFM-1", "UUU-UUU-UUU", "!"] {
            assert_eq!(ResumeCode::parse(wrong), None, "{wrong}");
        }
    }
}

//! The access code, which opens a case together with its reference.

use std::fmt;

use crate::fields::crockford;

/// The number of symbols in an access code.
pub const SYMBOLS: usize = 12;

/// An access code: twelve Crockford symbols (60 bits), shown in three groups of four. Only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessCode(String);

impl AccessCode {
    /// Creates a code from the first 60 bits of eight bytes.
    pub fn from_bits(bytes: [u8; 8]) -> Self {
        let bits = u64::from_be_bytes(bytes);
        let values = (0..SYMBOLS).map(|i| ((bits >> (59 - 5 * i)) & 31) as u8);
        Self::spell(values)
    }

    /// Finds the code in what a person typed or pasted, alone or in a sentence.
    ///
    /// Accepts any case, any signs between symbols, O for 0, and I or L for 1. Returns `None` if there is no code, or more than
    /// one.
    pub fn parse(typed: &str) -> Option<Self> {
        crockford::find(typed, 4, |values| {
            (values.len() == SYMBOLS).then(|| Self::spell(values.iter().copied()))
        })
    }

    fn spell(values: impl Iterator<Item = u8>) -> Self {
        let mut out = String::with_capacity(SYMBOLS + 2);
        for (i, v) in values.enumerate() {
            if i > 0 && i % 4 == 0 {
                out.push('-');
            }
            out.push(crockford::symbol(v));
        }
        Self(out)
    }

    /// Returns the code as it is shown and hashed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Hides the code: a log line must not open a case.
impl fmt::Debug for AccessCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(bytes in any::<[u8; 8]>()) {
            let code = AccessCode::from_bits(bytes);
            prop_assert_eq!(code.as_str().len(), 14);
            let sloppy = code.as_str().to_lowercase().replace('0', "O").replace('1', "i").replace('-', "  ");
            prop_assert_eq!(AccessCode::parse(&sloppy), Some(code));
        }
    }

    #[cfg(feature = "server")]
    #[rstest::rstest]
    #[case("4F7K\u{2013}Q2MZ\u{2013}81RD")]
    #[case("\u{201C}4F7K-Q2MZ-81RD\u{201D}.")]
    #[case("\u{FEFF}4F7K\u{2011}Q2MZ\u{2011}81RD\u{200B}")]
    #[case("４Ｆ７Ｋ－Ｑ２ＭＺ－８１ＲＤ")]
    #[case("'4f7k q2mz 8lrd'")]
    #[case("Your access code is 4F7K-Q2MZ-81RD.")]
    #[case("Access code: 4F7KQ2MZ81RD")]
    #[case("access code: 4F7K Q2MZ 81RD (keep it safe)")]
    #[case("RC-7K3M-92QF\n4F7K-Q2MZ-81RD")]
    fn it_is_found_as_mail_programs_hand_it_over(#[case] pasted: &str) {
        assert_eq!(AccessCode::parse(pasted).map(|code| code.0).as_deref(), Some("4F7K-Q2MZ-81RD"));
    }

    #[cfg(feature = "server")]
    #[rstest::rstest]
    #[case("")]
    #[case("4F7K-Q2MZ")]
    #[case("4F7K-Q2MZ-81RD-4F7K")]
    #[case("4F7K-Q2MZ-81RD or 5F7K-Q2MZ-81RD")]
    #[case("this text says what that code does")]
    #[case("4F7K-Q2MZ-81RU")]
    fn what_is_no_whole_code_or_more_than_one_is_none(#[case] typed: &str) {
        assert_eq!(AccessCode::parse(typed), None);
    }

    #[test]
    fn every_bit_of_the_sixty_counts() {
        let zero = AccessCode::from_bits([0; 8]);
        for bit in 0..60 {
            let code = AccessCode::from_bits((1u64 << (63 - bit)).to_be_bytes());
            assert_ne!(code, zero, "bit {bit}");
        }
    }
}

//! UK postcodes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::fields::typed::plain;

/// A full UK postcode in its usual spelling, `SW1A 1AA`.
///
/// Accepts any case, spacing and punctuation, as the GOV.UK addresses pattern asks, and only shapes in use in England. These have
/// one or two letters, a digit, perhaps a letter or digit, and an inward part without C, I, K, M, O, V.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Postcode(String);

impl Postcode {
    /// Reads a typed postcode, or returns `None` if it is not a full one.
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = plain(typed);
        let mut plain: Vec<u8> = typed
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|b| b.to_ascii_uppercase())
            .collect();
        if !typed
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c.is_whitespace() || c.is_ascii_punctuation())
        {
            return None;
        }
        if !(5..=7).contains(&plain.len()) {
            return None;
        }
        // The inward part begins with a digit, so an O there can only mean a zero.
        let digit = plain.len() - 3;
        if plain[digit] == b'O' {
            plain[digit] = b'0';
        }
        let (outward, inward) = plain.split_at(digit);
        let inward_letter = |b: u8| b.is_ascii_uppercase() && !b"CIKMOV".contains(&b);
        if !inward[0].is_ascii_digit() || !inward_letter(inward[1]) || !inward_letter(inward[2]) {
            return None;
        }
        let letters = outward.iter().take_while(|b| b.is_ascii_uppercase()).count();
        let rest = &outward[letters..];
        if !(1..=2).contains(&letters) || !(1..=2).contains(&rest.len()) || !rest[0].is_ascii_digit() {
            return None;
        }
        let spelled = [outward, b" ", inward].concat();
        String::from_utf8(spelled).ok().map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("SW1A 1AA", "SW1A 1AA")]
    #[case("m11ae", "M1 1AE")]
    #[case(" b33-8th. ", "B33 8TH")]
    #[case("CR26XH", "CR2 6XH")]
    #[case("DN55 1PT", "DN55 1PT")]
    #[case("w1a 0ax", "W1A 0AX")]
    #[case("EC1A1BB", "EC1A 1BB")]
    #[case("SE1 OAA", "SE1 0AA")]
    fn real_shapes_are_read(#[case] typed: &str, #[case] shown: &str) {
        assert_eq!(Postcode::parse(typed).unwrap().as_str(), shown);
    }

    #[cfg(feature = "server")]
    #[rstest]
    #[case("ＳＷ1A 1AA", "SW1A 1AA")]
    #[case("SW1A\u{A0}1AA\u{200B}", "SW1A 1AA")]
    #[case("SW1A\u{2011}1AA", "SW1A 1AA")]
    #[case("\u{202A}SW1A\u{2009}1AA\u{202C}.", "SW1A 1AA")]
    #[case("\u{201C}m1\u{2013}1ae\u{201D},", "M1 1AE")]
    #[case("SW\u{661}A \u{661}AA", "SW1A 1AA")]
    fn pasted_ones_are_read(#[case] typed: &str, #[case] shown: &str) {
        assert_eq!(Postcode::parse(typed).unwrap().as_str(), shown);
    }

    #[rstest]
    #[case("")]
    #[case("GIR 0AA")]
    #[case("AB1")]
    #[case("SW1A 1AI")]
    #[case("1AA SW1A")]
    #[case("SW1A 1AA 1")]
    fn others_are_not(#[case] typed: &str) {
        assert_eq!(Postcode::parse(typed), None);
    }
}

//! The code that opens a draft on another device: `7K3-M92-QFM`.

use std::fmt;

use super::crockford::{self, check};

/// How many symbols of a code are drawn; one more is computed from them.
pub const DRAWN: usize = 8;

/// Eight drawn Crockford symbols (40 bits) and a check symbol, in three groups of three: short enough to be read out, and one
/// wrong symbol or two swapped ones are found without asking anybody.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ReturnCode(String);

impl ReturnCode {
    /// The code made from 40 drawn bits: the low five of each of eight bytes.
    #[must_use]
    pub fn from_draw(draw: [u8; DRAWN]) -> Self {
        let mut values = draw.map(|b| b & 31).to_vec();
        values.push(check(&values));
        Self::spell(&values)
    }

    /// The code a person typed: any case, spaces or dashes anywhere, O for 0, I or L for 1. `None` when its length or its check
    /// symbol is wrong.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let values = crockford::values(typed)?;
        let (last, drawn) = values.split_last()?;
        (drawn.len() == DRAWN && check(drawn) == *last).then(|| Self::spell(&values))
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

    /// The code as it is shown, and as it is hashed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Never the code itself: a debug line must not open a draft.
impl fmt::Debug for ReturnCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReturnCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(draw in any::<[u8; DRAWN]>()) {
            let code = ReturnCode::from_draw(draw);
            prop_assert_eq!(code.as_str().len(), 11);
            let sloppy = code.as_str().to_lowercase().replace('0', "O").replace('1', "l").replace('-', "  ");
            prop_assert_eq!(ReturnCode::parse(&sloppy), Some(code));
        }

        #[test]
        fn one_wrong_symbol_is_found(draw in any::<[u8; DRAWN]>(), at in 0..=DRAWN, by in 1..32_u8) {
            let code = ReturnCode::from_draw(draw);
            let mut values = crockford::values(code.as_str()).unwrap();
            values[at] = (values[at] + by) & 31;
            prop_assert_eq!(ReturnCode::parse(ReturnCode::spell(&values).as_str()), None);
        }

        #[test]
        fn two_swapped_symbols_are_found(draw in any::<[u8; DRAWN]>(), a in 0..=DRAWN, b in 0..=DRAWN) {
            let code = ReturnCode::from_draw(draw);
            let mut values = crockford::values(code.as_str()).unwrap();
            values.swap(a, b);
            let swapped = ReturnCode::spell(&values);
            prop_assert_eq!(ReturnCode::parse(swapped.as_str()).is_some(), swapped == code);
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        for wrong in ["", "7K3", "7K3-M92-QF", "7K3-M92-QFM-1", "UUU-UUU-UUU", "!"] {
            assert_eq!(ReturnCode::parse(wrong), None, "{wrong}");
        }
    }
}

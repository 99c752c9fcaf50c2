//! The access code: what opens a case together with its reference.

use std::fmt;

use super::crockford;

/// How many symbols an access code has.
pub const SYMBOLS: usize = 12;

/// An access code: twelve Crockford symbols (60 bits), shown in three groups of four. Not stored anywhere, only its hash is.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessCode(String);

impl AccessCode {
    /// The code made from the first 60 bits of eight bytes.
    #[must_use]
    pub fn from_bits(bytes: [u8; 8]) -> Self {
        let bits = u64::from_be_bytes(bytes);
        let values = (0..SYMBOLS).map(|i| ((bits >> (59 - 5 * i)) & 31) as u8);
        Self::spell(values)
    }

    /// The code a person typed: any case, spaces or dashes anywhere, O for 0, I or L for 1. `None` when it cannot be one.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let values = crockford::values(typed)?;
        (values.len() == SYMBOLS).then(|| Self::spell(values.into_iter()))
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

    /// The code as it is shown, and as it is hashed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Never the code itself: a debug line must not open a case.
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

    #[test]
    fn every_bit_of_the_sixty_counts() {
        let zero = AccessCode::from_bits([0; 8]);
        for bit in 0..60 {
            let code = AccessCode::from_bits((1u64 << (63 - bit)).to_be_bytes());
            assert_ne!(code, zero, "bit {bit}");
        }
    }
}

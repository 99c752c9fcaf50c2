//! Crockford's base 32: no I, L, O or U, so that a code survives being read out over the phone.

/// The 32 symbols in order of value.
pub const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The symbol of a value, of which the low five bits count.
#[must_use]
pub fn symbol(value: u8) -> char {
    SYMBOLS[usize::from(value & 31)] as char
}

/// The value of a symbol as people write it: any case, O for 0, I or L for 1. `None` for what is no symbol.
#[must_use]
pub fn value(symbol: char) -> Option<u8> {
    let upper = match symbol.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    SYMBOLS.iter().position(|s| *s as char == upper).and_then(|i| u8::try_from(i).ok())
}

/// The values in a typed code, in order; spaces and dashes of every kind between them are passed over.
/// `None` when anything else is among them.
#[must_use]
pub fn values(typed: &str) -> Option<Vec<u8>> {
    typed.chars().filter(|c| !is_separator(*c)).map(value).collect()
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '_' | '.' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The check symbol of up to 30 values: Σ αⁱ·dᵢ over GF(2⁵) for i = 1..n, with α = x and the check symbol at i = 0.
/// Distinct weights find single errors and swaps: `(αⁱ - αʲ)(dᵢ - dⱼ)` is zero only when the symbols are equal.
#[must_use]
pub fn check(drawn: &[u8]) -> u8 {
    // Horner's rule: each step multiplies what is there by x.
    drawn.iter().fold(0, |sum, d| times_x(sum ^ (d & 31)))
}

/// Multiplication by x in GF(2⁵) modulo x⁵ + x² + 1, whose root has order 31.
fn times_x(v: u8) -> u8 {
    let shifted = v << 1;
    if shifted & 32 == 0 { shifted } else { (shifted ^ 0b10_0101) & 31 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_has_its_value() {
        for v in 0..32 {
            assert_eq!(value(symbol(v)), Some(v));
            assert_eq!(value(symbol(v).to_ascii_lowercase()), Some(v));
        }
        assert_eq!(value('o'), Some(0));
        assert_eq!(value('l'), Some(1));
        assert_eq!(value('U'), None);
    }
}

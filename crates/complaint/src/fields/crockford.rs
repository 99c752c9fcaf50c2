//! Crockford's base 32, without I, L, O and U, so that a code can be read out over the phone.

use crate::fields::typed::plain;

/// The 32 symbols in order of value.
pub const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Returns the symbol of the low five bits of `value`.
pub fn symbol(value: u8) -> char {
    SYMBOLS[usize::from(value & 31)] as char
}

/// Returns the value of a symbol as people write it: any case, O for 0, I or L for 1.
pub fn value(symbol: char) -> Option<u8> {
    let upper = match symbol.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    SYMBOLS.iter().position(|s| *s as char == upper).and_then(|i| u8::try_from(i).ok())
}

/// Returns the values of a typed code, in order, ignoring signs such as spaces, dashes and quotes.
///
/// Returns `None` if a letter is not a symbol.
fn values(plain: &str) -> Option<Vec<u8>> {
    plain.chars().filter(|c| c.is_alphanumeric()).map(value).collect()
}

/// Finds the only code in what a person typed or pasted: the whole text, or a code inside a sentence.
///
/// `read` turns values into a code, or returns `None` if they are not a code. Inside a sentence a code is written in groups of
/// `group` symbols, joined by dashes or by spaces, or in one piece. It must contain a digit, because words consist of the same
/// letters. Two different codes give `None`, because only one can be meant.
pub fn find<T: PartialEq>(typed: &str, group: usize, read: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
    let plain = plain(typed);
    if let Some(code) = values(&plain).and_then(|values| read(&values)) {
        return Some(code);
    }
    let words = groups(&plain);
    ["-", " "].into_iter().find_map(|joint| {
        let mut found: Option<T> = None;
        for (at, (_, first)) in words.iter().enumerate() {
            // No code has more than five groups.
            for end in at + 1..=words.len().min(at + 5) {
                let code = &words[at..end];
                let joined = code[1..].iter().all(|(before, _)| *before == joint);
                let is_cut = joint == "-" && (words[at].0 == "-" || words.get(end).is_some_and(|(before, _)| *before == "-"));
                let in_groups = code.len() > 1 && code.iter().all(|(_, word)| word.len() == group || *word == "RC" || *word == "rc");
                if !joined || is_cut || !(in_groups || code.len() == 1 && first.len() > group) {
                    continue;
                }
                let text: String = code.iter().map(|(_, word)| *word).collect();
                let has_digit = text.contains(|c: char| c.is_ascii_digit());
                let Some(code) = has_digit.then(|| values(&text)).flatten().and_then(|values| read(&values)) else {
                    continue;
                };
                match &found {
                    Some(other) if *other != code => return None,
                    _ => found = Some(code),
                }
            }
        }
        found
    })
}

/// Splits a text into runs of letters and digits, each with the text between it and the run before.
fn groups(text: &str) -> Vec<(&str, &str)> {
    let mut groups = Vec::new();
    let mut rest = text;
    while let Some(from) = rest.find(char::is_alphanumeric) {
        let (before, from_here) = rest.split_at(from);
        let to = from_here.find(|c: char| !c.is_alphanumeric()).unwrap_or(from_here.len());
        let (word, after) = from_here.split_at(to);
        groups.push((before, word));
        rest = after;
    }
    groups
}

/// Returns the check symbol of up to 30 values.
///
/// It is Σ αⁱ·dᵢ over GF(2⁵) for i = 1..n, with α = x and the check symbol at i = 0. Distinct weights detect single errors and
/// swaps: `(αⁱ - αʲ)(dᵢ - dⱼ)` is zero only when the symbols are equal.
pub fn check(drawn: &[u8]) -> u8 {
    // Horner's rule: each step multiplies the sum so far by x.
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

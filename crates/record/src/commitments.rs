//! Salted commitments: an event binds a text to the hash chain without containing it.
//!
//! A commitment is SHA-256 of 32 random bytes followed by the text. The salt is stored beside the event. Once a text
//! and its salt are destroyed, the commitment reveals nothing about the text, and the chain still verifies. A plain
//! hash would not do: short texts such as names can be guessed and compared.

use sha2::{Digest, Sha256};

use crate::entropy::{Entropy, bytes};

/// Length of a salt in bytes.
const SALT: usize = 32;

/// A text that belongs to a case and is bound by a commitment in an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// A name that does not change, unique within the event, such as `body` or `answers`.
    pub name: String,
    /// The text in UTF-8, exactly as the database stores it.
    pub text: String,
}

impl Item {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }
}

/// The commitments of one event, as stored in its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitments {
    /// JSON: `[["body","<64 hex digits>"], …]`, in the order of the items. The event's hash covers this text.
    pub commitments: String,
    /// JSON: `["<64 hex digits>", …]`, one for each commitment.
    pub salts: String,
}

impl Commitments {
    /// Commits to each item with its own salt.
    pub fn to_items(items: &[Item], entropy: &dyn Entropy) -> Self {
        let salts: Vec<[u8; SALT]> = items.iter().map(|_| bytes(entropy)).collect();
        let pairs = items.iter().zip(&salts);
        let commitments: Vec<(&str, String)> = pairs
            .map(|(item, salt)| (item.name.as_str(), hex::encode(commit(salt, &item.text))))
            .collect();
        let salts: Vec<String> = salts.iter().map(hex::encode).collect();
        Self {
            commitments: json(&commitments),
            salts: json(&salts),
        }
    }

    /// Parses the two columns. Returns `None` unless both are spelled exactly as this program writes them.
    ///
    /// Any other spelling of the same values means that the row was changed.
    pub fn parse(commitments: &str, salts: &str) -> Option<Vec<Commitment>> {
        let named: Vec<(String, String)> = serde_json::from_str(commitments).ok()?;
        let salted: Vec<String> = serde_json::from_str(salts).ok()?;
        if json(&named) != commitments || json(&salted) != salts || named.len() != salted.len() {
            return None;
        }
        named
            .into_iter()
            .zip(&salted)
            .map(|((item, hash), salt)| Commitment::parse(item, &hash, salt))
            .collect()
    }
}

/// One commitment with its salt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// The name of the item.
    pub item: String,
    hash: [u8; 32],
    salt: [u8; SALT],
}

impl Commitment {
    fn parse(item: String, hash: &str, salt: &str) -> Option<Self> {
        Some(Self {
            item,
            hash: exact(hash)?,
            salt: exact(salt)?,
        })
    }

    /// Returns true if `text` is the text that the event committed to.
    pub fn binds(&self, text: &str) -> bool {
        commit(&self.salt, text) == self.hash
    }
}

fn commit(salt: &[u8; SALT], text: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(text).finalize().into()
}

/// Decodes lower-case hexadecimal only, so that each value has exactly one spelling.
fn exact(digits: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    hex::decode_to_slice(digits, &mut out).ok()?;
    (hex::encode(out) == digits).then_some(out)
}

fn json<T: serde::Serialize>(value: &[T]) -> String {
    // Cannot fail: strings and pairs of strings always serialise.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn the_commitment_is_the_documented_one() {
        let made = Commitments::to_items(&[Item::new("body", "Damp in the bedroom")], &SeededEntropy::new(1));
        let salts: Vec<String> = serde_json::from_str(&made.salts).unwrap();
        let mut whole = hex::decode(&salts[0]).unwrap();
        assert_eq!(whole.len(), 32);
        whole.extend_from_slice(b"Damp in the bedroom");
        assert_eq!(made.commitments, format!(r#"[["body","{}"]]"#, hex::encode(Sha256::digest(&whole))));
    }

    #[test]
    fn equal_texts_have_different_commitments() {
        let items = [Item::new("a", "yes"), Item::new("b", "yes")];
        let made = Commitments::to_items(&items, &SeededEntropy::new(1));
        let read = Commitments::parse(&made.commitments, &made.salts).unwrap();
        assert_ne!(read[0].hash, read[1].hash);
    }

    #[test]
    fn another_spelling_of_the_same_values_is_refused() {
        let made = Commitments::to_items(&[Item::new("body", "x")], &SeededEntropy::new(1));
        for (commitments, salts) in [
            (made.commitments.replacen('[', "[ ", 1), made.salts.clone()),
            (made.commitments.clone(), made.salts.to_uppercase()),
            (made.commitments.clone(), "[]".to_owned()),
            (String::new(), made.salts.clone()),
        ] {
            assert_eq!(Commitments::parse(&commitments, &salts), None, "{commitments} {salts}");
        }
    }

    proptest! {
        #[test]
        fn only_the_text_itself_is_bound(text in ".{0,40}", other in ".{0,40}", seed: u64) {
            let made = Commitments::to_items(&[Item::new("body", text.clone())], &SeededEntropy::new(seed));
            let read = Commitments::parse(&made.commitments, &made.salts).unwrap();
            prop_assert!(read[0].binds(&text));
            prop_assert_eq!(read[0].binds(&other), text == other);
        }
    }
}

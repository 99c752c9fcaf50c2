//! Receipts: the signed statement that an event is in the log, with the proof of it.

use std::fmt::Write;

use crate::{
    Hash,
    checkpoint::Checkpoint,
    from_base64,
    note::{self, NoteError, PublicKey, SigningKey, VerifierKey},
    parse_number, to_base64, tree,
};

/// The first line of a receipt. It differs from every origin, so that no receipt is taken for a checkpoint.
const FORMAT: &str = "On Record receipt, version 1";

/// What a receipt states.
///
/// It leaves out the event's number on the case: that would tell how many events the person may not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The case's reference.
    pub reference: String,
    /// The event's kind, such as `submitted`.
    pub kind: String,
    /// When the event was added, in UTC (RFC 3339).
    pub at: String,
    /// The event's hash: the data of its leaf.
    pub hash: Hash,
    /// The leaf's place in the log, from 0.
    pub index: u64,
    /// The log when the receipt was made.
    pub log: Checkpoint,
    /// The inclusion proof of the leaf in that log.
    pub proof: Vec<Hash>,
}

/// Why a receipt is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error("the signed text is not a receipt")]
    Malformed,
    #[error("the proof does not lead from the event to the root of the log")]
    WrongProof,
}

impl Receipt {
    /// Returns the receipt as a signed note.
    pub fn sign(&self, origin: &str, key: &SigningKey) -> String {
        key.sign(origin, &self.text())
    }

    fn text(&self) -> String {
        let Self {
            reference,
            kind,
            at,
            index,
            ..
        } = self;
        let Checkpoint { size, root } = self.log;
        let mut text = format!(
            "{FORMAT}\nCase: {reference}\nWhat: {kind}\nWhen: {at}\nHash: {}\nPlace in the log: {index}\n\
             Size of the log: {size}\nRoot of the log: {}\n",
            to_base64(&self.hash),
            to_base64(&root)
        );
        for hash in &self.proof {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "Proof: {}", to_base64(hash));
        }
        text
    }

    /// Reads a receipt that one of these keys has signed, under any name, and checks its proof.
    ///
    /// The name is that of the server when the receipt was made. The server may have another one now.
    ///
    /// # Errors
    /// The signature is checked before the proof.
    pub fn open(signed: &str, keys: &[PublicKey]) -> Result<Self, ReceiptError> {
        let name = note::signer(signed)?;
        let mut text = Err(NoteError::UnknownKey);
        for key in keys {
            let key = VerifierKey {
                name: name.to_owned(),
                key: *key,
            };
            match note::open(signed, &key) {
                Err(NoteError::UnknownKey) => {}
                opened => {
                    text = opened;
                    break;
                }
            }
        }
        let text = text?;
        let receipt = Self::parse(text)
            .filter(|receipt| receipt.text() == text)
            .ok_or(ReceiptError::Malformed)?;
        let leaf = tree::leaf_hash(&receipt.hash);
        let root = tree::root_of_inclusion(&leaf, receipt.index, receipt.log.size, &receipt.proof);
        if root != Some(receipt.log.root) {
            return Err(ReceiptError::WrongProof);
        }
        Ok(receipt)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().filter_map(|line| line.split_once(": "));
        let mut value = |name: &str| lines.next().filter(|(found, _)| *found == name).map(|(_, value)| value);
        Some(Self {
            reference: value("Case")?.to_owned(),
            kind: value("What")?.to_owned(),
            at: value("When")?.to_owned(),
            hash: from_base64(value("Hash")?)?,
            index: parse_number(value("Place in the log")?)?,
            log: Checkpoint {
                size: parse_number(value("Size of the log")?)?,
                root: from_base64(value("Root of the log")?)?,
            },
            proof: lines.map(|(_, hash)| from_base64(hash)).collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAME: &str = "complaints.example.org/log";

    fn receipt() -> Receipt {
        let (first, second) = (tree::leaf_hash(&[1; 32]), tree::leaf_hash(&[2; 32]));
        Receipt {
            reference: "RC-7K3M-92QF".into(),
            kind: "message".into(),
            at: "2026-11-30T22:15:00.000000Z".into(),
            hash: [2; 32],
            index: 1,
            log: Checkpoint {
                size: 2,
                root: tree::node_hash(&first, &second),
            },
            proof: vec![first],
        }
    }

    #[test]
    fn a_receipt_is_read_again_with_any_of_the_keys() {
        let [key, other] = [1, 2].map(|byte| SigningKey::from_seed(&[byte; 32]));
        let signed = receipt().sign(NAME, &key);
        assert!(
            signed.starts_with("On Record receipt, version 1\nCase: RC-7K3M-92QF\nWhat: message\n"),
            "{signed}"
        );
        assert_eq!(Receipt::open(&signed, &[other.public(), key.public()]), Ok(receipt()));
        assert_eq!(Receipt::open(&signed, &[other.public()]), Err(NoteError::UnknownKey.into()));
    }

    #[test]
    fn a_proof_of_another_place_is_refused() {
        let key = SigningKey::from_seed(&[1; 32]);
        for wrong in [
            Receipt { index: 0, ..receipt() },
            Receipt { index: 2, ..receipt() },
            Receipt {
                hash: [3; 32],
                ..receipt()
            },
            Receipt {
                proof: vec![],
                ..receipt()
            },
        ] {
            let opened = Receipt::open(&wrong.sign(NAME, &key), &[key.public()]);
            assert_eq!(opened, Err(ReceiptError::WrongProof), "{wrong:?}");
        }
    }

    #[test]
    fn a_signed_checkpoint_is_no_receipt() {
        let key = SigningKey::from_seed(&[1; 32]);
        let opened = Receipt::open(&receipt().log.sign(NAME, &key), &[key.public()]);
        assert_eq!(opened, Err(ReceiptError::Malformed));
    }

    proptest! {
        #[test]
        fn any_changed_letter_is_found(at: prop::sample::Index) {
            let key = SigningKey::from_seed(&[1; 32]);
            let signed = receipt().sign(NAME, &key);
            let changed = at.index(signed.len());
            prop_assume!(signed.as_bytes()[changed].is_ascii());
            let mut bytes = signed.into_bytes();
            bytes[changed] = if bytes[changed] == b'x' { b'y' } else { b'x' };
            let changed = String::from_utf8(bytes).unwrap();
            prop_assert!(Receipt::open(&changed, &[key.public()]).is_err());
        }
    }
}

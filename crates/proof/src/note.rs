//! Signed notes in the format of C2SP `signed-note`, signed with Ed25519.

use std::fmt::{self, Debug, Display, Formatter};
use std::str::FromStr;

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::Signer;
use sha2::{Digest, Sha256};

use crate::{from_base64, to_base64};

/// The byte before the public key in a verifier key: Ed25519.
const ED25519: u8 = 1;

/// What a line with a signature begins with: an em dash and a space.
const SIGNATURE: &str = "\u{2014} ";

/// Why a note is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("the text is not a signed note")]
    Malformed,
    #[error("no known key signed the note")]
    UnknownKey,
    #[error("the signature does not belong to the text")]
    WrongSignature,
}

/// A private key.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl Debug for SigningKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

impl SigningKey {
    /// Makes the key with this seed (RFC 8032, 5.1.5).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Returns the text as a note that is signed under `name`. The text must end with a line break.
    pub fn sign(&self, name: &str, text: &str) -> String {
        let signature = [&self.public().id(name)[..], &self.0.sign(text.as_bytes()).to_bytes()].concat();
        format!("{text}\n{SIGNATURE}{name} {}\n", to_base64(&signature))
    }
}

/// A public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// Returns the first four bytes of the hash that names this key together with `name`.
    fn id(&self, name: &str) -> [u8; 4] {
        let [a, b, c, d, ..]: [u8; 32] = Sha256::new()
            .chain_update(name)
            .chain_update([b'\n', ED25519])
            .chain_update(self.0)
            .finalize()
            .into();
        [a, b, c, d]
    }

    fn verifies(&self, text: &str, signature: &[u8; 64]) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0);
        key.is_ok_and(|key| key.verify_strict(text.as_bytes(), &signature).is_ok())
    }
}

/// A public key with its name. Its text is that of C2SP `signed-note`, such as `example.org/log+c74f20a3+ARpc2Q…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    pub name: String,
    pub key: PublicKey,
}

impl Display for VerifierKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { name, key } = self;
        let id = u32::from_be_bytes(key.id(name));
        write!(f, "{name}+{id:08x}+{}", to_base64(&[&[ED25519], key.0.as_slice()].concat()))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let parse = || {
            let (name, rest) = text.split_once('+')?;
            let [kind, key @ ..] = from_base64::<33>(rest.split_once('+')?.1)?;
            let key = Self {
                name: name.to_owned(),
                key: PublicKey(key),
            };
            (kind == ED25519 && is_name(name) && key.to_string() == text).then_some(key)
        };
        parse().ok_or(NoteError::Malformed)
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+')
}

/// Returns the text of a note that `key` has signed. Signatures of other keys are passed over.
///
/// # Errors
/// The error says whether there is no signature of the key, or a wrong one.
pub fn open<'a>(note: &'a str, key: &VerifierKey) -> Result<&'a str, NoteError> {
    let (text, signatures) = parts(note)?;
    let id = key.key.id(&key.name);
    let mut result = Err(NoteError::UnknownKey);
    for line in signatures {
        let (name, signature) = line?;
        let [a, b, c, d, ref bytes @ ..] = *signature.as_slice() else {
            return Err(NoteError::Malformed);
        };
        if name == key.name && [a, b, c, d] == id {
            let is_right = <[u8; 64]>::try_from(bytes).is_ok_and(|bytes| key.key.verifies(text, &bytes));
            if !is_right {
                return Err(NoteError::WrongSignature);
            }
            result = Ok(text);
        }
    }
    result
}

/// Returns the name of the first signature of a note.
pub fn signer(note: &str) -> Result<&str, NoteError> {
    let (_, mut signatures) = parts(note)?;
    Ok(signatures.next().ok_or(NoteError::Malformed)??.0)
}

type SignatureLine<'a> = Result<(&'a str, Vec<u8>), NoteError>;

/// Splits a note into its text, with the last line break, and its signatures.
fn parts(note: &str) -> Result<(&str, impl Iterator<Item = SignatureLine<'_>>), NoteError> {
    let is_plain = !note.contains(|c: char| c.is_ascii_control() && c != '\n');
    let split = note.rfind("\n\n").filter(|_| is_plain).ok_or(NoteError::Malformed)?;
    let (text, signatures) = (&note[..=split], &note[split + 2..]);
    let lines = signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?.split('\n');
    Ok((text, lines.map(|line| signature_line(line).ok_or(NoteError::Malformed))))
}

/// Reads a line with a signature: the signer's name, and the bytes after it.
fn signature_line(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, signature) = line.strip_prefix(SIGNATURE)?.split_once(' ')?;
    is_name(name).then_some((name, STANDARD.decode(signature).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    /// The example of C2SP `signed-note`.
    const VERIFIER_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const SEED: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const TEXT: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const NOTE: &str = "If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
";

    fn verifier_key() -> VerifierKey {
        VERIFIER_KEY.parse().unwrap()
    }

    #[test]
    fn the_published_note_is_signed_and_opened() {
        let [_, seed @ ..] = from_base64::<33>(SEED).unwrap();
        let key = SigningKey::from_seed(&seed);
        assert_eq!(key.sign("PeterNeumann", TEXT), NOTE);
        assert_eq!(key.public(), verifier_key().key);
        assert_eq!(verifier_key().to_string(), VERIFIER_KEY);
        assert_eq!(open(NOTE, &verifier_key()), Ok(TEXT));
        assert_eq!(signer(NOTE), Ok("PeterNeumann"));
    }

    #[test]
    fn signatures_of_other_keys_are_passed_over() {
        let other = SigningKey::from_seed(&[7; 32]).sign("PeterNeumann", TEXT);
        assert_eq!(open(&other, &verifier_key()), Err(NoteError::UnknownKey));
        let line = other.lines().last().unwrap();
        assert_eq!(open(&format!("{NOTE}{line}\n"), &verifier_key()), Ok(TEXT));
    }

    #[rstest]
    #[case::no_signature(TEXT.to_owned())]
    #[case::no_line_break_at_the_end(NOTE.trim_end().to_owned())]
    #[case::no_blank_line(NOTE.replace("\n\n", "\n"))]
    #[case::a_carriage_return(NOTE.replace('\n', "\r\n"))]
    #[case::a_hyphen(NOTE.replace('\u{2014}', "-"))]
    #[case::no_name(NOTE.replace("PeterNeumann ", ""))]
    #[case::a_short_signature("text\n\n\u{2014} PeterNeumann AAAA\n".to_owned())]
    fn a_malformed_note_is_refused(#[case] note: String) {
        assert_eq!(open(&note, &verifier_key()), Err(NoteError::Malformed), "{note}");
    }

    #[rstest]
    #[case::another_id(VERIFIER_KEY.replace("c74f", "c74e"))]
    #[case::another_name(VERIFIER_KEY.replace("Peter", "Pieter"))]
    #[case::another_kind(VERIFIER_KEY.replace("+ARp", "+ADp"))]
    #[case::no_key("PeterNeumann+c74f20a3+".to_owned())]
    fn a_malformed_verifier_key_is_refused(#[case] key: String) {
        assert!(key.parse::<VerifierKey>().is_err(), "{key}");
    }

    proptest! {
        #[test]
        fn a_changed_text_is_found(at in 0..TEXT.len() - 1) {
            let mut bytes = NOTE.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
            let note = String::from_utf8(bytes).unwrap();
            prop_assert_eq!(open(&note, &verifier_key()), Err(NoteError::WrongSignature));
        }
    }
}

//! Checkpoints: the size and the root of the log at one moment, as in C2SP `tlog-checkpoint`.

use crate::{
    Hash, from_base64,
    note::{self, NoteError, SigningKey, VerifierKey},
    parse_number, to_base64,
};

/// The size and the root of the log at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub size: u64,
    pub root: Hash,
}

impl Checkpoint {
    /// Returns the checkpoint of the log `origin` as a signed note.
    pub fn sign(&self, origin: &str, key: &SigningKey) -> String {
        let Self { size, root } = self;
        key.sign(origin, &format!("{origin}\n{size}\n{}\n", to_base64(root)))
    }

    /// Reads a checkpoint that the log's key has signed. The key's name is the log's origin.
    pub fn open(signed: &str, key: &VerifierKey) -> Result<Self, NoteError> {
        let text = note::open(signed, key)?;
        let parse = || {
            let mut lines = text.lines();
            let is_ours = lines.next()? == key.name;
            let size = parse_number(lines.next()?)?;
            let root = from_base64(lines.next()?)?;
            is_ours.then_some(Self { size, root })
        };
        parse().ok_or(NoteError::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_checkpoint_is_read_again() {
        let key = SigningKey::from_seed(&[1; 32]);
        let checkpoint = Checkpoint { size: 20, root: [2; 32] };
        let signed = checkpoint.sign("complaints.example.org/log", &key);
        let begins = "complaints.example.org/log\n20\nAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n\n\u{2014} complaints.example.org/log ";
        assert!(signed.starts_with(begins), "{signed}");
        let verifier = |name: &str| VerifierKey {
            name: name.to_owned(),
            key: key.public(),
        };
        assert_eq!(Checkpoint::open(&signed, &verifier("complaints.example.org/log")), Ok(checkpoint));
        assert_eq!(
            Checkpoint::open(&signed, &verifier("other.example.org/log")),
            Err(NoteError::UnknownKey)
        );
        let other_origin = key.sign(
            "complaints.example.org/log",
            "other.example.org/log\n20\nAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n",
        );
        let opened = Checkpoint::open(&other_origin, &verifier("complaints.example.org/log"));
        assert_eq!(opened, Err(NoteError::Malformed));
    }
}

//! Proofs of the transparency log: what anyone can check without the database.
//!
//! The log is the Merkle tree of RFC 9162 over the hashes of all events. It is published as C2SP `tlog-tiles`, with
//! checkpoints that are C2SP signed notes. This crate reads no database and compiles for the browser too.

use base64::{Engine, engine::general_purpose::STANDARD};

pub mod checkpoint;
pub mod note;
pub mod receipt;
pub mod tiles;
pub mod tree;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Decodes base64 that has exactly `N` bytes.
fn from_base64<const N: usize>(text: &str) -> Option<[u8; N]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// Parses a decimal number as it is written: without a sign, and without zeros before it.
fn parse_number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

//! Resumable uploads: a table of cases for each verb, then failures around them, then two independent clients.

mod append;
mod clients;
mod create;
mod killed;
mod late;
mod littered;
mod offset;
mod on_case;
mod options;
mod s3;
mod storage;
mod table;
mod terminate;
mod writers;

use sha2::{Digest, Sha256};

/// Returns bytes that begin like a photo.
pub fn photo(size: usize) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec();
    bytes.extend((bytes.len()..size).map(|i| u8::try_from(i * 31 % 251).expect("below 251")));
    bytes.truncate(size);
    bytes
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

//! Resumable uploads: a table of cases for each verb, then failures around them, then two independent clients.

#[path = "tus/append.rs"]
mod append;
#[path = "tus/clients.rs"]
mod clients;
#[path = "tus/create.rs"]
mod create;
#[path = "tus/killed.rs"]
mod killed;
#[path = "tus/late.rs"]
mod late;
#[path = "tus/littered.rs"]
mod littered;
#[path = "tus/offset.rs"]
mod offset;
#[path = "tus/on_case.rs"]
mod on_case;
#[path = "tus/options.rs"]
mod options;
#[path = "tus/s3.rs"]
mod s3;
#[path = "tus/storage.rs"]
mod storage;
#[path = "tus/table.rs"]
mod table;
#[path = "tus/terminate.rs"]
mod terminate;
#[path = "tus/writers.rs"]
mod writers;

use record::events::hex;
use sha2::{Digest, Sha256};

/// Returns bytes that begin like a photo.
pub fn photo(size: usize) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec();
    bytes.extend((bytes.len()..size).map(|i| u8::try_from(i * 31 % 251).expect("below 251")));
    bytes.truncate(size);
    bytes
}

pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

//! Scanning with a real `ClamAV`: what it finds, what goes wrong on the way, and who may open a file when.

mod found;
mod held;
mod opening;
mod trouble;

use ::evidence::clamd::Verdict;
use bytes::Bytes;
use complaint::questionnaire::question::Purpose;
use contract::{FileState, FileView};
use futures::{TryStreamExt, stream};
use record::{scans, uploads};
use service::{
    Services,
    access::token::DraftToken,
    files::{
        self, Incoming, download,
        scanning::{self, RoundResult},
    },
};
use uuid::Uuid;

use crate::clamd::SIGNATURE;

pub async fn add(services: &Services, token: &DraftToken, filename: &str, bytes: &[u8]) -> Uuid {
    let file = Incoming {
        filename: filename.into(),
        purpose: Purpose::Evidence,
        declared_len: None,
    };
    let pieces: Vec<std::io::Result<Bytes>> = bytes.chunks(64 * 1024).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
    let added = files::add_file(services, token, file, stream::iter(pieces)).await.unwrap();
    assert_eq!(
        (added.state, added.scanned, added.readable),
        (FileState::Scanning, false, services.scanner().is_off())
    );
    added.id.parse().unwrap()
}

pub fn photo(size: usize) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec();
    bytes.extend((0..size).map(|i| u8::try_from(i % 251).unwrap()));
    bytes
}

/// Scans until nothing is due. Returns how many files that took.
pub async fn scan_all(services: &Services) -> usize {
    let mut taken = 0;
    while let RoundResult::Took(some) = scanning::round(services).await.unwrap() {
        taken += some;
    }
    taken
}

pub async fn shown(services: &Services, token: &DraftToken, file: Uuid) -> FileView {
    files::lookup(services, token, file).await.unwrap().unwrap()
}

pub async fn scan_of(services: &Services, file: Uuid) -> scans::Model {
    scans::lookup(&services.store().read, file).await.unwrap().unwrap()
}

pub async fn key_of(services: &Services, file: Uuid) -> String {
    let upload = uploads::lookup(&services.store().read, file).await.unwrap();
    upload.unwrap().storage_key
}

pub async fn content(services: &Services, file: &download::Readable) -> Vec<u8> {
    let pieces = file.part(services, 0..file.bytes).await.unwrap();
    pieces.map_ok(|b| b.to_vec()).try_concat().await.unwrap()
}

/// The verdict on `bad_letter`.
pub fn infected() -> Verdict {
    Verdict::Infected {
        signature: SIGNATURE.into(),
    }
}

pub fn pieces(bytes: &[u8]) -> impl futures::Stream<Item = Result<Bytes, std::convert::Infallible>> + Send + use<> {
    let pieces: Vec<_> = bytes.chunks(10_000).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
    stream::iter(pieces)
}

//! Comparing storage and record: bytes that nothing on the record speaks of, and files on the record whose bytes are gone.

use std::collections::HashMap;
use std::path::Path;

use futures::TryStreamExt;
use object_store::path::Path as Key;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::files::{PART, PIECES, io, storage};
use super::preview::PREVIEW;
use super::quarantine::QUARANTINE;
use super::sink::read_pieces;
use super::without_place::COPY;
use super::{Files, ReceiveError};
use crate::record::{
    progress,
    store::Store,
    uploads::{self, State},
};

/// Whatever is younger than this is left alone: it may be on its way.
pub const LEAST_AGE: Duration = Duration::hours(1);

/// Rows that are read at once.
const AT_ONCE: u64 = 1000;

/// What does not fit together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Files on the record, finished or not.
    pub files: u64,
    /// Things in storage that belong to no file on the record, with their size in bytes.
    pub litter: Vec<(String, u64)>,
    /// Things in storage whose names are none of ours. They are never removed.
    pub strange: Vec<String>,
    /// Files on the record whose bytes are not all there.
    pub missing: Vec<Uuid>,
}

/// What the record says of one upload.
struct Known {
    finished: bool,
    young: bool,
    /// Bytes that should be there.
    expected: u64,
    /// Where its bytes are, and those of its preview.
    storage_key: String,
    preview_key: Option<String>,
    /// Of an unfinished one: the keys of its pieces, where the storage has such.
    pieces: Vec<String>,
    found: u64,
}

/// Compares everything. Storage is listed first, so what comes meanwhile is on the record by the time that is read.
///
/// # Errors
/// [`ReceiveError::Storage`], [`ReceiveError::Record`].
pub async fn check(store: &Store, files: &Files, now: OffsetDateTime) -> Result<Findings, ReceiveError> {
    let stored = list(files).await?;
    let mut known = known(store, now - LEAST_AGE).await?;
    let mut findings = Findings {
        files: known.len() as u64,
        ..Findings::default()
    };
    for thing in stored {
        let Some((id, rest)) = named(&thing.key) else {
            findings.strange.push(thing.key);
            continue;
        };
        let belongs = match known.get_mut(&id) {
            None => false,
            Some(row) => row.takes(&thing, rest),
        };
        if !belongs && thing.at < now - LEAST_AGE {
            findings.litter.push((thing.key, thing.bytes));
        }
    }
    let incomplete = known.into_iter().filter(|(_, row)| !row.young && row.found < row.expected);
    findings.missing = incomplete.map(|(id, _)| id).collect();
    findings.missing.sort_unstable();
    findings.litter.sort_unstable();
    findings.strange.sort_unstable();
    Ok(findings)
}

/// Removes the litter of a check. How many things went.
///
/// # Errors
/// [`ReceiveError::Storage`]; what went before stays so.
pub async fn remove_litter(files: &Files, findings: &Findings) -> Result<u64, ReceiveError> {
    let mut gone = 0;
    for (key, _) in &findings.litter {
        match &files.folder {
            Some(folder) => tokio::fs::remove_file(folder.join(key)).await.map_err(io)?,
            None => files.delete(key).await?,
        }
        gone += 1;
    }
    Ok(gone)
}

impl Known {
    /// Counts a stored thing towards the upload; false when the upload needs it no longer.
    fn takes(&mut self, thing: &Thing, rest: &str) -> bool {
        let is_copy = self.storage_key.contains(COPY);
        let counts = match rest {
            _ if self.finished && thing.key == self.storage_key => true,
            _ if self.preview_key.as_ref() == Some(&thing.key) => return true,
            _ if rest.ends_with(PREVIEW) => return false,
            _ if thing.key.starts_with(QUARANTINE) => self.finished,
            // A copy nobody recorded, or one that was replaced.
            _ if rest.starts_with(COPY) => return false,
            // One whose name was given just before a crash goes back to being a part; the original of a copy goes.
            "" => (self.finished && !is_copy) || (!self.finished && self.pieces.is_empty()),
            PART => !self.finished,
            _ if rest.starts_with(PIECES) => !self.finished && self.pieces.contains(&thing.key),
            // A staging file of the store.
            _ if rest.starts_with('#') => return !self.finished,
            // What others keep beside a file is theirs to judge.
            _ => return true,
        };
        if counts {
            self.found += thing.bytes;
        }
        counts
    }
}

/// A thing in storage.
struct Thing {
    key: String,
    bytes: u64,
    at: OffsetDateTime,
}

/// The id a name begins with, and what follows it.
fn named(key: &str) -> Option<(Uuid, &str)> {
    let (id, rest) = key.strip_prefix(QUARANTINE).unwrap_or(key).split_at_checked(36)?;
    let id = Uuid::try_parse(id).ok()?;
    let ours = rest.is_empty() || rest.starts_with(['.', '#', '-']);
    ours.then_some((id, rest))
}

async fn list(files: &Files) -> Result<Vec<Thing>, ReceiveError> {
    let Some(folder) = &files.folder else {
        let objects = files.store.list(None::<&Key>).map_err(storage);
        let things = objects.map_ok(|object| Thing {
            key: object.location.to_string(),
            bytes: object.size,
            at: OffsetDateTime::from_unix_timestamp(object.last_modified.timestamp()).unwrap_or(OffsetDateTime::UNIX_EPOCH),
        });
        return things.try_collect().await;
    };
    // The store does not list its own staging files, which a crash leaves behind.
    let mut things = entries(folder, "").await?;
    let quarantine = folder.join(QUARANTINE);
    if quarantine.is_dir() {
        things.extend(entries(&quarantine, QUARANTINE).await?);
    }
    Ok(things)
}

/// The files in a folder; their keys begin with `prefix`.
async fn entries(folder: &Path, prefix: &str) -> Result<Vec<Thing>, ReceiveError> {
    let mut things = Vec::new();
    let mut entries = tokio::fs::read_dir(folder).await.map_err(io)?;
    while let Some(entry) = entries.next_entry().await.map_err(io)? {
        let about = match entry.metadata().await {
            Ok(about) => about,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Err(e) => return Err(io(e)),
        };
        if prefix.is_empty() && about.is_dir() && entry.file_name() == QUARANTINE.trim_end_matches('/') {
            continue;
        }
        things.push(Thing {
            key: format!("{prefix}{}", entry.file_name().to_string_lossy()),
            bytes: about.len(),
            at: about.modified().map_err(io)?.into(),
        });
    }
    Ok(things)
}

async fn known(store: &Store, young_from: OffsetDateTime) -> Result<HashMap<Uuid, Known>, ReceiveError> {
    let mut known = HashMap::new();
    let mut after = Uuid::nil();
    loop {
        let rows = uploads::page(&store.read, after, AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in rows {
            let finished = row.state != State::Receiving;
            known.insert(
                row.id,
                Known {
                    finished,
                    young: row.received_at.time() > young_from,
                    expected: if finished { row.bytes.unsigned_abs() } else { 0 },
                    storage_key: row.storage_key,
                    preview_key: row.preview_key,
                    pieces: Vec::new(),
                    found: 0,
                },
            );
        }
    }
    let mut after = Uuid::nil();
    loop {
        let rows = progress::page(&store.read, after, AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        after = last.upload_id;
        for row in rows {
            if let Some(upload) = known.get_mut(&row.upload_id).filter(|upload| !upload.finished) {
                upload.expected = row.received.unsigned_abs();
                upload.pieces = read_pieces(&row.pieces).unwrap_or_default();
            }
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ours_begin_with_an_id() {
        let id = "01935fcc-2d60-7000-8000-000000000001";
        assert_eq!(named(&format!("quarantine/{id}")), Some((Uuid::try_parse(id).unwrap(), "")));
        for rest in ["", ".part", "#1", ".pieces/000000000000-5-w", ".preview.jpg"] {
            assert_eq!(named(&format!("{id}{rest}")), Some((Uuid::try_parse(id).unwrap(), rest)));
        }
        for strange in ["", "README", "lost+found", &id[1..], &format!("{id}x")] {
            assert_eq!(named(strange), None, "{strange}");
        }
    }
}

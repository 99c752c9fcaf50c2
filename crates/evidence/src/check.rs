//! Consistency check of storage and database: finds stored objects without a row, and rows whose bytes are missing.

use std::collections::HashMap;
use std::path::Path;

use futures::TryStreamExt;
use object_store::path::Path as Key;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::files::QUARANTINE;
use crate::files::{PART, PIECES, io, storage};
use crate::preview::PREVIEW;
use crate::sink::read_pieces;
use crate::strip_location::COPY;
use crate::{FileStore, ReceiveError};
use record::{
    store::Store,
    upload_progress,
    uploads::{self, State},
};

/// Minimum age of anything the check reports: younger objects and uploads may still be in progress.
pub const LEAST_AGE: Duration = Duration::hours(1);

/// Rows read per query.
const AT_ONCE: u64 = 1000;

/// The result of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Number of uploads in the database, finished or not.
    pub files: u64,
    /// Stored objects that belong to no upload: keys and sizes in bytes.
    pub orphans: Vec<(String, u64)>,
    /// Keys that do not follow our naming scheme. They are never removed.
    pub foreign_keys: Vec<String>,
    /// Uploads whose bytes are missing or incomplete.
    pub missing: Vec<Uuid>,
}

/// What the database says about one upload.
struct UploadEntry {
    finished: bool,
    young: bool,
    /// Bytes that should be stored.
    expected: u64,
    storage_key: String,
    preview_key: Option<String>,
    /// Keys of the pieces of an unfinished upload; empty where files are kept in a folder.
    pieces: Vec<String>,
    found: u64,
}

/// Compares all stored objects with all uploads.
///
/// Storage is listed first, so an object that arrives meanwhile has its row by the time the rows are read.
pub async fn check(store: &Store, files: &FileStore, now: OffsetDateTime) -> Result<Findings, ReceiveError> {
    let stored = list(files).await?;
    let mut known = known(store, now - LEAST_AGE).await?;
    let mut findings = Findings {
        files: known.len() as u64,
        ..Findings::default()
    };
    for thing in stored {
        let Some((id, rest)) = parse_key(&thing.key) else {
            findings.foreign_keys.push(thing.key);
            continue;
        };
        let belongs = match known.get_mut(&id) {
            None => false,
            Some(row) => row.needs_object(&thing, rest),
        };
        if !belongs && thing.at < now - LEAST_AGE {
            findings.orphans.push((thing.key, thing.bytes));
        }
    }
    let incomplete = known.into_iter().filter(|(_, row)| !row.young && row.found < row.expected);
    findings.missing = incomplete.map(|(id, _)| id).collect();
    findings.missing.sort_unstable();
    findings.orphans.sort_unstable();
    findings.foreign_keys.sort_unstable();
    Ok(findings)
}

/// Deletes the objects in `findings.orphans` and returns how many. After an error, earlier deletions remain done.
pub async fn remove_litter(files: &FileStore, findings: &Findings) -> Result<u64, ReceiveError> {
    let mut gone = 0;
    for (key, _) in &findings.orphans {
        match &files.folder {
            Some(folder) => tokio::fs::remove_file(folder.join(key)).await.map_err(io)?,
            None => files.delete(key).await?,
        }
        gone += 1;
    }
    Ok(gone)
}

impl UploadEntry {
    /// Returns whether the upload needs a stored object. Adds the object's size to `found` if it holds bytes of the file.
    fn needs_object(&mut self, thing: &StoredObject, rest: &str) -> bool {
        let is_copy = self.storage_key.contains(COPY);
        let counts = match rest {
            _ if self.finished && thing.key == self.storage_key => true,
            _ if self.preview_key.as_ref() == Some(&thing.key) => return true,
            _ if rest.ends_with(PREVIEW) => return false,
            _ if thing.key.starts_with(QUARANTINE) => self.finished,
            // A copy without location metadata that was never recorded, or that was replaced.
            _ if rest.starts_with(COPY) => return false,
            // After a crash between the rename and the commit, the next writer turns the whole file back into a part. The
            // original of a copy is not needed any more.
            "" => (self.finished && !is_copy) || (!self.finished && self.pieces.is_empty()),
            PART => !self.finished,
            _ if rest.starts_with(PIECES) => !self.finished && self.pieces.contains(&thing.key),
            // A staging file of `object_store`.
            _ if rest.starts_with('#') => return !self.finished,
            // An unknown suffix: other programs may keep files beside ours.
            _ => return true,
        };
        if counts {
            self.found += thing.bytes;
        }
        counts
    }
}

/// A stored object.
struct StoredObject {
    key: String,
    bytes: u64,
    at: OffsetDateTime,
}

/// Splits a key into the upload id it begins with and the rest.
fn parse_key(key: &str) -> Option<(Uuid, &str)> {
    let (id, rest) = key.strip_prefix(QUARANTINE).unwrap_or(key).split_at_checked(36)?;
    let id = Uuid::try_parse(id).ok()?;
    let ours = rest.is_empty() || rest.starts_with(['.', '#', '-']);
    ours.then_some((id, rest))
}

async fn list(files: &FileStore) -> Result<Vec<StoredObject>, ReceiveError> {
    let Some(folder) = &files.folder else {
        let objects = files.store.list(None::<&Key>).map_err(storage);
        let things = objects.map_ok(|object| StoredObject {
            key: object.location.to_string(),
            bytes: object.size,
            at: OffsetDateTime::from_unix_timestamp(object.last_modified.timestamp()).unwrap_or(OffsetDateTime::UNIX_EPOCH),
        });
        return things.try_collect().await;
    };
    // `object_store` does not list its own staging files, which a crash leaves behind.
    let mut things = entries(folder, "").await?;
    let quarantine = folder.join(QUARANTINE);
    if quarantine.is_dir() {
        things.extend(entries(&quarantine, QUARANTINE).await?);
    }
    Ok(things)
}

/// Lists the files in a folder. `prefix` is put before their names to form keys.
async fn entries(folder: &Path, prefix: &str) -> Result<Vec<StoredObject>, ReceiveError> {
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
        things.push(StoredObject {
            key: format!("{prefix}{}", entry.file_name().to_string_lossy()),
            bytes: about.len(),
            at: about.modified().map_err(io)?.into(),
        });
    }
    Ok(things)
}

async fn known(store: &Store, young_from: OffsetDateTime) -> Result<HashMap<Uuid, UploadEntry>, ReceiveError> {
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
                UploadEntry {
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
        let rows = upload_progress::page(&store.read, after, AT_ONCE).await?;
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
        assert_eq!(parse_key(&format!("quarantine/{id}")), Some((Uuid::try_parse(id).unwrap(), "")));
        for rest in ["", ".part", "#1", ".pieces/000000000000-5-w", ".preview.jpg"] {
            assert_eq!(parse_key(&format!("{id}{rest}")), Some((Uuid::try_parse(id).unwrap(), rest)));
        }
        for strange in ["", "README", "lost+found", &id[1..], &format!("{id}x")] {
            assert_eq!(parse_key(strange), None, "{strange}");
        }
    }
}

//! Inspects a complete file: what a container holds, whether it opens, and what metadata a photo or film contains.
//!
//! Works on a local open file (a copy where files are stored elsewhere), so that containers can be read at any position in
//! constant memory. Only a container's short lists of contents are unpacked, and only their beginnings.

mod compound;
mod film;
pub(crate) mod location;
mod office;
mod pdf;
mod picture;

use std::fs::File;

use crate::digest::FileDigest;
use crate::files::unreadable;
use crate::sandbox::Sandbox;
use crate::sniff::{COMPOUND, ZIP, narrow};
use crate::{FileStore, ReceiveError, Receiver, types};
use record::uploads::Model as Upload;

/// Facts about a file, found in its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The media type of one of [`types::ACCEPTED`].
    pub media_type: &'static str,
    /// When the picture was taken, by the camera's own clock: `2026-03-04T18:30:00`. The UTC offset (`+00:00`) follows if the
    /// camera recorded one.
    pub taken_at: Option<String>,
    /// Whether the file says where the picture or film was taken.
    pub has_place: bool,
}

impl Facts {
    /// Facts about a file without metadata.
    pub const fn plain(media_type: &'static str) -> Self {
        Self {
            media_type,
            taken_at: None,
            has_place: false,
        }
    }

    /// Writes the facts to a file's row.
    pub(crate) fn put_in(self, upload: &mut Upload) {
        self.media_type.clone_into(&mut upload.media_type);
        upload.taken_at = self.taken_at;
        upload.has_place = self.has_place;
    }
}

impl Receiver {
    /// Inspects a stored file. Refuses a file that is larger than its type may be.
    pub(crate) async fn examine(&self, upload: &Upload, whole: &FileDigest) -> Result<Facts, ReceiveError> {
        let limit = self.limits.of(types::is_recording(whole.media_type));
        if whole.bytes > limit {
            return Err(ReceiveError::TooLarge { limit });
        }
        let owner = upload.draft_id.or(upload.case_id).unwrap_or(upload.id);
        let asker = upload.sent_near.as_deref().unwrap_or(owner.as_bytes());
        examine(&self.files, &upload.storage_key, whole, (&self.confined, asker)).await
    }
}

/// Inspects a stored file, given the type that its bytes had while they arrived ([`crate::sniff::Sniffer::media_type`]).
async fn examine(files: &FileStore, key: &str, whole: &FileDigest, (confined, asker): (&Sandbox, &[u8])) -> Result<Facts, ReceiveError> {
    match whole.media_type {
        ZIP => blocking(files.copy_here(key).await?, |file| office::document_type(file).map(Facts::plain)).await,
        COMPOUND => blocking(files.copy_here(key).await?, |file| compound::document_type(file).map(Facts::plain)).await,
        types::PDF => {
            let file = files.copy_here(key).await?;
            pdf::check_pdf(file, whole.text_type, confined, asker).await.map(Facts::plain)
        }
        seen if types::is_picture(seen) => {
            let file = files.copy_here(key).await?;
            blocking(file, move |file| Ok(picture::picture_facts(file, seen))).await
        }
        seen if types::is_recording(seen) => {
            let media_type = match seen {
                seen if types::has_tracks(seen) => film::by_tracks(files, key, whole.bytes, seen).await?,
                seen => seen,
            };
            Ok(Facts {
                has_place: film::contains_location(files, key).await?,
                ..Facts::plain(media_type)
            })
        }
        other => Ok(Facts::plain(other)),
    }
}

/// Runs `work` on a thread for blocking calls. A parser that panics has met a malformed file: [`ReceiveError::Damaged`].
pub(crate) async fn blocking<T: Send + 'static>(
    file: File,
    work: impl FnOnce(File) -> Result<T, ReceiveError> + Send + 'static,
) -> Result<T, ReceiveError> {
    tokio::task::spawn_blocking(move || work(file))
        .await
        .unwrap_or(Err(ReceiveError::Damaged))
}

pub(crate) use pdf::{BROKEN, OPEN, PROTECTED, without_lines_before};
pub(crate) use picture::{picture_facts as look_at_picture, read as read_exif};

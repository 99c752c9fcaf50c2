//! Looking into a file that is whole: what a container holds, whether it can be opened, what a photo or film says of itself.
//!
//! Works on an open file of this machine, which is a copy where files are kept elsewhere, so that containers can be read anywhere
//! in constant memory. Nothing is unpacked but two short lists of contents, and of those only the beginning.

mod compound;
mod film;
mod office;
mod pdf;
mod picture;
mod place;

use std::fs::File;

use super::confined::Confined;
use super::digest::Whole;
use super::sniff::{COMPOUND, ZIP, narrow};
use super::whole::unreadable;
use super::{Files, ReceiveError, Receiver, types};
use crate::record::uploads::Model as Upload;

/// What is known about a file from its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// That of one of [`types::ACCEPTED`].
    pub media_type: &'static str,
    /// When the camera took the picture, by the camera's own clock: `2026-03-04T18:30:00`, and the distance to UTC behind it
    /// when the camera noted one (`+00:00`).
    pub taken_at: Option<String>,
    /// Whether it says where the picture or film was taken.
    pub has_place: bool,
}

impl Facts {
    /// Those of a file that says nothing of itself.
    #[must_use]
    pub const fn plain(media_type: &'static str) -> Self {
        Self {
            media_type,
            taken_at: None,
            has_place: false,
        }
    }

    /// Puts them in a file's row.
    pub(super) fn put_in(self, upload: &mut Upload) {
        self.media_type.clone_into(&mut upload.media_type);
        upload.taken_at = self.taken_at;
        upload.has_place = self.has_place;
    }
}

impl Receiver {
    /// What the stored file of a row is; one that is larger than its kind may be is refused, too.
    ///
    /// # Errors
    /// Those of [`examine`] and [`ReceiveError::TooLarge`].
    pub(super) async fn examine(&self, upload: &Upload, whole: &Whole) -> Result<Facts, ReceiveError> {
        let limit = self.limits.of(types::is_recording(whole.media_type));
        if whole.bytes > limit {
            return Err(ReceiveError::TooLarge { limit });
        }
        let owner = upload.draft_id.or(upload.case_id).unwrap_or(upload.id);
        let asker = upload.sent_near.as_deref().unwrap_or(owner.as_bytes());
        examine(&self.files, &upload.storage_key, whole, (&self.confined, asker)).await
    }
}

/// What the stored file at a key is, given what its bytes looked like on the way ([`super::sniff::Sniffer::media_type`]).
///
/// # Errors
/// [`ReceiveError::UnsupportedType`] for a container of something else, [`ReceiveError::Protected`],
/// [`ReceiveError::Macros`], [`ReceiveError::Damaged`]; [`ReceiveError::Storage`] when it cannot be read.
async fn examine(files: &Files, key: &str, whole: &Whole, (confined, asker): (&Confined, &[u8])) -> Result<Facts, ReceiveError> {
    match whole.media_type {
        ZIP => blocking(files.copy_here(key).await?, |file| office::look(file).map(Facts::plain)).await,
        COMPOUND => blocking(files.copy_here(key).await?, |file| compound::look(file).map(Facts::plain)).await,
        types::PDF => {
            let file = files.copy_here(key).await?;
            pdf::look(file, whole.text_type, confined, asker).await.map(Facts::plain)
        }
        seen if types::is_picture(seen) => {
            let file = files.copy_here(key).await?;
            blocking(file, move |file| Ok(picture::look(file, seen))).await
        }
        seen if types::is_recording(seen) => {
            let media_type = match seen {
                seen if types::has_tracks(seen) => film::by_tracks(files, key, whole.bytes, seen).await?,
                seen => seen,
            };
            Ok(Facts {
                has_place: film::says_where(files, key).await?,
                ..Facts::plain(media_type)
            })
        }
        other => Ok(Facts::plain(other)),
    }
}

/// Off the threads that answer requests. A parser that panics has met a file that is not what it should be.
pub(super) async fn blocking<T: Send + 'static>(
    file: File,
    work: impl FnOnce(File) -> Result<T, ReceiveError> + Send + 'static,
) -> Result<T, ReceiveError> {
    tokio::task::spawn_blocking(move || work(file))
        .await
        .unwrap_or(Err(ReceiveError::Damaged))
}

pub(super) use pdf::{BROKEN, OPEN, PROTECTED, without_lines_before};
pub(super) use picture::{look as look_at_picture, read as read_exif};

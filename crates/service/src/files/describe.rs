//! The uploader's description of a file, and a copy of a photo without location metadata.

use crate::file_view;
use uuid::Uuid;

use crate::files::FileError;
use crate::{Services, access::token::DraftToken, drafts, files::scanning, typed_text::DraftPage};
use complaint::questionnaire::file_description::Description;
use contract::FileView;
use evidence::disk_budget::Priority;
use evidence::strip_location::{self, LocationFreeCopy};
use record::scans;
use record::typed_text::{self, Holder};
use record::uploads::{self, Model as Upload, State, facts};

/// Stores the uploader's description of a file of an unsent draft. Returns [`FileError::Invalid`] if it is too long.
pub async fn describe(services: &Services, token: &DraftToken, file: Uuid, said: &Description) -> Result<FileView, FileError> {
    let said = said.check().map_err(FileError::Invalid)?;
    let mut upload = own_unsent(services, token, file).await?;
    let given = |text: String| (!text.is_empty()).then_some(text);
    upload.caption = given(said.caption);
    upload.shows = given(said.shows);
    let write = services.store().begin().await?;
    // Locked, so that the draft is not sent meanwhile.
    let locked = drafts::lock(services, &write, token).await?;
    let Some(held) = locked else { return Err(FileError::NotFound) };
    if !facts::describe(&write, upload.id, upload.caption.clone(), upload.shows.clone()).await? {
        return Err(FileError::NotFound);
    }
    typed_text::remove_page(&write, Holder::Draft(held.draft.id), &DraftPage::File(file).name()).await?;
    write.commit().await?;
    Ok(file_view::file(services, upload))
}

/// Replaces a photo of an unsent draft with a copy without location metadata.
///
/// The record keeps the hash of the original, whose bytes are deleted. A photo without location metadata is left alone. If
/// no such copy can be made, the result is [`FileError::LocationNotRemovable`] and the photo stays as it was.
pub async fn remove_location_metadata(services: &Services, token: &DraftToken, file: Uuid) -> Result<FileView, FileError> {
    let original = own_unsent(services, token, file).await?;
    if !original.has_place {
        return Ok(file_view::file(services, original));
    }
    if original.state == State::Refused {
        // The bytes are in quarantine, where nothing reads them.
        return Err(FileError::LocationNotRemovable);
    }
    services
        .disk_budget()
        .check(Priority::Unsent, original.bytes.unsigned_abs())
        .await?;
    let made = strip_location::make(services.files(), &original.storage_key, &original.media_type).await?;
    let LocationFreeCopy { bytes, facts } = made.ok_or(FileError::LocationNotRemovable)?;
    let (size, storage_key) = (
        i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        strip_location::key(original.id, services.new_id()),
    );
    let sha256 = services.files().store_whole(&storage_key, bytes).await?;
    let copy = Upload {
        bytes: size,
        sha256: Some(sha256),
        state: State::Scanning,
        reason: None,
        storage_key,
        taken_at: facts.taken_at,
        has_place: false,
        original_sha256: original.original_sha256.clone().or_else(|| original.sha256.clone()),
        preview_state: None,
        preview_key: None,
        preview_sha256: None,
        preview_bytes: None,
        suspicion: None,
        ..original.clone()
    };
    let replaced = replace(services, token, &original, &copy).await;
    // Bytes are removed only after the row is decided: bytes without a row are merely orphans, a row without bytes is damage.
    let litter = if replaced.is_ok() { &original } else { &copy };
    for key in litter.storage_keys() {
        if let Err(e) = services.files().remove(key).await {
            tracing::warn!(upload = %original.id, error = %e, "bytes left over from replacing a photo could not be removed");
        }
    }
    replaced
}

/// Puts the copy on the record in place of the original, if that is still there and not sent.
async fn replace(services: &Services, token: &DraftToken, original: &Upload, copy: &Upload) -> Result<FileView, FileError> {
    let write = services.store().begin().await?;
    let locked = drafts::lock(services, &write, token).await?;
    let now = uploads::lookup(&write.tx(), original.id).await?;
    let same = now.filter(|now| now.storage_key == original.storage_key && now.draft_id == original.draft_id);
    let (Some(_), Some(now)) = (locked, same) else {
        return Err(FileError::NotFound);
    };
    if now.state == State::Refused || !facts::replace_with_copy(&write, copy).await? {
        return Err(FileError::NotFound);
    }
    scans::reset(&write, copy.id, services.instant()).await?;
    write.commit().await?;
    scanning::wake(services);
    let copy = Upload {
        // The description may have changed while the copy was made.
        caption: now.caption,
        shows: now.shows,
        ..copy.clone()
    };
    Ok(file_view::file(services, copy))
}

/// Returns a complete file of an unsent draft.
async fn own_unsent(services: &Services, token: &DraftToken, file: Uuid) -> Result<Upload, FileError> {
    let draft = crate::files::unsent_draft_id(services, token).await?;
    let upload = uploads::lookup(&services.store().read, file).await?;
    let own = upload.filter(|u| u.draft_id == Some(draft) && u.state != State::Receiving);
    own.ok_or(FileError::NotFound)
}

//! Previews of the pictures that may be opened, made in the background.

use crate::{ServiceError, Services};
use evidence::disk_budget::Priority;
use evidence::preview::{self, PreviewError};
use evidence::types::{ACCEPTED, is_picture};
use record::uploads::{Model as Upload, Preview, PreviewState, State, facts};

/// The result of [`make_previews`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Previews {
    pub made: u64,
    /// Pictures that cannot be decoded. They are not tried again.
    pub undecodable: u64,
    /// HEIC pictures left until a program that decodes them is installed.
    pub left: u64,
}

/// Makes up to `at_most` missing previews of pictures that may be opened.
///
/// Those are clean pictures and, with scanning off, pictures that were not scanned. A preview of any other would be no safer
/// to show. Several servers may run this at once. Previews made before an error stay.
pub async fn make_previews(services: &Services, at_most: u64) -> Result<Previews, ServiceError> {
    let has_program = preview::heif_program().is_some();
    let is_heif = |media_type: &str| media_type.starts_with("image/hei");
    let kinds = ACCEPTED.iter().map(|kind| kind.media_type).filter(|kind| is_picture(kind));
    let (now, later): (Vec<&str>, Vec<&str>) = kinds.partition(|kind| has_program || !is_heif(kind));
    let states: &[State] = if services.scanner().is_off() {
        &[State::Clean, State::Scanning]
    } else {
        &[State::Clean]
    };
    let db = &services.store().read;
    let mut done = Previews::default();
    // Previews can wait until there is disk space again.
    if services.disk_budget().check(Priority::Case, 0).await.is_err() {
        return Ok(done);
    }
    if !later.is_empty() {
        done.left = facts::without_preview(db, states, &later, at_most).await?.len() as u64;
    }
    for picture in facts::without_preview(db, states, &now, at_most).await? {
        match preview::make(services.files(), services.sandbox(), &picture.storage_key, &picture.media_type).await {
            Ok(made) => {
                let key = made.storage_key.clone();
                if note(services, &picture, PreviewState::Made, Some(made)).await? {
                    done.made += 1;
                } else {
                    // The picture was removed or replaced while its preview was made.
                    services.files().remove(&key).await.map_err(ServiceError::storage)?;
                }
            }
            Err(PreviewError::Undecodable(why)) => {
                tracing::info!(upload = %picture.id, %why, "a picture has no preview");
                note(services, &picture, PreviewState::Undecodable, None).await?;
                done.undecodable += 1;
            }
            Err(PreviewError::NoDecoder | PreviewError::NoPicture) => done.left += 1,
            Err(PreviewError::Unavailable(e)) => return Err(ServiceError::storage(e)),
        }
    }
    Ok(done)
}

async fn note(services: &Services, picture: &Upload, state: PreviewState, made: Option<Preview>) -> Result<bool, ServiceError> {
    let write = services.store().begin().await?;
    let noted = facts::note_preview(&write, picture, state, made).await?;
    write.commit().await?;
    Ok(noted)
}

//! Previews of pictures: JPEGs that are drawn anew from what was decoded, so that nothing of the original but what it looks
//! like is in them. For the people who read a case; the original stays as it came.

pub mod draw;

use std::io::Write;
use std::path::{Path, PathBuf};

use super::confined::{Confined, ConfinedError, Task};
use super::whole::unreadable;
use super::{Files, ReceiveError, types};
use crate::record::uploads::Preview;

/// The longer side of a preview, in pixels.
pub const LONGEST_SIDE: u32 = 1600;

/// More than any preview of that size has, in bytes.
const LARGEST: u64 = 8 * 1024 * 1024;

/// Programs of libheif that decode HEIC and HEIF, the newer name first.
const HEIF_PROGRAMS: [&str; 2] = ["heif-dec", "heif-convert"];

/// Where programs are.
const FOLDERS: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// It is no picture.
    #[error("not a picture")]
    NoPicture,
    /// No program on this machine decodes HEIC.
    #[error("no program decodes HEIC: install libheif's heif-dec or heif-convert")]
    NoDecoder,
    /// It cannot be decoded within the limits. Trying again would end the same.
    #[error("cannot be decoded: {0}")]
    Undecodable(#[source] ConfinedError),
    /// The process could not be started, or the file not be read or stored: may work later.
    #[error(transparent)]
    Unavailable(ReceiveError),
}

/// The program that decodes HEIC on this machine.
#[must_use]
pub fn heif_program() -> Option<PathBuf> {
    let places = HEIF_PROGRAMS
        .iter()
        .flat_map(|name| FOLDERS.map(|folder| Path::new(folder).join(name)));
    places.into_iter().find(|path| path.is_file())
}

/// What the keys of previews end in.
pub(super) const PREVIEW: &str = ".preview";

/// Where the preview of the file at a key is kept.
#[must_use]
pub fn key(storage_key: &str) -> String {
    format!("{storage_key}{PREVIEW}")
}

/// Makes the preview of a stored picture and stores it beside the picture. The caller decides whose: nothing that has not
/// been scanned should be shown to anybody.
///
/// # Errors
/// [`PreviewError`]; then nothing was stored.
pub async fn make(files: &Files, confined: &Confined, storage_key: &str, media_type: &str) -> Result<Preview, PreviewError> {
    if !types::is_picture(media_type) {
        return Err(PreviewError::NoPicture);
    }
    let is_heif = matches!(media_type, types::HEIC | types::HEIF);
    let program = is_heif.then(|| heif_program().ok_or(PreviewError::NoDecoder)).transpose()?;
    let mut file = files.copy_here(storage_key).await.map_err(PreviewError::Unavailable)?;
    if let Some(program) = program {
        file = decode_heif(confined, file, program).await?;
    }
    // libheif turns a picture upright itself, and hands on what it says of itself.
    let task = Task::Preview { upright: is_heif };
    let jpeg = confined.run(&task, file, LARGEST).await.map_err(failed)?;
    let (storage_key, bytes) = (key(storage_key), jpeg.len() as u64);
    let sha256 = files.store_whole(&storage_key, jpeg).await.map_err(PreviewError::Unavailable)?;
    Ok(Preview {
        storage_key,
        sha256,
        bytes,
    })
}

/// The picture as a JPEG in a file that has no name any more.
async fn decode_heif(confined: &Confined, mut file: std::fs::File, program: PathBuf) -> Result<std::fs::File, PreviewError> {
    let folder = tempfile::tempdir().map_err(unavailable)?;
    let at = folder.path().join("in.heic");
    let file = tokio::task::spawn_blocking(move || {
        let mut to = std::fs::File::create_new(at)?;
        std::io::copy(&mut file, &mut to)?;
        to.flush()?;
        std::fs::File::open("/dev/null")
    });
    let nothing = file.await.unwrap_or_else(|e| Err(std::io::Error::other(e))).map_err(unavailable)?;
    let task = Task::Heif {
        program,
        folder: folder.path().to_owned(),
    };
    // What it says is of no interest, and bounded.
    confined.run(&task, nothing, 64 * 1024).await.map_err(failed)?;
    // A file with several pictures becomes several files.
    let opened = ["out.jpg", "out-1.jpg"]
        .into_iter()
        .find_map(|name| std::fs::File::open(folder.path().join(name)).ok());
    opened.ok_or_else(|| {
        PreviewError::Undecodable(ConfinedError::Failed {
            status: "no picture came out".into(),
        })
    })
}

fn failed(e: ConfinedError) -> PreviewError {
    match e {
        ConfinedError::Process(e) => unavailable(e),
        // The picture was not looked at.
        ConfinedError::Full => unavailable(std::io::Error::other("too many previews wait")),
        e => PreviewError::Undecodable(e),
    }
}

fn unavailable(e: std::io::Error) -> PreviewError {
    PreviewError::Unavailable(unreadable(e))
}

//! JPEG previews of pictures, for the people who read a case. The original is kept unchanged.
//!
//! A preview is drawn from the decoded pixels, so nothing of the original but its appearance is in it.

pub mod draw;

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::files::unreadable;
use crate::sandbox::{Sandbox, SandboxError, Task};
use crate::{FileStore, ReceiveError, types};
use record::uploads::Preview;

/// The longer side of a preview, in pixels.
pub const LONGEST_SIDE: u32 = 1600;

/// Maximum size of a preview, in bytes: more than any preview of that many pixels needs.
const LARGEST: u64 = 8 * 1024 * 1024;

/// Programs of libheif that decode HEIC and HEIF, the newer name first.
const HEIF_PROGRAMS: [&str; 2] = ["heif-dec", "heif-convert"];

/// Folders that are searched for these programs.
const FOLDERS: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];

/// Why no preview was made.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    #[error("the file is not a picture")]
    NoPicture,
    #[error("no program decodes HEIC: install libheif's heif-dec or heif-convert")]
    NoDecoder,
    /// The picture cannot be decoded within the limits. A retry would end the same.
    #[error("the picture cannot be decoded: {0}")]
    Undecodable(#[source] SandboxError),
    /// The process could not be started, or the file could not be read or stored. A retry may work.
    #[error(transparent)]
    Unavailable(ReceiveError),
}

/// Finds the program that decodes HEIC on this machine.
pub fn heif_program() -> Option<PathBuf> {
    let places = HEIF_PROGRAMS
        .iter()
        .flat_map(|name| FOLDERS.map(|folder| Path::new(folder).join(name)));
    places.into_iter().find(|path| path.is_file())
}

/// Suffix of the keys of previews.
pub(crate) const PREVIEW: &str = ".preview";

/// Returns the storage key of the preview of a file.
pub fn key(storage_key: &str) -> String {
    format!("{storage_key}{PREVIEW}")
}

/// Makes the preview of a stored picture and stores it beside the picture. On error nothing is stored.
///
/// The caller chooses the picture: previews of unscanned pictures should not be shown.
pub async fn make(files: &FileStore, confined: &Sandbox, storage_key: &str, media_type: &str) -> Result<Preview, PreviewError> {
    if !types::is_picture(media_type) {
        return Err(PreviewError::NoPicture);
    }
    let is_heif = matches!(media_type, types::HEIC | types::HEIF);
    let program = is_heif.then(|| heif_program().ok_or(PreviewError::NoDecoder)).transpose()?;
    let mut file = files.copy_here(storage_key).await.map_err(PreviewError::Unavailable)?;
    if let Some(program) = program {
        file = decode_heif(confined, file, program).await?;
    }
    // libheif rotates the picture itself, but also passes on the orientation tag.
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

/// Decodes a HEIF picture to a JPEG. The returned file is open but already deleted.
async fn decode_heif(confined: &Sandbox, mut file: std::fs::File, program: PathBuf) -> Result<std::fs::File, PreviewError> {
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
    // The output is ignored, but limited.
    confined.run(&task, nothing, 64 * 1024).await.map_err(failed)?;
    // A HEIF file with several pictures is decoded to several files.
    let opened = ["out.jpg", "out-1.jpg"]
        .into_iter()
        .find_map(|name| std::fs::File::open(folder.path().join(name)).ok());
    opened.ok_or_else(|| {
        PreviewError::Undecodable(SandboxError::Failed {
            status: "the decoder wrote no picture".into(),
        })
    })
}

fn failed(e: SandboxError) -> PreviewError {
    match e {
        SandboxError::Process(e) => unavailable(e),
        // The queue is full: the picture was not decoded.
        SandboxError::Full => unavailable(std::io::Error::other("the queue for previews is full")),
        e => PreviewError::Undecodable(e),
    }
}

fn unavailable(e: std::io::Error) -> PreviewError {
    PreviewError::Unavailable(unreadable(e))
}

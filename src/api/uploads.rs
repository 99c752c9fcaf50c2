//! Files: received, looked up, removed.

pub mod content;
pub mod describe;
pub mod receive;
pub mod remove;
pub mod show;
pub mod without_place;

use axum::Json;

use super::problem::{Kind, Problem};
use crate::complaint::view::FileView;
use crate::service::evidence::FileError;

/// The answer of a call that changes one file.
fn changed(done: Result<FileView, FileError>) -> Result<Json<FileView>, Problem> {
    done.map(Json).map_err(|error| match error {
        FileError::NotFound => Problem::new(Kind::UploadNotFound),
        error => receive::refused(error, String::new()),
    })
}

//! Uploads: create, send in parts, look up, describe, remove. `POST`, `HEAD`, `PATCH`, `DELETE` and `OPTIONS` follow tus 1.0.0.

pub mod append;
pub mod content;
pub mod create;
pub mod describe;
pub mod offset;
pub mod options;
pub mod overridden;
pub mod preview;
mod refused;
pub mod remove;
pub mod show;
mod to;
mod tus;
pub mod without_place;

use axum::Json;

use super::problem::{Kind, Problem};
use contract::FileView;
use service::evidence::FileError;

pub use tus::said_in_every_answer;

/// The response of an operation that changes one file.
fn changed(done: Result<FileView, FileError>) -> Result<Json<FileView>, Problem> {
    done.map(Json)
        .map_err(|error| refused::refused(error, String::new(), Kind::UploadNotFound))
}

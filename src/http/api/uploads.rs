//! Uploads: create, send in parts, look up, describe, remove. `POST`, `HEAD`, `PATCH`, `DELETE` and `OPTIONS` follow tus 1.0.0.

pub mod append;
pub mod content;
pub mod create;
pub mod describe;
pub mod method_override;
pub mod offset;
pub mod options;
pub(crate) mod owner;
pub mod preview;
pub(crate) mod rejected;
pub mod remove;
pub mod show;
mod tus;
pub mod without_location;

use axum::Json;

use crate::http::api::problem::{Kind, Problem};
use contract::FileView;
use service::files::FileError;

pub use tus::add_tus_headers;

/// The response of an operation that changes one file.
fn file_response(done: Result<FileView, FileError>) -> Result<Json<FileView>, Problem> {
    done.map(Json)
        .map_err(|error| rejected::problem_for_file(error, String::new(), Kind::UploadNotFound))
}

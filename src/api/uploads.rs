//! Files: announced, sent with or without breaks, looked up, removed. `POST`, `HEAD`, `PATCH`, `DELETE` and `OPTIONS` are tus 1.0.0.

pub mod append;
pub mod content;
pub mod create;
pub mod offset;
pub mod options;
pub mod overridden;
mod refused;
pub mod remove;
pub mod show;
mod tus;

pub use tus::said_in_every_answer;

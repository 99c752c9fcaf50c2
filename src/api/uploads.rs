//! Files: received, looked up, removed.

pub mod content;
pub mod receive;
pub mod remove;
pub mod show;

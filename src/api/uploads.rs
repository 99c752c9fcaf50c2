//! Files: received, looked up, removed.

pub mod receive;
pub mod remove;
pub mod show;

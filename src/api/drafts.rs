//! Drafts: started, looked at, forgotten.

pub mod create;
pub mod current;
pub mod forget;
pub mod receipt;
pub mod show;

//! Following a case: what its own people see.

pub mod list;
pub mod show;
pub mod timeline;

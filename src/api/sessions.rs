//! Signing in to follow a case, and out again.

pub mod close;
pub mod end;
pub mod end_others;
pub mod list;
pub mod open;

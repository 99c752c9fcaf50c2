//! Signing in to follow a case, and out again.

pub mod close;
pub mod open;

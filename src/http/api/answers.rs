//! The answers of a draft, saved one question at a time.

pub mod save;

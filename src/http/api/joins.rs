//! Joining a case by a hand-over code.

pub mod join;

//! Joining a case by a handover code.

pub mod join;

//! Resuming a draft on another device.

pub mod open;

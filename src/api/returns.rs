//! Coming back to a draft on another device.

pub mod open;

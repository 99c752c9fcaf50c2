//! The complaint clock.

pub mod ask;

//! The webhooks to which events are delivered.

pub mod add;
pub mod change;
pub mod list;
pub mod remove;

//! The description of the interface, for programs and for people.

pub mod openapi;
pub mod page;

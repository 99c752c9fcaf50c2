//! Sending a complaint.

pub mod send;

//! Sign-in codes, sent by email.

pub mod ask;

//! Sessions: sign in to follow a case, list sessions, sign out.

pub mod close;
pub mod end;
pub mod end_others;
pub mod list;
pub mod open;

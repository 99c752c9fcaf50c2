//! The devices on which a draft is open.

pub mod end;
pub mod end_others;
pub mod list;

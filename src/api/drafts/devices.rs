//! Where a draft is open, and ending that.

pub mod end;
pub mod end_others;
pub mod list;

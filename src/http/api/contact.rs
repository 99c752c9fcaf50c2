//! The contact plan of the signed-in person on a case: show, change, confirm. Every call concerns the caller's own plan only.

pub mod cancel;
pub mod change;
pub mod confirm;
pub mod send_code;
pub mod show;

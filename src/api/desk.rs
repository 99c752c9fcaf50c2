//! The organisation's side: lists, whole cases, and what happens to them.

pub mod add_event;
pub mod equality_totals;
pub mod list_cases;
pub mod new_code;
pub mod report_bounce;
pub mod show_case;
pub mod show_file;
pub mod show_preview;

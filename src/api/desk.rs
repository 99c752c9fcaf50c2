//! The organisation's side: lists, whole cases, and what happens to them.

pub mod add_event;
pub mod equality_totals;
pub mod feed;
pub mod list_cases;
pub mod show_case;
pub mod show_file;
pub mod webhooks;

//! Drafts: create, show, extend, resume on another device, forget.

pub mod create;
pub mod current;
pub mod devices;
pub mod end_links;
pub mod extend;
pub mod forget;
pub mod make_code;
pub mod receipt;
pub mod send_link;
pub mod show;

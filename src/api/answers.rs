//! Answers of a draft: saved page by page.

pub mod save;

//! Access to drafts and cases: access codes, emailed codes, sessions, API keys and secret tokens.
//!
//! [`viewer::Viewer`] is a signed-in person on a case; [`caller::Caller`] is the caller of a desk function.
//! The database stores only hashes and fingerprints of secrets. Rights are looked up for each request, never kept in a session.

pub mod api_keys;
pub mod caller;
pub mod codes;
pub mod email_codes;
pub mod hash_queue;
pub mod sessions;
pub mod token;
pub mod viewer;

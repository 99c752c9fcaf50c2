//! Tests of the REST API from outside: every call and its main refusals, as they are sent over HTTP.
//!
//! The clock stands still and the randomness is scripted, so whole responses are compared, tokens included.

mod authorisation;
mod base_document;
pub mod caller;
mod case_actions;
mod clock;
mod contact;
mod content;
mod desk;
mod draft_devices;
mod drafts;
mod email_sign_in;
mod following;
mod previews;
mod representation;
mod resume;
mod rules;
mod sending;
mod uploads;

//! Tests of the REST API from outside: every call and its main refusals, as they are sent over HTTP.
//!
//! The clock stands still and the randomness is scripted, so whole responses are compared, tokens included.

#[path = "api/acting.rs"]
mod acting;
#[path = "api/authorisation.rs"]
mod authorisation;
#[path = "api/caller.rs"]
pub mod caller;
#[path = "api/clock.rs"]
mod clock;
#[path = "api/consent.rs"]
mod consent;
#[path = "api/contact.rs"]
mod contact;
#[path = "api/content.rs"]
mod content;
#[path = "api/desk.rs"]
mod desk;
#[path = "api/draft_devices.rs"]
mod draft_devices;
#[path = "api/drafts.rs"]
mod drafts;
#[path = "api/following.rs"]
mod following;
#[path = "api/frame.rs"]
mod frame;
#[path = "api/hearing.rs"]
mod hearing;
#[path = "api/previews.rs"]
mod previews;
#[path = "api/returning.rs"]
mod returning;
#[path = "api/sending.rs"]
mod sending;
#[path = "api/uploads.rs"]
mod uploads;

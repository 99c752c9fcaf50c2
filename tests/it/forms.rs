//! Tests of pages and forms from outside, as a phone without JavaScript uses them.

#[path = "forms/acts.rs"]
mod acts;
#[path = "forms/arriving.rs"]
mod arriving;
#[path = "forms/authorisation.rs"]
mod authorisation;
#[path = "forms/bad_input.rs"]
mod bad_input;
#[path = "forms/bad_luck.rs"]
mod bad_luck;
#[path = "forms/bounds.rs"]
mod bounds;
#[path = "forms/command_line.rs"]
mod command_line;
#[path = "forms/consent.rs"]
mod consent;
#[path = "forms/contact.rs"]
mod contact;
#[path = "forms/dates.rs"]
mod dates;
#[path = "forms/draft_devices.rs"]
mod draft_devices;
#[path = "forms/equality.rs"]
mod equality;
#[path = "forms/evidence.rs"]
mod evidence;
#[path = "forms/health.rs"]
mod health;
#[path = "forms/hearing.rs"]
mod hearing;
#[path = "forms/held_drafts.rs"]
mod held_drafts;
#[path = "forms/journey.rs"]
mod journey;
#[path = "forms/killed.rs"]
mod killed;
#[path = "forms/landlord.rs"]
mod landlord;
#[path = "forms/languages.rs"]
mod languages;
#[path = "forms/leaving.rs"]
mod leaving;
#[path = "forms/no_room.rs"]
mod no_room;
#[path = "forms/offline.rs"]
mod offline;
#[path = "forms/phone.rs"]
pub mod phone;
#[path = "forms/previews.rs"]
mod previews;
#[path = "forms/program.rs"]
pub mod program;
#[path = "forms/returning.rs"]
mod returning;
#[path = "forms/scanned.rs"]
mod scanned;
#[path = "forms/shared_phone.rs"]
mod shared_phone;
#[path = "forms/sign_in.rs"]
mod sign_in;
#[path = "forms/silenced.rs"]
mod silenced;
#[path = "forms/surroundings.rs"]
mod surroundings;
#[path = "forms/typed.rs"]
mod typed;

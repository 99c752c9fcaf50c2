//! The rules: what a complaint is, pure and the same on the server and in the browser.
//!
//! Nothing here reads a clock, draws a random number, knows a language or touches a database: what a rule needs is handed
//! to it. What is asked is data ([`questions`]). What a person filled in comes as [`Fields`]; [`check()`] turns it into a
//! [`CheckedAnswer`] or into [`FieldError`]s whose codes the screens translate.

#[cfg(feature = "ssr")]
pub mod act;
pub mod answers;
pub mod authority;
#[cfg(feature = "ssr")]
pub mod body;
pub mod calendar;
#[cfg(feature = "ssr")]
pub mod case_file;
pub mod check;
pub mod clock;
pub mod contact_plan;
#[cfg(feature = "ssr")]
pub mod description;
pub mod device;
#[cfg(feature = "ssr")]
pub mod equality;
pub mod event;
pub mod fields;
pub mod form;
pub mod journey;
pub mod outcome;
pub mod place;
pub mod question;
pub mod questions;
pub mod status;
pub mod view;

pub use answers::{Answer, Answers, CheckedAnswer};
pub use check::check;
pub use form::{Context, FieldError, Fields};
pub use journey::StepId;
pub use place::{Page, Place};
pub use status::{Actor, Status};

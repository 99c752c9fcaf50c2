//! The rules of a complaint: questions, answers, case events and deadlines, the same on the server and in the browser.
//!
//! Everything here is pure. It reads no clock, draws no random numbers, knows no language and uses no database; callers pass in
//! what a rule needs. The questions are data ([`questions`]). [`check()`] turns posted [`Fields`] into a [`CheckedAnswer`] or
//! into [`FieldError`]s, whose codes the pages translate.

pub mod act;
pub mod answers;
pub mod authority;
pub mod body;
pub mod calendar;
pub mod case_file;
pub mod check;
pub mod clock;
pub mod contact_plan;
pub mod description;
pub mod desk_task;
pub mod device;
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
#[cfg(any(test, feature = "vectors"))]
pub mod vectors;

pub use answers::{Answer, Answers, CheckedAnswer};
pub use check::check;
pub use form::{Context, FieldError, Fields};
pub use journey::StepId;
pub use place::{Page, Place};
pub use status::{Actor, Status};

#[cfg(feature = "openapi")]
#[doc(hidden)]
pub use utoipa;

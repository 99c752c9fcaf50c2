//! The rules: what a complaint is, pure and the same on the server and in the browser.
//!
//! Nothing here reads a clock, draws a random number, knows a language or touches a database: what a rule needs is handed
//! to it. What a person typed comes in as an unchecked [`Answer`]; a rule turns it into a [`Valid`] one or into
//! [`FieldError`]s whose codes the screens translate.

pub mod answers;
pub mod calendar;
pub mod clock;
pub mod event;
pub mod fields;
pub mod form;
pub mod implied;
pub mod journey;
pub mod status;
pub mod steps;
pub mod view;

pub use answers::{Answer, Answers, CheckedAnswer};
pub use form::{Context, FieldError, Fields, Step, Valid};
pub use journey::{Page, StepId};
pub use status::{Actor, Status};

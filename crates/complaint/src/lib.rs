//! The rules of a complaint: questions, answers, case events and deadlines, the same on the server and in the browser.
//!
//! Everything here is pure. It reads no clock, draws no random numbers, knows no language and uses no database; callers pass in
//! what a rule needs. The questions are data ([`questionnaire`]). [`check()`] turns posted [`Fields`] into a [`CheckedAnswer`] or
//! into [`FieldError`]s, whose codes the pages translate.

pub mod calendar;
pub mod case;
pub mod clock;
pub mod fields;
pub mod json;
pub mod questionnaire;
#[cfg(any(test, feature = "vectors"))]
pub mod vectors;

pub use case::status::{Actor, Status};
pub use fields::form::{FieldError, Fields};
pub use questionnaire::answers::{Answer, Answers, CheckedAnswer};
pub use questionnaire::check::{check, check_page, seen_beside};
pub use questionnaire::question::Context;
pub use questionnaire::question_ref::{Page, QuestionRef};
pub use questionnaire::steps::StepId;

#[cfg(feature = "openapi")]
#[doc(hidden)]
pub use utoipa;

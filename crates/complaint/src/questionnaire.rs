//! The questionnaire: its questions as data, the checks of an answer, and the order of the pages.
//!
//! [`question::Question`] is one page, [`question_ref::QuestionRef`] identifies it, and [`answers::Answers`] contains the
//! answers. [`check::check`] is the only source of checked answers, and [`steps`] the only place that knows the order of the
//! questions.

pub mod answers;
pub mod check;
pub mod device_storage;
pub mod equality;
pub mod file_description;
pub mod json_body;
pub mod question;
pub mod question_ref;
pub mod questions;
pub mod steps;

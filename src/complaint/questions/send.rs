//! Evidence, and the declaration before sending.

use crate::complaint::journey::StepId;
use crate::complaint::question::{Body, Field, Question, Section};
use crate::complaint::view::Purpose;

pub(super) const QUESTIONS: [Question; 2] = [
    Question::new(StepId::Evidence, "evidence", Section::Evidence, Body::Files(Purpose::Evidence)),
    Question::new(
        StepId::Declaration,
        "declaration",
        Section::Send,
        Body::Fields(&[Field::tick("agreed").required("declaration_missing")]),
    )
    .needed(),
];

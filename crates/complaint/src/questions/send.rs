//! Evidence, and the declaration before sending.

use crate::journey::StepId;
use crate::question::Purpose;
use crate::question::{Body, Field, Question, Section};

pub(crate) const QUESTIONS: [Question; 2] = [
    Question::new(StepId::Evidence, "evidence", Section::Evidence, Body::Files(Purpose::Evidence)),
    Question::new(
        StepId::Declaration,
        "declaration",
        Section::Send,
        Body::Fields(&[Field::tick("agreed").required("declaration_missing")]),
    )
    .needed(),
];

//! Evidence, and the declaration before sending.

use crate::questionnaire::question::Purpose;
use crate::questionnaire::question::{Body, Field, Question, Section};
use crate::questionnaire::steps::StepId;

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

//! The landlord, and the stage of the complaint with the landlord.

use crate::fields::form::choices;
use crate::questionnaire::answers::Answers;
use crate::questionnaire::question::Purpose;
use crate::questionnaire::question::{Body, DateRule, Field, Question, Section, Width, yes_no_unsure};
use crate::questionnaire::steps::StepId;

choices! {
    /// The stages of a landlord's complaints process (Complaint Handling Code 2024: exactly two). No answer stops a person from
    /// sending.
    StageKind {
        NotComplained = "not_complained",
        WaitingStage1 = "waiting_stage_1",
        AnsweredStage1 = "answered_stage_1",
        WaitingStage2 = "waiting_stage_2",
        FinalResponse = "final_response",
        Refused = "refused",
        NotSure = "not_sure",
    }
}

const STAGE: fn(&Answers, u8) -> &'static [&'static str] = |_, _| StageKind::CODES;

/// Returns whether the complaint is at one of some stages. Before the stage is answered, every date may be given.
fn at(answers: &Answers, stages: &[StageKind]) -> bool {
    answers.stage_kind().is_none_or(|stage| stages.contains(&stage))
}

use StageKind::{AnsweredStage1, FinalResponse, Refused, WaitingStage1, WaitingStage2};

const COMPLAINED: fn(&Answers, u8) -> bool = |answers, _| {
    answers
        .stage_kind()
        .is_some_and(|stage| !matches!(stage, StageKind::NotComplained | StageKind::NotSure))
};

const WAITING: fn(&Answers, u8) -> bool =
    |answers, _| matches!(answers.stage_kind(), Some(StageKind::WaitingStage1 | StageKind::WaitingStage2));

/// The dates that a stage asks for, in the order in which they happened.
///
/// The two acknowledgements are asked only while an answer is awaited, when they determine by when it is due.
pub const DATES: &[Field] = &[
    Field::date("complained_on", DateRule::InOrder)
        .required("date_missing")
        .when(|a, _| at(a, &[WaitingStage1, AnsweredStage1, WaitingStage2, FinalResponse, Refused])),
    Field::date("acknowledged_on", DateRule::InOrder).when(|a, _| at(a, &[WaitingStage1])),
    Field::date("stage_1_answered_on", DateRule::InOrder)
        .required("date_missing")
        .when(|a, _| at(a, &[AnsweredStage1, WaitingStage2])),
    Field::date("stage_2_asked_on", DateRule::InOrder)
        .required("date_missing")
        .when(|a, _| at(a, &[WaitingStage2])),
    Field::date("stage_2_acknowledged_on", DateRule::InOrder).when(|a, _| at(a, &[WaitingStage2])),
    Field::date("final_response_on", DateRule::InOrder)
        .required("date_missing")
        .when(|a, _| at(a, &[FinalResponse])),
    Field::date("refused_on", DateRule::InOrder)
        .required("date_missing")
        .when(|a, _| at(a, &[Refused])),
];

pub(crate) const QUESTIONS: [Question; 8] = [
    Question::new(
        StepId::Landlord,
        "landlord",
        Section::Landlord,
        Body::Fields(&[
            Field::line("name", "off", Width::Full).required("landlord_name_missing"),
            Field::hidden("registration_number"),
            // Some councils have no registration number yet.
            Field::hidden("ons_code"),
        ]),
    )
    .needed(),
    Question::new(
        StepId::ManagedBy,
        "managed-by",
        Section::Landlord,
        Body::Fields(&[
            Field::one("managed", yes_no_unsure).required("managed_missing"),
            Field::line("name", "off", Width::Full),
        ]),
    )
    .extra(),
    Question::new(
        StepId::Stage,
        "stage",
        Section::Landlord,
        Body::Fields(&[Field::one("stage", STAGE).required("stage_missing")]),
    )
    .needed(),
    Question::new(StepId::Dates, "dates", Section::Landlord, Body::Fields(DATES))
        .follows(StepId::Stage, COMPLAINED)
        .needed(),
    Question::new(
        StepId::Extension,
        "more-time",
        Section::Landlord,
        Body::Fields(&[
            Field::one("told", yes_no_unsure).required("extension_missing"),
            Field::date("until", DateRule::Any),
        ]),
    )
    .follows(StepId::Stage, WAITING)
    .extra(),
    Question::new(
        StepId::LandlordReferences,
        "landlord-reference",
        Section::Landlord,
        Body::Fields(&[Field::line("references", "off", Width::Full)]),
    )
    .follows(StepId::Stage, COMPLAINED)
    .extra(),
    Question::new(StepId::Letters, "letters", Section::Landlord, Body::Files(Purpose::LandlordLetter))
        .follows(StepId::Stage, COMPLAINED)
        .extra(),
    Question::new(StepId::WhatNext, "what-next", Section::Landlord, Body::Notice)
        .follows(StepId::Stage, |answers, _| answers.stage_kind().is_some())
        .extra(),
];

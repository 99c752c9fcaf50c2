//! What would put the complaint right, and what the person needs from the organisation meanwhile.

use crate::fields::form::FieldError;
use crate::questionnaire::answers::{Answer, Answers};
use crate::questionnaire::question::Context;
use crate::questionnaire::question::{Body, Field, Question, Section, Width, yes_no, yes_no_unsure};
use crate::questionnaire::steps::StepId;

/// Questions whose answers are never stored on the person's device, because another user of the device would read them.
pub const NEVER_STORED_ON_DEVICE: [StepId; 1] = [StepId::Risk];

const OUTCOMES: fn(&Answers, u8) -> &'static [&'static str] = |_, _| {
    &[
        "repair",
        "apology",
        "explanation",
        "compensation",
        "policy",
        "move",
        "records",
        "other",
    ]
};

/// Adjustments that people request from an ombudsman (the Housing Ombudsman's reasonable adjustments policy, and common
/// practice).
const ADJUSTMENTS: fn(&Answers, u8) -> &'static [&'static str] = |_, _| {
    &[
        "large_print",
        "braille",
        "audio",
        "easy_read",
        "interpreter",
        "sign_language",
        "coloured_paper",
        "phone_not_writing",
        "writing_not_phone",
        "extra_time",
        "named_contact",
        "call_times",
        "in_person",
        "advocate",
        "breaks",
    ]
};

pub fn adjustments() -> &'static [&'static str] {
    ADJUSTMENTS(&Answers::default(), 1)
}

const RISKS: fn(&Answers, u8) -> &'static [&'static str] = |_, _| {
    &[
        "domestic_abuse",
        "harassment",
        "safeguarding",
        "bereavement",
        "care_leaver",
        "mental_health",
        "other",
    ]
};

/// Returns the codes of circumstances that make a person less safe.
pub fn risks() -> &'static [&'static str] {
    RISKS(&Answers::default(), 1)
}

const HELPERS: fn(&Answers, u8) -> &'static [&'static str] = |_, _| {
    &[
        "politician",
        "solicitor",
        "advice",
        "social_worker",
        "support_worker",
        "health",
        "none",
    ]
};

fn something_said(answer: &Answer, _: &Context<'_>, errors: &mut Vec<FieldError>) {
    if errors.is_empty() && answer.value("outcomes").is_none() && answer.value("put_right").is_none() {
        errors.push(FieldError::new("outcomes", "put_right_missing"));
    }
}

pub(crate) const QUESTIONS: [Question; 5] = [
    Question::new(
        StepId::PutRight,
        "put-right",
        Section::PutRight,
        Body::Fields(&[Field::many("outcomes", OUTCOMES), Field::block("put_right")]),
    )
    .needed()
    .rule(something_said),
    Question::new(
        StepId::Court,
        "more-about-this",
        Section::PutRight,
        Body::Fields(&[Field::one("filed", yes_no_unsure).required("court_missing")]),
    )
    .extra(),
    Question::new(
        StepId::Needs,
        "your-needs",
        Section::Support,
        Body::Fields(&[
            Field::one("needed", yes_no),
            Field::many("adjustments", ADJUSTMENTS),
            Field::line("language", "off", Width::Half),
            Field::block("details"),
        ]),
    )
    .opened_by("needed"),
    Question::new(
        StepId::Risk,
        "more-about-you",
        Section::Support,
        Body::Fields(&[
            Field::one("at_risk", yes_no),
            Field::many("risks", RISKS),
            Field::block("details").named_beside("risk_details"),
            Field::block("keep_from"),
        ]),
    )
    .opened_by("at_risk")
    .beside(StepId::Needs),
    Question::new(
        StepId::Helpers,
        "who-helps",
        Section::Support,
        Body::Fields(&[Field::many("helpers", HELPERS), Field::block("details")]),
    )
    .extra(),
];

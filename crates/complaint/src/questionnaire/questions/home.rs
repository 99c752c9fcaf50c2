//! The resident and the home.

use crate::questionnaire::answers::Answers;
use crate::questionnaire::question::{Body, DateRule, Field, Question, Section, Width};
use crate::questionnaire::steps::StepId;

/// The kinds of occupation on which a person may complain (the Housing Ombudsman Scheme, on who may complain).
///
/// They are a tenancy, lease, licence or other arrangement to occupy, now or before, or an application for one. Freeholders
/// cannot complain: the questionnaire tells them where to go.
const TENURE: fn(&Answers, u8) -> &'static [&'static str] = |_, _| {
    &[
        "council_tenant",
        "association_tenant",
        "leaseholder",
        "shared_owner",
        "licence",
        "former",
        "applicant",
        "household_member",
        "freeholder",
        "not_sure",
    ]
};

/// The kinds of tenancy, as the law and tenancy agreements name them.
const TENANCY: fn(&Answers, u8) -> &'static [&'static str] = |_, _| {
    &[
        "secure",
        "introductory",
        "assured",
        "assured_shorthold",
        "starter",
        "flexible",
        "demoted",
        "fixed_term",
        "not_sure",
    ]
};

const HAD: fn(&Answers, u8) -> &'static [&'static str] = |_, _| {
    &[
        "council_tenant",
        "association_tenant",
        "leaseholder",
        "shared_owner",
        "licence",
        "not_sure",
    ]
};

const IS_TENANT: fn(&Answers, u8) -> bool = |answers, _| {
    ["council_tenant", "association_tenant"]
        .iter()
        .any(|tenure| answers.has_choice_once(StepId::Tenure, "tenure", tenure))
};

pub(crate) const QUESTIONS: [Question; 6] = [
    Question::new(
        StepId::ResidentName,
        "name",
        Section::Home,
        Body::Fields(&[
            Field::line("full_name", "name", Width::Full).required("resident_name_missing"),
            Field::line("preferred_name", "nickname", Width::Half),
            Field::line("joint_names", "off", Width::Full),
        ]),
    )
    .needed(),
    Question::new(
        StepId::Tenure,
        "your-home",
        Section::Home,
        Body::Fields(&[Field::one("tenure", TENURE).required("tenure_missing")]),
    ),
    Question::new(
        StepId::TenancyKind,
        "tenancy",
        Section::Home,
        Body::Fields(&[Field::one("kind", TENANCY)]),
    )
    .follows(StepId::Tenure, IS_TENANT)
    .extra(),
    Question::new(
        StepId::FormerHome,
        "when-you-lived-there",
        Section::Home,
        Body::Fields(&[
            Field::one("tenure", HAD).required("former_tenure_missing"),
            Field::date("from", DateRule::InOrder),
            Field::date("to", DateRule::InOrder),
        ]),
    )
    .follows(StepId::Tenure, |answers, _| {
        answers.has_choice_once(StepId::Tenure, "tenure", "former")
    })
    .extra(),
    Question::new(StepId::Freeholder, "owning-your-home", Section::Home, Body::Notice).follows(StepId::Tenure, |answers, _| {
        answers.has_choice_once(StepId::Tenure, "tenure", "freeholder")
    }),
    Question::new(
        StepId::HomeAddress,
        "address",
        Section::Home,
        Body::Fields(&[
            Field::line("line_1", "address-line1", Width::Full).required("address_line_1_missing"),
            Field::line("line_2", "address-line2", Width::Full),
            Field::line("town", "address-level2", Width::Half).required("town_missing"),
            Field::postcode("postcode").required("postcode_missing"),
        ]),
    )
    .needed()
    .beside(StepId::Tenure),
];

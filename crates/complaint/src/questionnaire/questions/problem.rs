//! What went wrong, asked for each issue.

use crate::fields::form::choices;
use crate::questionnaire::answers::Answers;
use crate::questionnaire::question::{Body, DateRule, Field, Question, Section, Width, yes_no, yes_no_unsure};
use crate::questionnaire::question_ref::{ISSUES_MAX, QuestionRef};
use crate::questionnaire::steps::StepId;

choices! {
    /// What an issue is about: the categories of the Housing Ombudsman's published statistics, the most frequent first.
    CategoryKind {
        PropertyCondition = "property_condition",
        HealthSafety = "health_safety",
        Asb = "asb",
        ComplaintHandling = "complaint_handling",
        Charges = "charges",
        InformationData = "information_data",
        Moving = "moving",
        OccupancyRights = "occupancy_rights",
        EstateManagement = "estate_management",
        ReimbursementPayments = "reimbursement_payments",
        Staff = "staff",
        Leasehold = "leasehold",
        BuyingSelling = "buying_selling",
        ResidentInvolvement = "resident_involvement",
        Other = "other",
    }
}

/// Returns the subcategories of a category; none where the category is specific enough. The list is our own, modelled on
/// published findings.
pub fn subcategories(category: CategoryKind) -> &'static [&'static str] {
    match category {
        CategoryKind::PropertyCondition => &[
            "damp_mould",
            "leaks_flooding",
            "heating_hot_water",
            "roof_gutters",
            "windows_doors",
            "kitchen_bathroom",
            "electrics",
            "structure",
            "pests",
            "aids_adaptations",
            "new_build_defects",
            "after_works",
            "temporary_move",
            "general_repairs",
        ],
        CategoryKind::HealthSafety => &[
            "fire_safety",
            "building_safety",
            "gas",
            "electrical",
            "asbestos",
            "lifts",
            "carbon_monoxide",
            "other_hazard",
        ],
        CategoryKind::Asb => &[
            "noise",
            "harassment",
            "violence_threats",
            "drugs",
            "nuisance",
            "domestic_abuse_response",
        ],
        CategoryKind::ComplaintHandling => &[
            "no_acknowledgement",
            "late",
            "points_missed",
            "complaint_refused",
            "promise_not_kept",
            "no_escalation",
            "compensation_offer",
        ],
        CategoryKind::Charges => &[
            "service_charge_bill",
            "rent_account",
            "arrears",
            "utilities",
            "major_works",
            "ground_rent",
        ],
        CategoryKind::InformationData => &[
            "record_wrong",
            "record_not_passed_on",
            "vulnerability_not_recorded",
            "data_breach",
            "information_request",
            "communication",
        ],
        CategoryKind::Moving => &["transfer", "mutual_exchange", "lettings_standard", "moved_out"],
        CategoryKind::OccupancyRights => &["succession", "tenancy_change", "right_to_buy", "abandonment", "eviction"],
        CategoryKind::EstateManagement => &["communal_cleaning", "grounds", "parking", "refuse", "security", "boundary_trees"],
        CategoryKind::ReimbursementPayments => &["compensation", "insurance", "disturbance_payment", "refund"],
        CategoryKind::Staff => &["conduct", "discrimination", "contractor_conduct"],
        CategoryKind::Leasehold | CategoryKind::BuyingSelling | CategoryKind::ResidentInvolvement | CategoryKind::Other => &[],
    }
}

/// Every subcategory, for an answer whose category is not known.
const ALL_SUBCATEGORIES: &[&str] = &[
    "damp_mould",
    "leaks_flooding",
    "heating_hot_water",
    "roof_gutters",
    "windows_doors",
    "kitchen_bathroom",
    "electrics",
    "structure",
    "pests",
    "aids_adaptations",
    "new_build_defects",
    "after_works",
    "temporary_move",
    "general_repairs",
    "fire_safety",
    "building_safety",
    "gas",
    "electrical",
    "asbestos",
    "lifts",
    "carbon_monoxide",
    "other_hazard",
    "noise",
    "harassment",
    "violence_threats",
    "drugs",
    "nuisance",
    "domestic_abuse_response",
    "no_acknowledgement",
    "late",
    "points_missed",
    "complaint_refused",
    "promise_not_kept",
    "no_escalation",
    "compensation_offer",
    "service_charge_bill",
    "rent_account",
    "arrears",
    "utilities",
    "major_works",
    "ground_rent",
    "record_wrong",
    "record_not_passed_on",
    "vulnerability_not_recorded",
    "data_breach",
    "information_request",
    "communication",
    "transfer",
    "mutual_exchange",
    "lettings_standard",
    "moved_out",
    "succession",
    "tenancy_change",
    "right_to_buy",
    "abandonment",
    "eviction",
    "communal_cleaning",
    "grounds",
    "parking",
    "refuse",
    "security",
    "boundary_trees",
    "compensation",
    "insurance",
    "disturbance_payment",
    "refund",
    "conduct",
    "discrimination",
    "contractor_conduct",
];

const CATEGORY: fn(&Answers, u8) -> &'static [&'static str] = |_, _| CategoryKind::CODES;

const SUBCATEGORY: fn(&Answers, u8) -> &'static [&'static str] =
    |answers, issue| answers.category_kind(issue).map_or(ALL_SUBCATEGORIES, subcategories);

const REPORTED: fn(&Answers, u8) -> &'static [&'static str] =
    |_, _| &["phone", "email", "letter", "online", "in_person", "contractor", "none"];

const TIMES: fn(&Answers, u8) -> &'static [&'static str] = |_, _| &["once", "few", "many", "not_sure"];

/// People who are more at risk from a hazard.
const AFFECTED: fn(&Answers, u8) -> &'static [&'static str] = |_, _| &["child", "baby", "older", "ill", "pregnant", "disabled", "none"];

/// Dangers that call for help within 24 hours, the first ones at once.
///
/// Emergency hazards under the Hazards in Social Housing (Prescribed Requirements) (England) Regulations 2025 are wider; the
/// landlord decides which they are.
const HAZARD: fn(&Answers, u8) -> &'static [&'static str] = |_, _| {
    &[
        "gas_smell",
        "fire_risk",
        "electric_danger",
        "water_electrics",
        "falling",
        "flood",
        "no_heating",
        "no_water",
        "door_open",
        "mould_breathing",
        "none",
    ]
};

/// Returns whether an issue may be a hazard in the home.
fn may_be_hazard(answers: &Answers, issue: u8) -> bool {
    matches!(
        answers.category_kind(issue),
        Some(CategoryKind::PropertyCondition | CategoryKind::HealthSafety)
    )
}

/// Returns whether the answers report a danger that has to be dealt with within a day.
fn is_emergency(answers: &Answers, issue: u8) -> bool {
    let danger = |code: &&&str| **code != "none";
    let place = QuestionRef::for_issue(StepId::Hazard, issue);
    HAZARD(answers, issue)
        .iter()
        .filter(danger)
        .any(|code| answers.is(place, "hazard", code))
}

pub(crate) const QUESTIONS: [Question; 9] = [
    Question::new(
        StepId::Category,
        "category",
        Section::Problem,
        Body::Fields(&[Field::one("category", CATEGORY).required("category_missing")]),
    )
    .needed(),
    Question::new(
        StepId::Subcategory,
        "more-about-it",
        Section::Problem,
        Body::Fields(&[Field::one("subcategory", SUBCATEGORY).required("subcategory_missing")]),
    )
    .follows(StepId::Category, |answers, issue| {
        answers
            .category_kind(issue)
            .is_some_and(|category| !subcategories(category).is_empty())
    })
    .extra(),
    Question::new(
        StepId::WhatHappened,
        "what-happened",
        Section::Problem,
        Body::Fields(&[Field::block("what_happened").required("what_happened_missing")]),
    )
    .needed(),
    Question::new(
        StepId::Since,
        "since",
        Section::Problem,
        Body::Fields(&[
            Field::date("began_on", DateRule::Past).required("date_missing"),
            Field::one("going_on", yes_no_unsure).required("going_on_missing"),
        ]),
    )
    .beside(StepId::WhatHappened),
    Question::new(
        StepId::Reported,
        "reported",
        Section::Problem,
        Body::Fields(&[
            Field::many("how", REPORTED).required("reported_missing"),
            Field::date("first_on", DateRule::Past),
            Field::one("times", TIMES),
            Field::line("to_whom", "off", Width::Full),
        ]),
    )
    .extra(),
    Question::new(
        StepId::Effect,
        "effect",
        Section::Problem,
        Body::Fields(&[Field::block("effect").required("effect_missing"), Field::many("affected", AFFECTED)]),
    )
    .extra(),
    Question::new(
        StepId::Hazard,
        "the-home-now",
        Section::Problem,
        Body::Fields(&[Field::many("hazard", HAZARD).required("hazard_missing")]),
    )
    .follows(StepId::Category, may_be_hazard)
    .needed_to_continue(),
    Question::new(StepId::Emergency, "what-to-do-next", Section::Problem, Body::Notice).follows(StepId::Hazard, is_emergency),
    Question::new(
        StepId::MoreIssues,
        "anything-else",
        Section::Problem,
        Body::Fields(&[Field::one("more", yes_no).required("more_issues_missing")]),
    )
    // Comes after the last question about the issue, but depends on the description of the issue.
    .follows(StepId::WhatHappened, |_, issue| issue < ISSUES_MAX)
    .extra(),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::form::Choice;

    #[test]
    fn the_list_of_all_is_the_lists_together() {
        let together: Vec<&str> = CategoryKind::ALL.iter().flat_map(|c| subcategories(*c)).copied().collect();
        assert_eq!(together, ALL_SUBCATEGORIES);
    }
}

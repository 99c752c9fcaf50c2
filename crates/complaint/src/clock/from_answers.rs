//! Converts the answers of a complaint to the input of the clock.

use crate::clock::input::{ClockInput, HazardKind, HazardReport, Stage, Tenure, Urgency, WrongServiceReason};
use crate::fields::DateInput;
use crate::fields::form::Choice;
use crate::{Answers, QuestionRef, StepId, questionnaire::steps};

impl From<&Answers> for ClockInput {
    fn from(answers: &Answers) -> Self {
        let date = |step: StepId, field: &str| answers.get(step).and_then(|answer| answer.date(field)).unwrap_or_default();
        let dates = |field: &str| date(StepId::Dates, field);
        let is_freeholder = answers.has_choice_once(StepId::Tenure, "tenure", "freeholder");
        Self {
            stage: answers.stage_kind().and_then(|stage| Stage::parse(stage.code())),
            complained_on: dates("complained_on"),
            acknowledged_on: dates("acknowledged_on"),
            stage_1_answered_on: dates("stage_1_answered_on"),
            stage_2_asked_on: dates("stage_2_asked_on"),
            stage_2_acknowledged_on: dates("stage_2_acknowledged_on"),
            final_response_on: dates("final_response_on"),
            refused_on: dates("refused_on"),
            extension_told: answers.has_choice_once(StepId::Extension, "told", "yes"),
            extended_until: date(StepId::Extension, "until"),
            tenure: tenure(answers),
            hazard: (1..=steps::issue_count(answers)).find_map(|issue| hazard(answers, issue)),
            wrong_service: is_freeholder.then_some(WrongServiceReason::Freeholder),
            ..Self::default()
        }
    }
}

fn tenure(answers: &Answers) -> Option<Tenure> {
    Some(match answers.text(StepId::Tenure, "tenure") {
        "council_tenant" | "association_tenant" => Tenure::Tenant,
        "leaseholder" => Tenure::Leaseholder,
        "shared_owner" => Tenure::SharedOwner,
        "licence" => Tenure::Licensee,
        "applicant" => Tenure::Applicant,
        "household_member" => Tenure::HouseholdMember,
        "freeholder" => Tenure::Freeholder,
        "former" | "not_sure" => Tenure::NotSure,
        _ => return None,
    })
}

/// Returns the reported hazard of an issue: the first danger chosen, otherwise damp or mould.
///
/// Returns `None` unless the person says that the landlord was informed.
fn hazard(answers: &Answers, issue: u8) -> Option<HazardReport> {
    let place = |step| QuestionRef::for_issue(step, issue);
    let told = answers.get(place(StepId::Reported))?;
    if told.has_choice("how", "none") {
        return None;
    }
    let chosen = DANGERS
        .iter()
        .find(|(code, _)| answers.is(place(StepId::Hazard), "hazard", code))
        .map(|(_, category)| (Urgency::Emergency, *category));
    let damp = || {
        let damp = answers.is(place(StepId::Subcategory), "subcategory", "damp_mould");
        damp.then_some((Urgency::Significant, HazardKind::DampMould))
    };
    let (kind, category) = chosen.or_else(damp)?;
    Some(HazardReport {
        reported_on: told.date("first_on").unwrap_or_else(DateInput::not_known),
        kind,
        category,
        investigated_on: DateInput::default(),
    })
}

/// The legal hazard for each danger in the questionnaire.
///
/// The landlord decides which of them is an emergency. The questionnaire asks for those that a reasonable landlord would deal
/// with within a day.
const DANGERS: [(&str, HazardKind); 10] = [
    ("gas_smell", HazardKind::Explosions),
    ("fire_risk", HazardKind::Fire),
    ("electric_danger", HazardKind::Electrical),
    ("water_electrics", HazardKind::Electrical),
    ("falling", HazardKind::StructuralCollapse),
    ("flood", HazardKind::Other),
    ("no_heating", HazardKind::ExcessCold),
    ("no_water", HazardKind::Hygiene),
    ("door_open", HazardKind::Other),
    ("mould_breathing", HazardKind::DampMould),
];

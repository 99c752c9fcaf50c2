//! The input of the complaint clock.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::clock::span::When;
use crate::fields::form::choices;
use crate::fields::{DateInput, iso_date};

choices! {
    /// The stage of a complaint with the landlord. The Complaint Handling Code 2024 defines exactly two stages (5.2 to 5.5).
    Stage {
        NotComplained = "not_complained",
        WaitingStage1 = "waiting_stage_1",
        AnsweredStage1 = "answered_stage_1",
        WaitingStage2 = "waiting_stage_2",
        FinalResponse = "final_response",
        Refused = "refused",
        NotSure = "not_sure",
    }
}

choices! {
    /// On what terms the person lives in the home. Only some values change the result of the clock.
    Tenure {
        Tenant = "tenant",
        Leaseholder = "leaseholder",
        SharedOwner = "shared_owner",
        /// A hostel, supported housing or an almshouse without a tenancy.
        Licensee = "licensee",
        Applicant = "applicant",
        HouseholdMember = "household_member",
        Freeholder = "freeholder",
        NotSure = "not_sure",
    }
}

choices! {
    /// Why another service is the right one.
    WrongServiceReason {
        /// Freeholders cannot come to a housing ombudsman; leaseholders and shared owners can.
        Freeholder = "freeholder",
        /// The landlord is neither a council nor a registered provider, nor a voluntary member.
        PrivateLandlord = "private_landlord",
        /// How a council handled a homelessness application.
        Homelessness = "homelessness",
        /// How a council allocates homes in its duty as a council.
        CouncilAllocation = "council_allocation",
        /// The level of a service charge, rather than how it was handled.
        ChargeLevel = "charge_level",
        /// A person's right to their own data.
        DataRights = "data_rights",
    }
}

choices! {
    /// How soon a hazard must be dealt with.
    Urgency {
        /// Imminent and significant: a reasonable landlord acts within 24 hours.
        Emergency = "emergency",
        /// To be dealt with as a matter of urgency.
        Significant = "significant",
    }
}

choices! {
    /// The hazards that Awaab's Law distinguishes. Each belongs to one phase.
    HazardKind {
        DampMould = "damp_mould",
        ExcessCold = "excess_cold",
        ExcessHeat = "excess_heat",
        Falls = "falls",
        StructuralCollapse = "structural_collapse",
        Explosions = "explosions",
        Fire = "fire",
        Electrical = "electrical",
        /// Domestic and personal hygiene, and food safety.
        Hygiene = "hygiene",
        /// Covered by no phase.
        Overcrowding = "overcrowding",
        /// Any other hazard of the Housing Health and Safety Rating System.
        Other = "other",
    }
}

/// A hazard that was reported to the landlord.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HazardReport {
    /// When the landlord was told about the hazard, or learned of it.
    pub reported_on: DateInput,
    pub kind: Urgency,
    pub category: HazardKind,
    /// When the landlord's investigation ended, if it did.
    #[serde(default)]
    pub investigated_on: DateInput,
}

/// The stage of a complaint with the landlord, and the dates of what happened.
///
/// Every field may be left out: the clock returns what can be calculated. A date is exact, or a month. Use `unknown` if something
/// happened on an unknown date, and leave the date out if it has not happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockInput {
    /// The day to calculate for; today in Europe/London if left out.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub today: Option<Date>,
    /// Derived from the dates if left out or `not_sure`.
    pub stage: Option<Stage>,
    /// When the landlord received the complaint.
    pub complained_on: DateInput,
    pub acknowledged_on: DateInput,
    pub stage_1_answered_on: DateInput,
    pub stage_2_asked_on: DateInput,
    pub stage_2_acknowledged_on: DateInput,
    pub final_response_on: DateInput,
    pub refused_on: DateInput,
    /// Whether the landlord said that the answer due now will take longer.
    pub extension_told: bool,
    /// The new date that the landlord gave, if it did. It may be in the future.
    pub extended_until: DateInput,
    pub tenure: Option<Tenure>,
    pub hazard: Option<HazardReport>,
    pub wrong_service: Option<WrongServiceReason>,
}

/// A date that the clock refuses in an API request, and why. Residents never see this: for them the clock uses what it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidDate {
    /// JSON Pointer to the date (RFC 6901).
    pub pointer: &'static str,
    pub wrong: Wrong,
}

choices! {
    /// The problem with a date.
    Wrong {
        /// There is no such day.
        NotReal = "date_not_real",
        /// The date is in the future.
        InFuture = "date_in_future",
        /// The date is before one that it follows.
        TooEarly = "date_too_early",
    }
}

impl ClockInput {
    /// Returns the dates that are impossible: first those from complaint to final answer, then the others.
    pub fn wrong_dates(&self, today: Date) -> Vec<InvalidDate> {
        let unnamed = |input| ("", input);
        let complained = ("/complained_on", &self.complained_on);
        let asked = ("/stage_2_asked_on", &self.stage_2_asked_on);
        let answered = ("/stage_1_answered_on", &self.stage_1_answered_on);
        let ended = ("/final_response_on", &self.final_response_on);
        let mut wrong = in_order(&[complained, answered, asked, ended], today);
        // Acknowledgements and a refusal are compared only with the date they follow, not with later answers.
        let acknowledged = ("/acknowledged_on", &self.acknowledged_on);
        wrong.extend(in_order(&[unnamed(complained.1), acknowledged], today));
        let acknowledged = ("/stage_2_acknowledged_on", &self.stage_2_acknowledged_on);
        wrong.extend(in_order(&[unnamed(asked.1), acknowledged], today));
        wrong.extend(in_order(&[unnamed(complained.1), ("/refused_on", &self.refused_on)], today));
        if not_real(&self.extended_until) {
            wrong.push(InvalidDate {
                pointer: "/extended_until",
                wrong: Wrong::NotReal,
            });
        }
        if let Some(hazard) = &self.hazard {
            let dates = [
                ("/hazard/reported_on", &hazard.reported_on),
                ("/hazard/investigated_on", &hazard.investigated_on),
            ];
            wrong.extend(in_order(&dates, today));
        }
        // A date used only for comparison was already reported above.
        wrong.retain(|date| !date.pointer.is_empty());
        wrong
    }

    /// Returns the stage: the given one, or else the one that the dates show.
    pub(crate) fn stage(&self) -> Stage {
        match self.stage {
            Some(stage) if stage != Stage::NotSure => stage,
            _ if !self.final_response_on.is_empty() => Stage::FinalResponse,
            _ if !self.refused_on.is_empty() => Stage::Refused,
            _ if !self.stage_2_asked_on.is_empty() || !self.stage_2_acknowledged_on.is_empty() => Stage::WaitingStage2,
            _ if !self.stage_1_answered_on.is_empty() => Stage::AnsweredStage1,
            _ if !self.complained_on.is_empty() || !self.acknowledged_on.is_empty() => Stage::WaitingStage1,
            _ => Stage::NotSure,
        }
    }
}

fn not_real(input: &DateInput) -> bool {
    !input.is_empty() && input.read().is_err()
}

/// Checks that no date is in the future, or certainly before an earlier date in the list.
fn in_order(dates: &[(&'static str, &DateInput)], today: Date) -> Vec<InvalidDate> {
    let mut after: Option<Date> = None;
    let mut found = Vec::new();
    for (pointer, input) in dates {
        let mut add = |wrong| found.push(InvalidDate { pointer, wrong });
        let Some(span) = When::any(input).span() else {
            if not_real(input) {
                add(Wrong::NotReal);
            }
            continue;
        };
        if span.earliest > today {
            add(Wrong::InFuture);
        } else if after.is_some_and(|after| span.latest < after) {
            add(Wrong::TooEarly);
        } else {
            after = after.max(Some(span.earliest));
        }
    }
    found
}

//! The route that is open to the resident now. No route stops the resident from sending.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::clock::ClockContext;
use crate::clock::deadline::{Deadline, DeadlineState};
use crate::clock::input::{ClockInput, Stage, Tenure, WrongServiceReason};
use crate::clock::rules::Duty;
use crate::clock::span::When;
use crate::fields::form::choices;
use crate::fields::iso_date;

choices! {
    /// The kind of route.
    RouteKind {
        /// The landlord has finished, or refused to begin: the organisation can investigate.
        ReadyForInvestigation = "ready_for_investigation",
        /// The landlord's answer is awaited; once it is late, the organisation asks for it.
        ChaseLandlord = "chase_landlord",
        /// The resident has to complain to the landlord first, at stage 1 or at stage 2.
        HelpToComplain = "help_to_complain",
        WrongService = "wrong_service",
        /// The landlord finished longer ago than is normally accepted; the resident may say why.
        NeedsDiscretion = "needs_discretion",
    }
}

choices! {
    /// Another service that may help.
    OtherService {
        /// The ombudsman for councils and social care: homelessness, and allocation of homes by a council.
        LocalGovernmentOmbudsman = "local_government_ombudsman",
        /// The tribunal that decides how high a service charge may be.
        FirstTierTribunal = "first_tier_tribunal",
        /// The regulator for data rights, once the holder of the data was asked.
        InformationCommissioner = "information_commissioner",
        /// Advice on housing, when no single responsible service is known.
        HousingAdvice = "housing_advice",
    }
}

/// The route that is open, from when and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Route {
    pub kind: RouteKind,
    /// Whether the route is open today. A complaint can be sent in any case.
    pub open_now: bool,
    /// The first day on which the route is open, if known.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub from: Option<Date>,
    /// The last day on which the route is normally open, if there is one.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub until: Option<Date>,
    /// With `help_to_complain`: the stage to ask the landlord for, 1 or 2.
    pub stage: Option<u8>,
    /// With `help_to_complain`: working days within which the landlord must acknowledge the complaint.
    pub acknowledge_within: Option<u32>,
    /// With `help_to_complain`: working days after the acknowledgement within which the landlord must answer.
    pub answer_within: Option<u32>,
    /// With `wrong_service`: the service that may help.
    pub service: Option<OtherService>,
}

impl Route {
    fn open(kind: RouteKind) -> Self {
        Self {
            kind,
            open_now: true,
            from: None,
            until: None,
            stage: None,
            acknowledge_within: None,
            answer_within: None,
            service: None,
        }
    }
}

/// Returns the route for the stage of a complaint.
pub(crate) fn route(reckoning: &ClockContext<'_>, input: &ClockInput, stage: Stage, deadlines: &[Deadline]) -> Route {
    let freeholder = (input.tenure == Some(Tenure::Freeholder)).then_some(WrongServiceReason::Freeholder);
    if let Some(reason) = input.wrong_service.or(freeholder) {
        return Route {
            service: Some(other_service(reason)),
            ..Route::open(RouteKind::WrongService)
        };
    }
    let find = |duty| deadlines.iter().find(|deadline| deadline.what == duty);
    match stage {
        Stage::NotComplained | Stage::NotSure => help(reckoning, 1, Duty::AcknowledgeStage1, Duty::AnswerStage1),
        Stage::AnsweredStage1 => help(reckoning, 2, Duty::AcknowledgeStage2, Duty::AnswerStage2),
        Stage::WaitingStage1 => chase(reckoning, find(Duty::AnswerStage1)),
        Stage::WaitingStage2 => chase(reckoning, find(Duty::AnswerStage2)),
        Stage::FinalResponse => finished(reckoning, input, find(Duty::BringToUs)),
        // The landlord has to tell the resident about the right to come to the Ombudsman (Complaint Handling Code 2.4). No rule
        // sets a last day for that.
        Stage::Refused => Route {
            from: When::past(&input.refused_on, reckoning.today).span().map(|span| span.latest),
            ..Route::open(RouteKind::ReadyForInvestigation)
        },
    }
}

/// Returns the route for a late answer. It opens on the first working day on which the answer is certainly late.
///
/// Without a date to count from it is open at once.
fn chase(reckoning: &ClockContext<'_>, answer: Option<&Deadline>) -> Route {
    let due = answer.and_then(|answer| answer.due);
    let from = due.map(|due| reckoning.holidays.add_working_days(due.latest, 1));
    Route {
        open_now: from.is_none_or(|from| from <= reckoning.today),
        from,
        ..Route::open(RouteKind::ChaseLandlord)
    }
}

fn help(reckoning: &ClockContext<'_>, stage: u8, acknowledge: Duty, answer: Duty) -> Route {
    let within = |duty| reckoning.rules.limit(duty, reckoning.today).map(|limit| limit.count);
    Route {
        stage: Some(stage),
        acknowledge_within: within(acknowledge),
        answer_within: within(answer),
        ..Route::open(RouteKind::HelpToComplain)
    }
}

fn finished(reckoning: &ClockContext<'_>, input: &ClockInput, ours: Option<&Deadline>) -> Route {
    let late = ours.is_some_and(|ours| ours.state == DeadlineState::Late);
    Route {
        from: When::past(&input.final_response_on, reckoning.today).span().map(|span| span.latest),
        until: ours.and_then(|ours| ours.due).map(|due| due.latest),
        ..Route::open(if late {
            RouteKind::NeedsDiscretion
        } else {
            RouteKind::ReadyForInvestigation
        })
    }
}

fn other_service(reason: WrongServiceReason) -> OtherService {
    match reason {
        WrongServiceReason::Freeholder | WrongServiceReason::PrivateLandlord => OtherService::HousingAdvice,
        WrongServiceReason::Homelessness | WrongServiceReason::CouncilAllocation => OtherService::LocalGovernmentOmbudsman,
        WrongServiceReason::ChargeLevel => OtherService::FirstTierTribunal,
        WrongServiceReason::DataRights => OtherService::InformationCommissioner,
    }
}

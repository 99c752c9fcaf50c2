//! Which way is open to the person now. None of them keeps anybody from sending.

use serde::{Deserialize, Serialize};
use time::Date;

use super::Reckoning;
use super::deadline::{Deadline, DeadlineState};
use super::input::{ClockInput, Stage, Tenure, WrongServiceReason};
use super::rules::Duty;
use super::span::When;
use crate::complaint::fields::iso_date;
use crate::complaint::form::choices;

choices! {
    /// The way on.
    RouteKind {
        /// The landlord has finished, or would not begin: we can look into it.
        ReadyForInvestigation = "ready_for_investigation",
        /// The landlord's answer is awaited; once it is late, we ask for it.
        ChaseLandlord = "chase_landlord",
        /// The landlord has to be asked first, for the first time or to look again.
        HelpToComplain = "help_to_complain",
        WrongService = "wrong_service",
        /// The landlord finished longer ago than is normally looked at; the person may say why.
        NeedsDiscretion = "needs_discretion",
    }
}

choices! {
    /// Who else may help.
    OtherService {
        /// The ombudsman for councils and social care: homelessness, and giving out homes as a council.
        LocalGovernmentOmbudsman = "local_government_ombudsman",
        /// The tribunal that decides how high a service charge may be.
        FirstTierTribunal = "first_tier_tribunal",
        /// The regulator for data rights, after whoever holds the data was asked.
        InformationCommissioner = "information_commissioner",
        /// No one service is known: advice on housing.
        HousingAdvice = "housing_advice",
    }
}

/// Which way is open, from when and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Route {
    pub kind: RouteKind,
    /// Whether it is open today. A complaint can be sent all the same.
    pub open_now: bool,
    /// The first day it is open, where a day is known.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
    pub from: Option<Date>,
    /// The last day it is normally open, where there is one.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
    pub until: Option<Date>,
    /// With `help_to_complain`: the stage to ask the landlord for, 1 or 2.
    pub stage: Option<u8>,
    /// With `help_to_complain`: working days within which the landlord must say that it has the complaint.
    pub acknowledge_within: Option<u32>,
    /// With `help_to_complain`: working days after that within which it must answer.
    pub answer_within: Option<u32>,
    /// With `wrong_service`: who else may help.
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

/// The way on from where a complaint stands.
pub(super) fn route(reckoning: &Reckoning<'_>, input: &ClockInput, stage: Stage, deadlines: &[Deadline]) -> Route {
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
        // The landlord has to tell the person of their right to come to the Ombudsman (Complaint Handling Code 2.4).
        // Nothing says until when.
        Stage::Refused => Route {
            from: When::past(&input.refused_on, reckoning.today).span().map(|span| span.latest),
            ..Route::open(RouteKind::ReadyForInvestigation)
        },
    }
}

/// We ask for an answer from the first working day on which it is surely late. With no date to count from, at once.
fn chase(reckoning: &Reckoning<'_>, answer: Option<&Deadline>) -> Route {
    let due = answer.and_then(|answer| answer.due);
    let from = due.map(|due| reckoning.holidays.add_working_days(due.latest, 1));
    Route {
        open_now: from.is_none_or(|from| from <= reckoning.today),
        from,
        ..Route::open(RouteKind::ChaseLandlord)
    }
}

fn help(reckoning: &Reckoning<'_>, stage: u8, acknowledge: Duty, answer: Duty) -> Route {
    let within = |duty| reckoning.rules.limit(duty, reckoning.today).map(|limit| limit.count);
    Route {
        stage: Some(stage),
        acknowledge_within: within(acknowledge),
        answer_within: within(answer),
        ..Route::open(RouteKind::HelpToComplain)
    }
}

fn finished(reckoning: &Reckoning<'_>, input: &ClockInput, ours: Option<&Deadline>) -> Route {
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

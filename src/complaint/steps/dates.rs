//! When what happened with the landlord.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::complaint::fields::{DateInput, DateProblem, PartialDate, iso_date};
use crate::complaint::form::{Checker, Context, FieldError, Fields, Step, Valid, choices};
use crate::complaint::steps::stage::StageKind;

choices! {
    /// A date the page may ask for.
    DateQuestion {
        ComplainedOn = "complained_on",
        Stage1AnsweredOn = "stage_1_answered_on",
        Stage2AskedOn = "stage_2_asked_on",
        FinalResponseOn = "final_response_on",
        RefusedOn = "refused_on",
    }
}

impl DateQuestion {
    /// The id of the first box, which the error summary links to.
    #[must_use]
    pub fn first_input(self) -> &'static str {
        match self {
            Self::ComplainedOn => "complained_on-day",
            Self::Stage1AnsweredOn => "stage_1_answered_on-day",
            Self::Stage2AskedOn => "stage_2_asked_on-day",
            Self::FinalResponseOn => "final_response_on-day",
            Self::RefusedOn => "refused_on-day",
        }
    }
}

/// The dates that make sense for a stage, in the order they happened.
#[must_use]
pub fn asked(stage: StageKind) -> &'static [DateQuestion] {
    use DateQuestion::{ComplainedOn, FinalResponseOn, RefusedOn, Stage1AnsweredOn, Stage2AskedOn};
    match stage {
        StageKind::NotComplained | StageKind::NotSure => &[],
        StageKind::WaitingStage1 => &[ComplainedOn],
        StageKind::AnsweredStage1 => &[ComplainedOn, Stage1AnsweredOn],
        StageKind::WaitingStage2 => &[ComplainedOn, Stage1AnsweredOn, Stage2AskedOn],
        StageKind::FinalResponse => &[ComplainedOn, FinalResponseOn],
        StageKind::Refused => &[ComplainedOn, RefusedOn],
    }
}

/// The dates a stage asks for; those it does not ask for are empty once checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Dates {
    #[cfg_attr(feature = "ssr", schema(value_type = Option<DateJson>))]
    pub complained_on: DateInput,
    #[cfg_attr(feature = "ssr", schema(value_type = Option<DateJson>))]
    pub stage_1_answered_on: DateInput,
    #[cfg_attr(feature = "ssr", schema(value_type = Option<DateJson>))]
    pub stage_2_asked_on: DateInput,
    #[cfg_attr(feature = "ssr", schema(value_type = Option<DateJson>))]
    pub final_response_on: DateInput,
    #[cfg_attr(feature = "ssr", schema(value_type = Option<DateJson>))]
    pub refused_on: DateInput,
}

impl Dates {
    /// The boxes of one question.
    #[must_use]
    pub fn get(&self, question: DateQuestion) -> &DateInput {
        match question {
            DateQuestion::ComplainedOn => &self.complained_on,
            DateQuestion::Stage1AnsweredOn => &self.stage_1_answered_on,
            DateQuestion::Stage2AskedOn => &self.stage_2_asked_on,
            DateQuestion::FinalResponseOn => &self.final_response_on,
            DateQuestion::RefusedOn => &self.refused_on,
        }
    }

    fn get_mut(&mut self, question: DateQuestion) -> &mut DateInput {
        match question {
            DateQuestion::ComplainedOn => &mut self.complained_on,
            DateQuestion::Stage1AnsweredOn => &mut self.stage_1_answered_on,
            DateQuestion::Stage2AskedOn => &mut self.stage_2_asked_on,
            DateQuestion::FinalResponseOn => &mut self.final_response_on,
            DateQuestion::RefusedOn => &mut self.refused_on,
        }
    }

    /// Whether every date the stage asks for is there.
    #[must_use]
    pub fn complete_for(&self, stage: StageKind) -> bool {
        asked(stage).iter().all(|q| !self.get(*q).is_empty())
    }

    /// Empties the dates the stage does not ask for.
    pub(in crate::complaint) fn keep_only(&mut self, stage: StageKind) {
        use crate::complaint::form::Choice;
        for question in DateQuestion::ALL {
            if !asked(stage).contains(question) {
                *self.get_mut(*question) = DateInput::default();
            }
        }
    }

    fn check_one(&self, question: DateQuestion, today: Date, after: &mut Option<PartialDate>, checker: &mut Checker) {
        use crate::complaint::form::Choice;
        let error = |code| {
            FieldError::new(question.code(), code)
                .at_input(question.first_input())
                .with("question", question.code())
        };
        let date = match self.get(question).read() {
            Ok(Some(date)) => date,
            Ok(None) => return,
            Err(problem) => {
                return checker.add(error(match problem {
                    DateProblem::Missing => "date_missing",
                    DateProblem::MonthMissing => "date_month_missing",
                    DateProblem::YearMissing => "date_year_missing",
                    DateProblem::YearShort => "date_year_short",
                    DateProblem::NotReal => "date_not_real",
                }));
            }
        };
        if date.earliest() > today {
            checker.add(error("date_in_future"));
        } else if let Some(first) = after.filter(|first| date.latest() < first.earliest()) {
            checker.add(error("date_too_early").with("date", iso_date::format(first.earliest())));
        } else {
            *after = Some(date);
        }
    }
}

impl Step for Dates {
    fn from_fields(fields: &Fields) -> Self {
        use crate::complaint::form::Choice;
        let mut dates = Self::default();
        for question in DateQuestion::ALL {
            let part = |name: &str| fields.line(&format!("{}-{name}", question.code()));
            *dates.get_mut(*question) = DateInput {
                day: part("day"),
                month: part("month"),
                year: part("year"),
                unknown: !part("unknown").is_empty(),
            };
        }
        dates
    }

    fn check(mut self, context: &Context<'_>) -> Result<Valid<Self>, Vec<FieldError>> {
        use crate::complaint::form::Choice;
        let mut checker = Checker::default();
        // Without a stage there is nothing to ask yet; what was given is kept as it is.
        let stage = context.answers.stage_kind();
        let mut after = None;
        for question in stage.map_or(DateQuestion::ALL, asked) {
            if stage.is_some() || !self.get(*question).is_empty() {
                self.check_one(*question, context.today, &mut after, &mut checker);
            }
        }
        for question in DateQuestion::ALL {
            let tidy = self.get(*question).tidy();
            *self.get_mut(*question) = tidy;
        }
        if let Some(stage) = stage {
            self.keep_only(stage);
        }
        checker.finish(self)
    }
}

/// How a date is written in JSON, for the API's description.
#[cfg(feature = "ssr")]
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum DateJson {
    /// An exact date, `YYYY-MM-DD`.
    Exact(String),
    /// A date of which only the month is known.
    Approximate { year: i32, month: u8 },
    /// `unknown`: the person does not know.
    NotKnown(NotKnown),
}

/// The word for a date that is not known.
#[cfg(feature = "ssr")]
#[derive(Serialize, utoipa::ToSchema)]
pub enum NotKnown {
    #[serde(rename = "unknown")]
    Unknown,
}

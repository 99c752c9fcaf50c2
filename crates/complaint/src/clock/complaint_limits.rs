//! The limits that the Complaint Handling Code sets for a landlord's two answers.

use crate::clock::ClockContext;
use crate::clock::deadline::Deadline;
use crate::clock::input::{ClockInput, Stage};
use crate::clock::rules::Duty;
use crate::clock::span::{DateRange, When};
use crate::fields::DateInput;

/// One of the two stages: its duties and the dates known about it.
struct StageDates<'a> {
    acknowledge: Duty,
    answer: Duty,
    extend: Duty,
    /// When the resident asked the landlord.
    asked: &'a DateInput,
    acknowledged: &'a DateInput,
    answered: &'a DateInput,
    /// Whether the stage is over, whatever the dates say.
    over: bool,
    /// Whether the extension in the input is about this stage.
    extended: bool,
}

/// Returns the deadlines of the stages that the complaint has reached.
pub(crate) fn deadlines(reckoning: &ClockContext<'_>, input: &ClockInput, stage: Stage) -> Vec<Deadline> {
    let first = StageDates {
        acknowledge: Duty::AcknowledgeStage1,
        answer: Duty::AnswerStage1,
        extend: Duty::ExtendStage1,
        asked: &input.complained_on,
        acknowledged: &input.acknowledged_on,
        answered: &input.stage_1_answered_on,
        over: stage != Stage::WaitingStage1,
        extended: matches!(stage, Stage::WaitingStage1 | Stage::AnsweredStage1),
    };
    let second = StageDates {
        acknowledge: Duty::AcknowledgeStage2,
        answer: Duty::AnswerStage2,
        extend: Duty::ExtendStage2,
        asked: &input.stage_2_asked_on,
        acknowledged: &input.stage_2_acknowledged_on,
        answered: &input.final_response_on,
        over: stage != Stage::WaitingStage2,
        extended: true,
    };
    let rounds: &[StageDates<'_>] = match stage {
        Stage::NotComplained | Stage::NotSure | Stage::Refused => &[],
        Stage::WaitingStage1 | Stage::AnsweredStage1 => &[first],
        Stage::WaitingStage2 | Stage::FinalResponse => &[first, second],
    };
    let mut all: Vec<Deadline> = rounds.iter().flat_map(|round| round.deadlines(reckoning, input)).collect();
    if stage == Stage::FinalResponse {
        all.extend(bring_to_us(reckoning, &input.final_response_on));
    }
    all
}

/// Returns the deadline until which the organisation normally accepts a complaint after the landlord's final answer.
fn bring_to_us(reckoning: &ClockContext<'_>, answered: &DateInput) -> Option<Deadline> {
    let answered = When::past(answered, reckoning.today).span();
    let limit = reckoning.limit(Duty::BringToUs, answered)?;
    let due = answered.map(|span| reckoning.due(Duty::BringToUs, span, span));
    Some(Deadline::new(reckoning, limit, due, When::Not))
}

impl StageDates<'_> {
    fn deadlines(&self, reckoning: &ClockContext<'_>, input: &ClockInput) -> impl Iterator<Item = Deadline> {
        let asked = When::past(self.asked, reckoning.today).span();
        let acknowledged = When::past(self.acknowledged, reckoning.today);
        let acknowledgement = asked.map(|asked| reckoning.due(self.acknowledge, asked, asked));
        let acknowledge = reckoning.limit(self.acknowledge, asked).map(|limit| {
            // A landlord that has answered need not have acknowledged first.
            let done = if self.over { done(acknowledged) } else { acknowledged };
            Deadline::new(reckoning, limit, acknowledgement, done)
        });
        let answer = reckoning
            .limit(self.answer, asked)
            .map(|limit| self.answer(reckoning, input, limit, asked.zip(acknowledgement), acknowledged));
        [acknowledge, answer].into_iter().flatten()
    }

    /// Returns the deadline of the answer: `min(acknowledged, day 5) + 10` at stage 1.
    ///
    /// It counts from the acknowledgement, or from the last day for that if the acknowledgement is late or missing. A late one
    /// gains no time.
    fn answer(
        &self,
        reckoning: &ClockContext<'_>,
        input: &ClockInput,
        limit: &crate::clock::rules::Limit,
        known: Option<(DateRange, DateRange)>,
        acknowledged: When,
    ) -> Deadline {
        let answered = When::past(self.answered, reckoning.today);
        let answered = if self.over { done(answered) } else { answered };
        let Some((asked, last_day)) = known else {
            return Deadline::new(reckoning, limit, None, answered);
        };
        // A complaint cannot be acknowledged before it arrived.
        let acknowledged = acknowledged
            .span()
            .map(|span| span.later(DateRange::new(asked.earliest, asked.earliest)));
        let begins = acknowledged.map_or(last_day, |span| span.earlier(last_day));
        let due = reckoning.due(self.answer, asked, begins);
        let extended = self.extension(reckoning, input, asked, due);
        let mut deadline = Deadline::new(reckoning, limit, Some(extended.unwrap_or(due)), answered);
        deadline.due_before_extension = extended.map(|_| due);
        deadline.due_after_late_acknowledgement = acknowledged
            .filter(|span| span.earliest > last_day.latest)
            .map(|late| reckoning.due(self.answer, asked, late));
        deadline
    }

    /// Returns the extended last day, if the landlord said that it needs longer.
    ///
    /// It is the date the landlord gave, but not after the Code's maximum, and not before the old last day.
    fn extension(&self, reckoning: &ClockContext<'_>, input: &ClockInput, asked: DateRange, due: DateRange) -> Option<DateRange> {
        let told = self.extended && (input.extension_told || !input.extended_until.is_empty());
        if !told || reckoning.limit(self.extend, Some(asked)).is_none() {
            return None;
        }
        let most = reckoning.due(self.extend, asked, due);
        Some(match When::any(&input.extended_until) {
            When::On(until) => due.later(until.earlier(most)),
            When::Not | When::NotKnown => DateRange::new(due.earliest, most.latest),
        })
    }
}

/// Treats a missing date as unknown, for a step that must be over by now.
fn done(when: When) -> When {
    if when == When::Not { When::NotKnown } else { when }
}

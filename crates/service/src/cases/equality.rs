//! The equality questions: answered once after sending, counted, and reported as totals of months that are over.

use time::Date;

use crate::access::caller::{Caller, note};
use crate::{ServiceError, Services, access::token::DraftToken, drafts, error::from_record_error};
use complaint::fields::iso_date;
use complaint::questionnaire::equality::QUESTIONS;
use contract::desk::{EqualityAnswer, EqualityQuestion, EqualityTotals};
use record::{RecordError, equality as counts};

/// Why totals were not returned.
#[derive(Debug, thiserror::Error)]
pub enum TotalsError {
    /// The month is not written as `YYYY-MM`.
    #[error("a month is written like 2026-11")]
    NotAMonth,
    /// The month has not ended. Totals that still grow would reveal whose answer it was, by the day on which they grew.
    #[error("this month is not over")]
    NotOver,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(TotalsError);

/// Returns whether the questions can be answered on this token's device.
///
/// They can if the device sent the complaint, its receipt is still shown, and the questions have not been answered yet.
pub async fn is_open(services: &Services, token: &DraftToken) -> Result<bool, ServiceError> {
    if drafts::sent_case(services, token).await?.is_none() {
        return Ok(false);
    }
    Ok(!counts::has_answered(&services.store().read, token.id).await?)
}

/// Counts the answers of the sender of a complaint. Returns false if there was nothing to count, or the sender had answered
/// before.
///
/// Which answers belong together, and to whom, is not stored.
pub async fn answer(services: &Services, token: &DraftToken, answers: &[(&str, &str)]) -> Result<bool, ServiceError> {
    if answers.is_empty() || drafts::sent_case(services, token).await?.is_none() {
        return Ok(false);
    }
    let write = services.store().begin().await?;
    match counts::note_answered(&write, token.id).await {
        Ok(()) => {}
        Err(RecordError::Duplicate(_)) => return Ok(false),
        Err(e) => return Err(e.into()),
    }
    counts::count(&write, &month(services.today()), answers).await?;
    write.commit().await?;
    Ok(true)
}

/// Returns the totals of a month that is over. Small totals are left out, because they could identify a person.
pub async fn totals(services: &Services, caller: &Caller, wanted: &str) -> Result<EqualityTotals, TotalsError> {
    let first = iso_date::parse(&format!("{wanted}-01")).ok_or(TotalsError::NotAMonth)?;
    // Both are written as `YYYY-MM`, so they compare as text.
    if month(first) >= month(services.today()) {
        return Err(TotalsError::NotOver);
    }
    note(services, caller, "equality_totals", None).await?;
    let found = counts::totals(&services.store().read, &month(first)).await?;
    let smallest = services.settings().equality_smallest_total;
    let total = |question: &str, answer: &str| {
        let row = found.iter().find(|row| row.question == question && row.answer == answer);
        let total = row.map_or(0, |row| u64::try_from(row.total).unwrap_or_default());
        (total >= u64::from(smallest)).then_some(total)
    };
    let questions = QUESTIONS.iter().map(|question| EqualityQuestion {
        question: question.code.to_owned(),
        answers: question
            .choices()
            .map(|answer| EqualityAnswer {
                answer: answer.to_owned(),
                total: total(question.code, answer),
            })
            .collect(),
    });
    Ok(EqualityTotals {
        month: month(first),
        smallest_total: smallest,
        questions: questions.collect(),
    })
}

fn month(date: Date) -> String {
    iso_date::format(date)[..7].to_owned()
}

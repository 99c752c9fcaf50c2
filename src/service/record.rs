//! Showing that the record is what was written.

use super::{ServiceError, Services, views};
use crate::complaint::fields::reference::Reference;
use crate::record::{
    cases, events,
    events::{Model as Event, Verdict},
};

/// What was found for one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub reference: String,
    pub verdict: Verdict,
}

/// Recomputes the chain of one case, and whether its status is what its events say. `None` when there is no such case.
///
/// # Errors
/// [`ServiceError`]. A broken chain is a finding, not an error.
pub async fn verify(services: &Services, reference: &str) -> Result<Option<Finding>, ServiceError> {
    let Some(reference) = Reference::parse(reference) else {
        return Ok(None);
    };
    let case = cases::find_by_reference(&services.store().read, reference.as_str()).await?;
    match case {
        Some(case) => Ok(Some(check(services, case).await?)),
        None => Ok(None),
    }
}

/// The same for every case, handed one by one to `each`. Returns how many there were.
///
/// # Errors
/// [`ServiceError`].
pub async fn verify_all(services: &Services, mut each: impl FnMut(Finding) + Send) -> Result<u64, ServiceError> {
    let (mut after, mut count) = (None, 0);
    loop {
        let page = cases::list(&services.store().read, &cases::Filter::default(), after, 200).await?;
        let Some(last) = page.last() else { return Ok(count) };
        after = Some((last.updated_at, last.id));
        for case in page {
            each(check(services, case).await?);
            count += 1;
        }
    }
}

async fn check(services: &Services, case: cases::Model) -> Result<Finding, ServiceError> {
    // A body that does not read back is a wrong projection: its own hash has been checked by then.
    let replay = |events: &[Event]| views::standing(events).ok().map(views::projection);
    let verdict = events::verify(&services.store().read, &case, replay).await?;
    Ok(Finding {
        reference: case.reference,
        verdict,
    })
}

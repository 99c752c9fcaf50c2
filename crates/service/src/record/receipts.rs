//! Receipts: signed statements that an event is in the log.

use crate::{ServiceError, Services, access::viewer::Viewer, cases::views};
use ::record::{
    RecordError, cases,
    events::{self, Model as Event},
    log::{self, LogAtSize},
};
use proof::receipt::{Receipt, ReceiptError};

/// Returns the receipt for the viewer's timeline entry `n`. `None` if they see no such entry.
pub async fn receipt(services: &Services, viewer: &Viewer, n: u32) -> Result<Option<String>, ServiceError> {
    let shown = views::shown_events(viewer)?;
    let place = n.checked_sub(1).and_then(|place| usize::try_from(place).ok());
    let Some(event) = place.and_then(|place| shown.get(place)) else {
        return Ok(None);
    };
    let hash = event.hash.as_slice().try_into();
    let hash = hash.map_err(|_| RecordError::corrupt("the hash of an event does not have 32 bytes"))?;
    let db = &services.store().read;
    let index = log::find(db, &event.hash).await?;
    let index = index.ok_or_else(|| RecordError::corrupt("an event has no leaf in the log"))?;
    let log = log::checkpoint(db).await?;
    let receipt = Receipt {
        reference: viewer.reference().to_owned(),
        kind: event.kind.clone(),
        at: event.at.rfc3339(),
        hash,
        index,
        log,
        proof: log::inclusion_proof(db, index, log.size).await?,
    };
    Ok(Some(receipt.sign(&services.settings().log_origin, &services.log_keys().current)))
}

/// How the database differs from a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFault {
    #[error("the log has fewer leaves than the {size} that it had")]
    LogShorter { size: u64 },
    #[error("the log has another leaf at place {index}")]
    OtherLeaf { index: u64 },
    #[error("the first {size} leaves of the log give another root")]
    OtherRoot { size: u64 },
    #[error("the case has no event with this hash")]
    NoEvent,
    #[error("the event with this hash has another kind, time or content")]
    OtherEvent,
}

/// Checks a receipt: its signature, its proof, and that the database still has what it states.
///
/// # Errors
/// The inner error says why the text is not a receipt of this server.
pub async fn check(services: &Services, signed: &str) -> Result<Result<(Receipt, Vec<ReceiptFault>), ReceiptError>, ServiceError> {
    let receipt = match Receipt::open(signed, &services.log_keys().public()) {
        Ok(receipt) => receipt,
        Err(error) => return Ok(Err(error)),
    };
    let (index, size) = (receipt.index, receipt.log.size);
    let mut faults = Vec::new();
    let LogAtSize { entry, root } = log::at_size(&services.store().read, index, size).await?;
    if entry.is_some_and(|entry| entry != receipt.hash) {
        faults.push(ReceiptFault::OtherLeaf { index });
    }
    match root {
        None => faults.push(ReceiptFault::LogShorter { size }),
        Some(root) if root != receipt.log.root => faults.push(ReceiptFault::OtherRoot { size }),
        Some(_) => {}
    }
    faults.extend(event_fault(services, &receipt).await?);
    Ok(Ok((receipt, faults)))
}

/// Compares the event with the receipt.
async fn event_fault(services: &Services, receipt: &Receipt) -> Result<Option<ReceiptFault>, ServiceError> {
    let db = &services.store().read;
    let Some(case) = cases::find_id(db, &receipt.reference).await? else {
        return Ok(Some(ReceiptFault::NoEvent));
    };
    let events = events::list(db, case, 0, u64::from(u32::MAX), &[]).await?;
    let Some(event) = events.iter().find(|event| event.hash == receipt.hash) else {
        return Ok(Some(ReceiptFault::NoEvent));
    };
    let is_same = |event: &Event| event.kind == receipt.kind && event.at.rfc3339() == receipt.at && events::hash(event) == receipt.hash;
    Ok((!is_same(event)).then_some(ReceiptFault::OtherEvent))
}

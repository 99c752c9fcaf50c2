//! Verification of the record, and commitments for cases from before they existed.

use crate::stored;
use std::collections::BTreeMap;

use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{ServiceError, Services, mailbox, open_case::OpenCase};
use complaint::{
    case::{
        event::{CONTENTS_COMMITTED, EventBody},
        state::Authority,
    },
    fields::reference::Reference,
};
use record::{
    RecordError,
    cases::{self, Model as Case},
    events::{self, Model as Event},
    uploads::{self, Model as Upload, Owner},
    verification::{self, Expected, ExpectedPerson, VerificationResult},
};

/// How many cases are loaded at once.
const PAGE: u64 = 200;

/// The verdict on one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub reference: String,
    pub verdict: VerificationResult,
}

/// How much is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everything in the database.
    Database,
    /// Everything in the database, and the bytes of every file.
    WithFiles,
}

/// Verifies one case in the database. `None` if there is no such case. A broken chain is a finding, not an error.
pub async fn verify(services: &Services, reference: &str) -> Result<Option<Finding>, ServiceError> {
    verify_to(services, reference, Extent::Database).await
}

/// Verifies one case to the given extent.
pub async fn verify_to(services: &Services, reference: &str, extent: Extent) -> Result<Option<Finding>, ServiceError> {
    let Some(reference) = Reference::parse(reference) else {
        return Ok(None);
    };
    match cases::find_id(&services.store().read, reference.as_str()).await? {
        Some(id) => check(services, id, reference.to_string(), extent).await,
        None => Ok(None),
    }
}

/// Verifies every case in the database and passes each finding to `each`: see [`verify_all_to`].
pub async fn verify_all(services: &Services, each: impl FnMut(Finding) + Send) -> Result<u64, ServiceError> {
    verify_all_to(services, Extent::Database, each).await
}

/// Verifies every case to the given extent, passes each finding to `each`, and returns the number of cases.
///
/// The finding about a case whose row is gone contains its id instead of a reference.
pub async fn verify_all_to(services: &Services, extent: Extent, mut each: impl FnMut(Finding) + Send) -> Result<u64, ServiceError> {
    let (mut after, mut count) = (Uuid::nil(), 0);
    loop {
        let page = cases::page_of_keys(&services.store().read, after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        for (id, reference) in page {
            if let Some(finding) = check(services, id, reference, extent).await? {
                each(finding);
                count += 1;
            }
        }
    }
    for id in events::list_without_case(&services.store().read).await? {
        each(Finding {
            reference: id.to_string(),
            verdict: VerificationResult::NoCase,
        });
        count += 1;
    }
    Ok(count)
}

async fn check(services: &Services, id: Uuid, reference: String, extent: Extent) -> Result<Option<Finding>, ServiceError> {
    // A body that does not parse counts as a wrong projection: its commitment has been checked by then.
    let expect = |case: &Case, events: &[Event]| expected(services, case, events).ok();
    let verdict = match verification::verify(services.store(), id, expect).await {
        // One damaged row must not keep the other cases from being verified.
        Err(unreadable @ (RecordError::Corrupt(_) | RecordError::Database(_))) => Some(VerificationResult::Unreadable {
            why: unreadable.to_string(),
        }),
        verdict => verdict?,
    };
    let verdict = match verdict {
        Some(VerificationResult::Intact { .. }) if extent == Extent::WithFiles => wrong_bytes(services, id).await?.or(verdict),
        verdict => verdict,
    };
    Ok(verdict.map(|verdict| Finding { reference, verdict }))
}

/// Returns a verdict about the first file of a case whose bytes differ from those that were received.
async fn wrong_bytes(services: &Services, case: Uuid) -> Result<Option<VerificationResult>, ServiceError> {
    for upload in uploads::list(&services.store().read, Owner::Case(case)).await? {
        if sha256(services, &upload).await != upload.sha256 {
            return Ok(Some(VerificationResult::WrongBytes { file: upload.id }));
        }
    }
    Ok(None)
}

/// Returns the SHA-256 of a file's bytes as stored now, in lower-case hex. `None` if they cannot be read completely.
async fn sha256(services: &Services, upload: &Upload) -> Option<String> {
    let length = upload.bytes.unsigned_abs();
    let stored = services.files().part(&upload.storage_key, length, 0..length).await.ok()?;
    let hashed = stored.try_fold(Sha256::new(), |sha, piece| async move { Ok(sha.chain_update(piece)) });
    Some(hex::encode(hashed.await.ok()?.finalize()))
}

/// Returns what the database should contain for a case with these events.
fn expected(services: &Services, case: &Case, events: &[Event]) -> Result<Expected, RecordError> {
    let file = stored::case_file(case, events)?;
    let here = file.people.iter().filter(|person| person.has_joined);
    let people = here.map(|person| {
        let expected = ExpectedPerson {
            mailbox: mailbox::of_plan(services, &person.contact),
            ended: matches!(person.authority, Authority::Refused | Authority::Ended),
        };
        (i32::from(person.number), expected)
    });
    let mut refused = BTreeMap::new();
    for event in events {
        if let EventBody::FileRefused { file, reason, .. } = stored::body(event)? {
            refused.insert(file, reason);
        }
    }
    Ok(Expected {
        projection: stored::projection(file.state),
        people: people.collect(),
        refused,
    })
}

/// Adds commitments to the contents of every case from before commitments existed, and returns the number of cases.
///
/// Each case is one transaction, so this can be stopped and run again. After each page, `progress` gets the number so far.
pub async fn bind_earlier_cases(services: &Services, mut progress: impl FnMut(u64) + Send) -> Result<u64, ServiceError> {
    let (mut after, mut bound) = (Uuid::nil(), 0);
    loop {
        let page = events::list_unbound_cases(&services.store().read, CONTENTS_COMMITTED, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(bound) };
        after = *last;
        for case in page {
            let write = services.store().begin().await?;
            // Locking a case adds the commitments.
            if let Some(case) = OpenCase::lock_by_id(services, write, case).await? {
                case.commit().await?;
                bound += 1;
            }
        }
        progress(bound);
    }
}

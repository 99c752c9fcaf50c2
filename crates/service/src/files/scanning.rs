//! Virus scanning of files: each becomes `clean` or `refused`, or waits to be scanned again.
//!
//! Several servers may do this on one database: a file is leased to one of them at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::TryStreamExt;
use futures::future::join_all;
use sha2::{Digest, Sha256};
use time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{ServiceError, Services, files::refusal, open_case::OpenCase};
use evidence::{
    Scanner,
    clamd::{Clamd, ScanError, Verdict},
    scanner::Retry,
};
use record::{
    Instant, RecordError, cases,
    entropy::bytes,
    scans::{self, Model as Scan, NewVerdict},
    uploads::{self, Model as Upload},
};

/// How many files are scanned concurrently.
const AT_ONCE: u64 = 2;

/// How much longer the lease of a file is than its longest scan, so that no other server starts on it.
const MARGIN: Duration = Duration::seconds(30);

/// The scanner as this process knows it. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct ScannerState {
    wake: Arc<Notify>,
    away: Arc<AtomicBool>,
}

/// The result of [`round`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundResult {
    /// No file was due, or there is no scanner.
    Idle,
    /// This many files were taken.
    Took(usize),
    /// The scanner does not answer; nothing was taken.
    Away,
}

/// Why a file has no verdict. The codes go to the log and to the record.
enum ScanFailure {
    /// The file is beyond the scanner's limits. Trying again soon is of no use.
    BeyondLimits,
    Other(&'static str),
}

/// Takes some of the files that are due, has them scanned and stores the verdicts.
///
/// If a verdict could not be stored, its file is scanned again.
pub async fn round(services: &Services) -> Result<RoundResult, ServiceError> {
    let Scanner::Clamd { clamd, retry } = services.scanner() else {
        return Ok(RoundResult::Idle);
    };
    let store = services.store();
    if !scans::any_due(&store.read, services.instant()).await? {
        return Ok(RoundResult::Idle);
    }
    // Checked first, so that an unavailable scanner does not cost each file an attempt and a delay.
    let Some(engine) = engine(services, clamd).await else {
        return Ok(RoundResult::Away);
    };
    let lease = Duration::try_from(clamd.patience.connect + clamd.patience.scan).unwrap_or(Duration::HOUR) + MARGIN;
    let write = store.begin().await?;
    let taken = scans::take_due(&write, services.instant(), lease, AT_ONCE).await?;
    write.commit().await?;
    let work = Work {
        services,
        clamd,
        retry: *retry,
        engine,
    };
    for done in join_all(taken.iter().map(|scan| work.finish(scan))).await {
        done?;
    }
    Ok(RoundResult::Took(taken.len()))
}

/// Checks whether the scanner answers, for [`warning`]. Does nothing if no scanner is configured.
pub async fn check_scanner(services: &Services) {
    if let Scanner::Clamd { clamd, .. } = services.scanner() {
        engine(services, clamd).await;
    }
}

/// Returns the scanner's version. `None` if it does not answer. Logs when that changes.
async fn engine(services: &Services, clamd: &Clamd) -> Option<String> {
    let version = clamd.version().await;
    let away = services.scans().away.swap(version.is_err(), Ordering::Relaxed);
    match (version, away) {
        (Ok(engine), false) => Some(engine),
        (Ok(engine), true) => {
            tracing::info!("the virus scanner answers again");
            Some(engine)
        }
        (Err(error), false) => {
            tracing::error!(%error, "the virus scanner does not answer: files wait for the scan and are not served");
            None
        }
        (Err(_), true) => None,
    }
}

/// Waits until this process has received another file.
pub async fn wait_for_upload(services: &Services) {
    services.scans().wake.notified().await;
}

/// Wakes the scanning task of this process.
pub(crate) fn wake(services: &Services) {
    services.scans().wake.notify_one();
}

/// Returns what the operator should know about scanning. `None` if files are scanned, as far as the process knows.
pub fn warning(services: &Services) -> Option<&'static str> {
    match services.scanner() {
        Scanner::Off => Some("files are not checked for viruses and are served unchecked: scanner.mode is off"),
        Scanner::NotConfigured => Some("files wait for the virus scan and are not served: scanner.clamd is not set"),
        Scanner::Clamd { .. } => {
            let away = services.scans().away.load(Ordering::Relaxed);
            away.then_some("the virus scanner does not answer: files wait for the scan and are not served")
        }
    }
}

/// The context for scanning the files of one round.
struct Work<'a> {
    services: &'a Services,
    clamd: &'a Clamd,
    retry: Retry,
    engine: String,
}

impl Work<'_> {
    async fn finish(&self, scan: &Scan) -> Result<(), ServiceError> {
        let Some(upload) = uploads::lookup(&self.services.store().read, scan.upload_id).await? else {
            return Ok(());
        };
        // The server that found the virus may have crashed before it moved the bytes.
        if scan.verdict == Some(scans::ScanVerdict::Infected) {
            return self.quarantine(scan, &upload).await;
        }
        match self.scan_file(&upload).await {
            Ok(Verdict::Suspected { signature }) => self.hold_for_decision(scan, &signature).await,
            Ok(Verdict::Clean) => self.store_verdict(scan, scans::ScanVerdict::Clean, None).await,
            Ok(Verdict::Infected { signature }) => self.store_verdict(scan, scans::ScanVerdict::Infected, Some(signature)).await,
            Err(ScanFailure::BeyondLimits) => {
                tracing::error!(upload = %upload.id, bytes = upload.bytes,
                    "a file exceeds the limits of the virus scanner and waits: raise StreamMaxLength, MaxFileSize and MaxScanSize");
                self.postpone(scan, "beyond_limits", self.retry.longest).await
            }
            Err(ScanFailure::Other(code)) => {
                tracing::warn!(upload = %upload.id, tries = scan.attempts, code, "a file could not be scanned yet");
                self.postpone(scan, code, self.retry.after(scan.attempts)).await
            }
        }
    }

    /// Has the file scanned. A clean verdict counts only if the scanned bytes are those that were received.
    async fn scan_file(&self, upload: &Upload) -> Result<Verdict, ScanFailure> {
        let length = upload.bytes.unsigned_abs();
        let opened = self.services.files().part(&upload.storage_key, length, 0..length).await;
        let file = opened.map_err(|error| {
            tracing::error!(upload = %upload.id, %error, "a file cannot be read");
            ScanFailure::Other("storage")
        })?;
        let mut sha = Sha256::new();
        let verdict = self.clamd.scan(file.inspect_ok(|piece| sha.update(piece))).await.map_err(|error| {
            tracing::debug!(upload = %upload.id, %error, "a scan gave no verdict");
            match error {
                ScanError::BeyondLimits => ScanFailure::BeyondLimits,
                ScanError::Unreachable(_) => ScanFailure::Other("connection"),
                ScanError::BrokenOff => ScanFailure::Other("broken_off"),
                ScanError::TookTooLong => ScanFailure::Other("timeout"),
                ScanError::Failed(_) => ScanFailure::Other("scanner_failed"),
                ScanError::Unread(_) => ScanFailure::Other("storage"),
            }
        })?;
        if verdict == Verdict::Clean && upload.sha256.as_deref() != Some(&hex::encode(sha.finalize())) {
            tracing::error!(upload = %upload.id, "a file in storage differs from the file that was received");
            return Err(ScanFailure::Other("changed"));
        }
        Ok(verdict)
    }

    /// Holds a suspected file for a decision by the desk. It is scanned again each day, because newer signatures may give a
    /// verdict.
    async fn hold_for_decision(&self, scan: &Scan, signature: &str) -> Result<(), ServiceError> {
        let again = self.services.now() + Duration::DAY;
        let write = self.services.store().begin().await?;
        let Some((upload, is_new)) = scans::record_suspicion(&write, scan, signature, again.into()).await? else {
            return Ok(());
        };
        if is_new {
            tracing::warn!(upload = %upload.id, signature, "the virus scanner suspects a file, and the organisation has to decide about the file");
        }
        match upload.case_id.filter(|_| is_new) {
            Some(case_id) => {
                let case = OpenCase::lock_by_id(self.services, write, case_id).await?;
                let mut case = case.ok_or_else(|| RecordError::corrupt("the case of a file is missing"))?;
                refusal::append_held(self.services, &mut case, &upload).await?;
                Ok(case.commit().await?)
            }
            None => Ok(write.commit().await?),
        }
    }

    async fn store_verdict(&self, scan: &Scan, verdict: scans::ScanVerdict, signature: Option<String>) -> Result<(), ServiceError> {
        let infected = verdict == scans::ScanVerdict::Infected;
        let found = NewVerdict {
            verdict,
            signature,
            engine: self.engine.clone(),
            at: self.services.instant(),
            reason: infected.then_some(refusal::VIRUS),
        };
        let write = self.services.store().begin().await?;
        let Some(upload) = scans::record_verdict(&write, scan, &found).await? else {
            return Ok(());
        };
        if infected && let Some(case_id) = upload.case_id {
            let case = OpenCase::lock_by_id(self.services, write, case_id).await?;
            let mut case = case.ok_or_else(|| RecordError::corrupt("the case of a file is missing"))?;
            refusal::append(self.services, &mut case, &upload).await?;
            case.commit().await?;
        } else {
            write.commit().await?;
        }
        if !infected {
            tracing::info!(upload = %upload.id, "a file was scanned and is clean");
            return Ok(());
        }
        tracing::warn!(upload = %upload.id, signature = found.signature, "a file was scanned and is refused");
        self.quarantine(scan, &upload).await
    }

    /// Moves the bytes of a refused file into quarantine. The file is refused already and cannot be opened, wherever its
    /// bytes are.
    async fn quarantine(&self, scan: &Scan, upload: &Upload) -> Result<(), ServiceError> {
        let files = self.services.files();
        let key = match files.quarantine(&upload.storage_key).await {
            Ok(key) => key,
            Err(error) => {
                tracing::error!(upload = %upload.id, %error, "a refused file could not be moved into quarantine yet");
                return self.postpone(scan, "quarantine", self.retry.after(scan.attempts)).await;
            }
        };
        let write = self.services.store().begin().await?;
        let still_there = scans::record_quarantine(&write, upload.id, &key, self.services.instant()).await?;
        write.commit().await?;
        if !still_there {
            // The owner removed the file meanwhile, without knowing the new storage key.
            files.remove(&key).await.map_err(ServiceError::storage)?;
        }
        Ok(())
    }

    async fn postpone(&self, scan: &Scan, code: &str, wait: std::time::Duration) -> Result<(), ServiceError> {
        let [chance] = bytes::<1>(self.services.entropy());
        // Up to a quarter more at random, so that many files are not due at the same time.
        let wait = wait + wait / 4 * u32::from(chance) / 255;
        let until = self.services.now() + Duration::try_from(wait).unwrap_or(Duration::DAY);
        let write = self.services.store().begin().await?;
        scans::put_off(&write, scan, until.into(), code).await?;
        Ok(write.commit().await?)
    }
}

/// A file that waits for a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub upload: Uuid,
    /// The reference of its case, if the complaint was sent.
    pub reference: Option<String>,
    pub bytes: u64,
    pub received_at: Instant,
    /// How often a scan was attempted.
    pub attempts: i32,
    pub last_error: Option<String>,
}

/// Lists the files that wait for a verdict, the longest waiting first.
pub async fn waiting(services: &Services) -> Result<Vec<Waiting>, ServiceError> {
    let db = &services.store().read;
    let mut listed = Vec::new();
    for (upload, scan) in scans::list_waiting(db).await? {
        let case = match upload.case_id {
            Some(id) => cases::lookup(db, id).await?,
            None => None,
        };
        listed.push(Waiting {
            upload: upload.id,
            reference: case.map(|case| case.reference),
            bytes: upload.bytes.unsigned_abs(),
            received_at: upload.received_at,
            attempts: scan.as_ref().map_or(0, |scan| scan.attempts),
            last_error: scan.and_then(|scan| scan.last_error),
        });
    }
    Ok(listed)
}

//! News: tells an open page of a case that something the person sees there has changed.
//!
//! One look at the record serves all open pages, however many there are, and none are open at night. A change is compared as
//! the person sees it, so an internal note of the organisation is no news.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use record::case_marks::{self, CaseMark};
use sha2::{Digest, Sha256};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::{CaseDetails, details};
use crate::{
    ServiceError, Services,
    access::{
        sessions,
        viewer::{self, Viewer},
    },
};
use contract::{CaseView, Timeline};

/// The interval of looking at the record while a page is open.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How many cases one query asks for.
const AT_ONCE: usize = 500;

/// The longest time between two items of a stream. Each shows the browser that the connection lives, and its person is still signed
/// in.
const CHECK_EVERY: Duration = Duration::from_secs(15);

/// The cases with open pages, each with its mark at the last look.
#[derive(Debug, Default)]
pub(crate) struct OpenPages {
    cases: Mutex<HashMap<Uuid, watch::Sender<CaseMark>>>,
    opened: Notify,
    is_closing: watch::Sender<bool>,
}

impl OpenPages {
    fn add(&self, case: Uuid) -> watch::Receiver<CaseMark> {
        let mut cases = self.cases.lock().unwrap_or_else(PoisonError::into_inner);
        let receiver = cases.entry(case).or_default().subscribe();
        self.opened.notify_one();
        receiver
    }

    /// Returns the cases with open pages, and forgets the others.
    fn list(&self) -> Vec<Uuid> {
        let mut cases = self.cases.lock().unwrap_or_else(PoisonError::into_inner);
        cases.retain(|_, mark| mark.receiver_count() > 0);
        cases.keys().copied().collect()
    }
}

/// Looks at the record for changes of the cases with open pages. Returns whether there are any such cases.
pub async fn look(services: &Services) -> Result<bool, ServiceError> {
    let pages = services.open_pages();
    let open = pages.list();
    for part in open.chunks(AT_ONCE) {
        let marks = case_marks::list(&services.store().read, part).await?;
        let cases = pages.cases.lock().unwrap_or_else(PoisonError::into_inner);
        for (case, mark) in marks {
            if let Some(known) = cases.get(&case) {
                known.send_if_modified(|known| {
                    *known != mark && {
                        *known = mark;
                        true
                    }
                });
            }
        }
    }
    Ok(!open.is_empty())
}

/// Waits until the next look: for a while, or until a page is opened if `any` is false.
pub async fn wait_for_look(services: &Services, any: bool) {
    if !any {
        services.open_pages().opened.notified().await;
    }
    tokio::time::sleep(LOOK_EVERY).await;
}

/// Ends all streams of news, because the server stops.
pub fn close(services: &Services) {
    services.open_pages().is_closing.send_replace(true);
}

/// Returns the version of a case as this viewer sees it. It changes with everything that the case's page shows of the record.
///
/// Reading the version does not count as reading the case.
pub async fn version(services: &Services, viewer: &Viewer) -> Result<String, ServiceError> {
    let CaseDetails { case, timeline, .. } = details(services, viewer).await?;
    version_of(&case, &timeline)
}

/// Like [`version`], for a case that was read already.
pub fn version_of(case: &CaseView, timeline: &Timeline) -> Result<String, ServiceError> {
    let shown = serde_json::to_vec(&(case, timeline)).map_err(ServiceError::internal)?;
    Ok(hex::encode(&Sha256::digest(shown)[..16]))
}

/// The news of one case for one person.
#[derive(Debug)]
pub struct Follower {
    services: Services,
    token: String,
    reference: String,
    marks: watch::Receiver<CaseMark>,
    is_closing: watch::Receiver<bool>,
    version: Option<String>,
}

impl Follower {
    /// Follows the case of `viewer`, whose session has this token.
    pub fn new(services: &Services, viewer: &Viewer, token: String) -> Self {
        let pages = services.open_pages();
        Self {
            services: services.clone(),
            token,
            reference: viewer.reference().to_owned(),
            marks: pages.add(viewer.case.id),
            is_closing: pages.is_closing.subscribe(),
            version: None,
        }
    }

    /// Waits for the next version of the case, or repeats the last one after a while. Begins with the version now.
    ///
    /// Returns `None` once the person is signed out or has no access any more, and when the server stops.
    pub async fn next(&mut self) -> Result<Option<String>, ServiceError> {
        loop {
            let is_changed = self.version.is_none()
                || tokio::select! {
                    changed = self.marks.changed() => changed.is_ok(),
                    () = tokio::time::sleep(CHECK_EVERY) => false,
                    _ = self.is_closing.wait_for(|closing| *closing) => return Ok(None),
                };
            let services = &self.services;
            let Some(session) = sessions::session(services, &self.token).await? else {
                return Ok(None);
            };
            if !is_changed {
                return Ok(self.version.clone());
            }
            let Some(viewer) = viewer::viewer(services, &session, &self.reference).await? else {
                return Ok(None);
            };
            let version = version(services, &viewer).await?;
            if self.version.as_ref() != Some(&version) {
                self.version = Some(version);
                return Ok(self.version.clone());
            }
        }
    }
}

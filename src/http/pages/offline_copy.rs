//! Permission for a phone to store the pages of a case, so that the person can read them without a connection.
//!
//! The service worker stores a page only if its response has the header [`NAME`]. The header names the session, and for how many seconds
//! the page may be shown. A response without it deletes the stored page.

use axum::http::{HeaderName, HeaderValue};
use sha2::{Digest, Sha256};
use time::Duration;

use crate::app::portal::{RepresentationPage, ServedAt};
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::visit::Visit;
use complaint::case::actions::CaseActionKind;
use service::london::moment;

/// The response header.
pub(crate) const NAME: HeaderName = HeaderName::from_static("x-offline-copy");

/// How long a page may be shown after it was stored. It may not outlive the session either.
const LONGEST: Duration = Duration::days(7);

/// A page that the phone may store.
#[derive(Clone, Debug)]
pub(crate) struct OfflineCopy {
    pub(crate) header: HeaderValue,
    pub(crate) served_at: ServedAt,
}

impl Visit {
    /// Returns how the phone may store the page of this request. `None` on a shared device, without a session or access, and for other pages.
    pub(crate) async fn offline_copy(&self, portal: &ServicePortal) -> Option<OfflineCopy> {
        let has_access = !matches!(portal.acting, Some(RepresentationPage::NoAccess(_)));
        if self.is_shared() || !has_access || !is_readable_offline(self.uri.path()) {
            return None;
        }
        let token = self.cookies().session_token(&self.headers)?;
        let session = portal.session().await.ok()??;
        let now = self.services().now();
        let seconds = (session.expires_at - now).min(LONGEST).whole_seconds();
        // A hash, so that the worker tells sessions apart and stores no token.
        let owner = hex::encode(&Sha256::digest(["offline copy ", &token].concat())[..6]);
        Some(OfflineCopy {
            header: HeaderValue::try_from(format!("{owner} {seconds}")).ok()?,
            served_at: ServedAt(moment(now.into())),
        })
    }
}

/// Whether a path is a page of a case to read, or a form of a case. Pages that show a code once are neither.
fn is_readable_offline(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts[..] {
        ["cases"] | ["cases", _] | ["cases", _, "add-more", _] => true,
        ["cases", _, page] => matches!(page, "as-sent" | "people" | "contact") || CaseActionKind::from_slug(page).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("/cases", true)]
    #[case("/cases/RC-7K3M-92QF", true)]
    #[case("/cases/RC-7K3M-92QF/as-sent", true)]
    #[case("/cases/RC-7K3M-92QF/message", true)]
    #[case("/cases/RC-7K3M-92QF/people/2", false)]
    #[case("/cases/RC-7K3M-92QF/contact/code", false)]
    #[case("/signed-in-devices", false)]
    #[case("/complaint/tasks", false)]
    fn pages_of_a_case_without_codes_are_readable_offline(#[case] path: &str, #[case] expected: bool) {
        assert_eq!(is_readable_offline(path), expected);
    }
}

//! Handlers that open pages.

use axum::extract::Path;
use axum::response::Response;

use crate::app::portal::{BrowserDrafts, RepresentationPage};
use crate::http::draft_number::DraftNumber;
use crate::http::pages::accepted::see_other;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::trouble::{self, PageResult};
use crate::http::pages::visit::Visit;
use complaint::{Page, StepId};
use service::drafts;

/// Opens a page that reads its data itself.
pub(crate) async fn open(visit: Visit) -> Response {
    visit.open().await
}

/// The page for an unknown address.
pub(crate) async fn not_found(visit: Visit) -> Response {
    visit.not_found().await
}

/// The start page. Redirects a device on which another device has closed the draft to a page that says so.
pub(crate) async fn start(visit: Visit) -> Response {
    if visit.cookies().held_drafts(&visit.headers).len() > 1 && !visit.is_shared() {
        let portal = visit.portal().with_draft(None).with_held(BrowserDrafts::Several);
        return visit.page(portal).await;
    }
    match visit.leave_closed_draft().await {
        Some(closed) => closed,
        None => visit.open().await,
    }
}

/// A page of the questionnaire.
pub(crate) async fn journey(visit: Visit) -> Response {
    let slug = visit.uri.path().rsplit('/').next().unwrap_or_default();
    let Some(page) = Page::from_slug(slug) else {
        return visit.not_found().await;
    };
    let has_name = DraftNumber::from_query(visit.uri.query()).is_some();
    if has_name && page != Page::Step(StepId::Role.into()) && !visit.cookies().has_visited(&visit.headers) {
        return visit.no_cookies().await;
    }
    let mut portal = visit.portal();
    if let (Some(token), Page::Step(_) | Page::Tasks | Page::CheckAnswers) = (visit.draft_token(), page) {
        match drafts::open_for_page(visit.services(), &token).await {
            // A sent complaint cannot be changed; its receipt says so.
            Ok(Some(draft)) if draft.sent.is_some() => return see_other(&Page::Sent.path(), None),
            Ok(None) => match visit.leave_closed_draft().await {
                Some(closed) => return closed,
                None => portal = portal.with_draft(None),
            },
            Ok(draft) => portal = portal.with_draft(draft),
            Err(failure) => portal = portal.without_draft(trouble::portal_error(&failure)),
        }
    }
    visit.page(portal).await
}

/// The list of cases of a session.
pub(crate) async fn cases(visit: Visit) -> Response {
    let read = match visit.session().await {
        Ok(None) => return see_other("/sign-in", None),
        Ok(Some(_)) => visit.portal().with_cases().await,
        Err(failure) => Err(failure),
    };
    // The page reads again what could not be read, and reports the failure itself.
    let portal = read.unwrap_or_else(|_| visit.portal());
    visit.page(portal).await
}

/// One case. A person who may not see it gets the same response whether the case exists or not.
pub(crate) async fn case(visit: Visit, Path(reference): Path<String>) -> PageResult {
    let portal = visit.portal();
    match portal.find_case(&reference).await {
        Ok(Some(case)) => Ok(visit.page(portal.with_case(case)).await),
        Ok(None) => Box::pin(without_access(&visit, portal, &reference)).await,
        Err(failure) => Ok(visit.page_with_status(trouble::status(&failure), portal).await),
    }
}

/// Redirects a person who may not see a case. A participant gets the case's page, which says why; all others get sign-in.
async fn without_access(visit: &Visit, portal: ServicePortal, reference: &str) -> PageResult {
    let home = format!("/cases/{reference}");
    Ok(match portal.find_no_access(Some(reference)).await? {
        Some(why) if visit.uri.path() == home => visit.page(portal.with_acting(RepresentationPage::NoAccess(why))).await,
        Some(_) => see_other(&home, None),
        None => see_other("/sign-in", None),
    })
}

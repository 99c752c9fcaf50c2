//! Handlers that open pages.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::app::portal::{BrowserDrafts, RepresentationPage};
use crate::http::draft_number::DraftNumber;
use crate::http::pages::accepted::see_other;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::render::Render;
use crate::http::pages::{Forms, browser_drafts, draft_devices, trouble};
use complaint::{Page, StepId};
use service::{access::sessions, drafts};

/// Opens a page that reads its data itself.
pub(crate) async fn open(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let portal = ServicePortal::new(&forms.http, &headers);
    open_with(&forms, &headers, &uri, portal).await
}

/// Opens a page with data that its handler provides.
pub(crate) async fn open_with(forms: &Forms, headers: &HeaderMap, uri: &Uri, portal: ServicePortal) -> Response {
    Render {
        forms,
        headers,
        uri,
        portal,
    }
    .page()
    .await
}

/// The start page. Redirects a device on which another device has closed the draft to a page that says so.
pub(crate) async fn start(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let cookies = &forms.http.cookies;
    if cookies.held_drafts(&headers).len() > 1 && !cookies.is_shared(&headers) {
        let portal = ServicePortal::new(&forms.http, &headers)
            .with_draft(None)
            .with_held(BrowserDrafts::Several);
        return open_with(&forms, &headers, &uri, portal).await;
    }
    match draft_devices::closed(&forms, &headers).await {
        Some(closed) => closed,
        None => open(State(forms), headers, uri).await,
    }
}

/// A page of the questionnaire.
pub(crate) async fn journey(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let slug = uri.path().rsplit('/').next().unwrap_or_default();
    let Some(page) = Page::from_slug(slug) else {
        return not_found(State(forms), headers, uri).await;
    };
    let has_name = DraftNumber::from_query(uri.query()).is_some();
    if has_name && page != Page::Step(StepId::Role.into()) && !forms.http.cookies.has_visited(&headers) {
        return browser_drafts::no_cookies(&forms, &headers).await;
    }
    let mut portal = ServicePortal::new(&forms.http, &headers);
    if let (Some(token), Page::Step(_) | Page::Tasks | Page::CheckAnswers) = (forms.http.cookies.draft_token(&headers), page) {
        match drafts::open_for_page(&forms.http.services, &token).await {
            // A sent complaint cannot be changed; its receipt says so.
            Ok(Some(draft)) if draft.sent.is_some() => return see_other(&Page::Sent.path(), None),
            Ok(None) => match draft_devices::closed(&forms, &headers).await {
                Some(closed) => return closed,
                None => portal = portal.with_draft(None),
            },
            Ok(draft) => portal = portal.with_draft(draft),
            Err(failure) => portal = portal.without_draft(trouble::portal_error(&failure)),
        }
    }
    Render {
        forms: &forms,
        headers: &headers,
        uri: &uri,
        portal,
    }
    .page()
    .await
}

/// The list of cases of a session.
pub(crate) async fn cases(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let signed_in = match forms.http.cookies.session_token(&headers) {
        Some(token) => sessions::session(&forms.http.services, &token)
            .await
            .map(|session| session.is_some()),
        None => Ok(false),
    };
    let portal = ServicePortal::new(&forms.http, &headers);
    match signed_in {
        Ok(false) => see_other("/sign-in", None),
        Ok(true) => match portal.find_why_no_cases().await {
            Ok(Some(why)) => open_with(&forms, &headers, &uri, portal.with_acting(RepresentationPage::NoAccess(why))).await,
            // The page reports the failure itself.
            Ok(None) | Err(_) => open_with(&forms, &headers, &uri, portal).await,
        },
        Err(_) => open_with(&forms, &headers, &uri, portal).await,
    }
}

/// One case. A person who may not see it gets the same response whether the case exists or not.
pub(crate) async fn case(State(forms): State<Forms>, Path(reference): Path<String>, headers: HeaderMap, uri: Uri) -> Response {
    let mut portal = ServicePortal::new(&forms.http, &headers);
    match portal.find_case(&reference).await {
        Ok(Some(case)) => portal = portal.with_case(case),
        Ok(None) => return Box::pin(without_access(&forms, &headers, &uri, portal, &reference)).await,
        Err(failure) => {
            let status = trouble::status(&failure);
            let mut response = open(State(forms), headers, uri).await;
            *response.status_mut() = status;
            return response;
        }
    }
    Render {
        forms: &forms,
        headers: &headers,
        uri: &uri,
        portal,
    }
    .page()
    .await
}

/// Redirects a person who may not see a case. A participant gets the case's page, which says why; all others get sign-in.
async fn without_access(forms: &Forms, headers: &HeaderMap, uri: &Uri, portal: ServicePortal, reference: &str) -> Response {
    let home = format!("/cases/{reference}");
    match portal.find_no_access(Some(reference)).await {
        Ok(Some(why)) if uri.path() == home => open_with(forms, headers, uri, portal.with_acting(RepresentationPage::NoAccess(why))).await,
        Ok(Some(_)) => see_other(&home, None),
        Ok(None) => see_other("/sign-in", None),
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

/// The page for an unknown address.
pub(crate) async fn not_found(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    // Nothing is looked up, because the page does not exist whatever the draft is.
    let portal = ServicePortal::new(&forms.http, &headers).with_draft(None);
    let mut response = Render {
        forms: &forms,
        headers: &headers,
        uri: &uri,
        portal,
    }
    .page()
    .await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

//! Handlers that open pages.

use axum::extract::Path;
use axum::response::Response;

use crate::app::portal::{BrowserDrafts, RepresentationPage};
use crate::http::draft_number::DraftNumber;
use crate::http::pages::accepted::see_other;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::trouble::{self, PageResult};
use crate::http::pages::visit::Visit;
use complaint::questionnaire::steps;
use complaint::{Page, StepId};
use contract::DraftView;
use service::access::token::DraftToken;
use service::drafts;
use service::typed_text;

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
            Ok(Some(draft)) if draft.has_typed_text => return visit.page_with_typed_text(portal, &token, draft, page).await,
            Ok(draft) => portal = portal.with_draft(draft),
            Err(failure) => portal = portal.without_draft(trouble::portal_error(&failure)),
        }
    }
    visit.page(portal).await
}

impl Visit {
    /// Renders a page of the questionnaire whose draft has text that was not submitted. The page of that text has it in its fields.
    async fn page_with_typed_text(&self, portal: ServicePortal, token: &DraftToken, draft: DraftView, page: Page) -> Response {
        let typed = match typed_text::list_of_draft(self.services(), token).await {
            Ok(typed) => typed,
            Err(failure) => return self.page(portal.without_draft(trouble::portal_error(&failure))).await,
        };
        let fields = match page {
            Page::Step(place) if steps::applies(place, &draft.answers) || draft.answers.has(place) => {
                let typed = typed.get(&place.code());
                typed.map(|typed| typed_text::page_fields(place, &draft.answers, typed))
            }
            _ => None,
        };
        let portal = portal.with_draft(Some(draft)).with_typed(typed);
        match fields {
            Some(fields) => self.filled_page(portal, fields).await,
            None => self.page(portal).await,
        }
    }
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
    let order = visit
        .uri
        .query()
        .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("order=")));
    let page = typed_text_page(visit.uri.path(), order.unwrap_or_default());
    match portal.find_case(&reference, page.as_deref()).await {
        Ok(Some(case)) => Ok(visit.page(portal.with_case(case)).await),
        Ok(None) => Box::pin(without_access(&visit, portal, &reference)).await,
        Err(failure) => Ok(visit.page_with_status(trouble::status(&failure), portal).await),
    }
}

/// Returns the name under which text typed on this page of a case is stored. The page about orders has one for each order.
pub(crate) fn typed_text_page(path: &str, order: &str) -> Option<String> {
    let slug = path.rsplit('/').next().unwrap_or_default();
    let name = if order.is_empty() {
        slug.to_owned()
    } else {
        format!("{slug}-{order}")
    };
    typed_text::is_case_page(&name).then_some(name)
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

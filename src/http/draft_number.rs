//! Selects which of a browser's drafts a request is for.
//!
//! Every page of a draft names the draft by a short number, in the page's own address and in all its links and forms. The number opens
//! nothing: it only distinguishes the draft cookies of one browser. Without a number the server never guesses among several drafts.

pub(crate) mod page_rewrite;
pub use page_rewrite::STATE;

use std::fmt;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use crate::http::HttpState;
use page_rewrite::Finish;
use service::access::token::DraftToken;
use service::files;

/// Internal header that says which draft a request is for.
///
/// Only the middleware of this module sets it; a client's own header is removed.
pub(crate) const DRAFT_NUMBER_HEADER: HeaderName = HeaderName::from_static("x-draft-number");

/// Query parameter that names the draft.
const FIELD: &str = "draft";

/// Maximum number of drafts per browser. With more, the cookies of a request would outgrow what servers accept.
pub const MAX_DRAFTS: usize = 8;

/// Path of the page that lists a browser's drafts.
pub const DRAFTS_PATH: &str = "/unfinished";

/// Path that starts another draft.
pub const NEW_DRAFT_PATH: &str = "/complaint/new";

/// The document in which the app renders the pages of a draft when offline. It is the same for all drafts.
const APP_SHELL: &str = "/complaint/offline-shell";

/// The document for all other pages when offline.
const NO_CONNECTION: &str = "/no-connection";

/// Names one of the drafts that a browser holds.
///
/// It is random: if a number were used again, pages of one draft would become pages of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DraftNumber(String);

impl Default for DraftNumber {
    /// The number of a draft whose cookie has none: it was started before drafts had numbers, or by a program.
    fn default() -> Self {
        Self("draft".to_owned())
    }
}

impl DraftNumber {
    /// Parses a number: 1 to 16 lower-case letters and digits.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        fits.then(|| Self(text.to_owned()))
    }

    /// Returns the number in a query string.
    pub fn from_query(query: Option<&str>) -> Option<Self> {
        let named = query?.split('&').find_map(|pair| pair.strip_prefix(FIELD)?.strip_prefix('='));
        Self::parse(named?)
    }

    /// Adds the number to one of our addresses. An address that already names a draft is returned unchanged.
    pub fn add_to_address(&self, address: &str) -> String {
        let (before, fragment) = address.find('#').map_or((address, ""), |at| address.split_at(at));
        let (path, query) = before.split_once('?').unwrap_or((before, ""));
        if query.split('&').any(|pair| pair.starts_with("draft=")) {
            return address.to_owned();
        }
        let and = if query.is_empty() { "" } else { "&" };
        format!("{path}?{FIELD}={self}{and}{query}{fragment}")
    }
}

impl fmt::Display for DraftNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a path belongs to one draft.
fn is_of_draft(path: &str) -> bool {
    let (below, pages) = (
        ["/complaint/", "/remove-thing/", "/about-file/", "/equality/"],
        ["/save-and-return", "/open-devices", "/closed-here", "/equality"],
    );
    ![NEW_DRAFT_PATH, APP_SHELL].contains(&path) && (below.iter().any(|start| path.starts_with(start)) || pages.contains(&path))
}

impl HttpState {
    /// Returns a random number, which no draft has.
    pub fn fresh_number(&self) -> DraftNumber {
        let id = self.services.request_id().simple().to_string();
        DraftNumber(id[id.len() - 10..].to_owned())
    }

    /// Returns the draft's number in this browser, or a new one if the browser does not hold the draft.
    pub fn number_for(&self, headers: &HeaderMap, draft: Uuid) -> DraftNumber {
        let held = self.cookies.held_drafts(headers);
        let known = held.into_iter().find(|(_, token)| token.id == draft);
        known.map_or_else(|| self.fresh_number(), |(number, _)| number)
    }

    /// Whether the browser can hold one more draft.
    pub fn has_room(&self, headers: &HeaderMap) -> bool {
        self.cookies.held_drafts(headers).len() < MAX_DRAFTS
    }
}

/// Which draft a request is for.
enum DraftChoice {
    /// The draft with this number, whether or not the browser holds it.
    Number(DraftNumber),
    /// The browser holds no draft and the request names none.
    None,
    /// The browser holds several drafts and the request names none.
    Unclear,
    /// The request would start one draft more than a browser may hold.
    Full,
}

/// The middleware that selects the draft of a request.
///
/// Handlers find the draft by [`crate::http::cookies::CookieNames::draft_token`] and set its cookie without knowing its number.
pub async fn select_draft(State(door): State<HttpState>, mut request: Request, next: Next) -> Response {
    request.headers_mut().remove(DRAFT_NUMBER_HEADER);
    if request.headers().contains_key(header::AUTHORIZATION) {
        return next.run(request).await;
    }
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let held = door.cookies.held_drafts(request.headers());
    // Our pages name their draft. A page that does not was made before drafts had numbers, and its draft may be gone. A program has no
    // pages.
    let is_by_page = !method.is_safe() && request.headers().contains_key("sec-fetch-site");
    let chosen = match find(&door, &method, &uri, (&held, is_by_page)).await {
        DraftChoice::Full if uri.path().starts_with("/api/") => return StatusCode::CONFLICT.into_response(),
        DraftChoice::Full => return redirect(format!("{DRAFTS_PATH}?full=yes")),
        DraftChoice::Unclear if is_of_draft(uri.path()) => return redirect(DRAFTS_PATH.to_owned()),
        DraftChoice::Number(number) => Some(number),
        DraftChoice::None | DraftChoice::Unclear => None,
    };
    // For a browser without drafts, the page itself brings a new number, so that Back and a second press find the same draft.
    let on_page = match &chosen {
        None if held.is_empty() => Some(door.fresh_number()),
        known => known.clone(),
    };
    if let Some(number) = chosen.as_ref().and_then(|number| HeaderValue::try_from(number.to_string()).ok()) {
        request.headers_mut().insert(DRAFT_NUMBER_HEADER, number);
    } else if !held.is_empty() {
        // No draft has this number.
        request.headers_mut().insert(DRAFT_NUMBER_HEADER, HeaderValue::from_static("0"));
    }
    let mut response = next.run(request).await;
    door.cookies.rename_draft_cookies(response.headers_mut(), chosen.as_ref());
    let is_named = DraftNumber::from_query(uri.query()).is_some();
    if let Some(number) = chosen.filter(|number| is_named || *number != DraftNumber::default()) {
        name_location(response.headers_mut(), &number);
    }
    // The service worker caches the same documents for every draft and every browser.
    let is_kept = [APP_SHELL, NO_CONNECTION].contains(&uri.path());
    if is_page(response.headers()) && !is_kept {
        rewrite_page(response, on_page.as_ref(), held.is_empty()).await
    } else {
        response
    }
}

async fn find(door: &HttpState, method: &Method, uri: &Uri, (held, is_by_page): (&[(DraftNumber, DraftToken)], bool)) -> DraftChoice {
    let path = uri.path();
    let holds = |number: &DraftNumber| held.iter().any(|(there, _)| there == number);
    let begins = path.starts_with("/complaint/") && path != NEW_DRAFT_PATH || path == "/api/v1/drafts" && *method == Method::POST;
    if let Some(named) = DraftNumber::from_query(uri.query()) {
        return if holds(&named) || held.len() < MAX_DRAFTS || !begins {
            DraftChoice::Number(named)
        } else {
            DraftChoice::Full
        };
    }
    let by_id = match path
        .strip_prefix("/api/v1/drafts/")
        .or_else(|| path.strip_prefix("/api/v1/uploads/"))
    {
        Some(rest) => Uuid::try_parse(rest.split('/').next().unwrap_or_default()).ok(),
        None => None,
    };
    if let Some(id) = by_id.filter(|_| held.len() > 1) {
        let draft = if path.starts_with("/api/v1/uploads/") {
            let tokens: Vec<_> = held.iter().map(|(_, token)| token.clone()).collect();
            files::draft_of_file(&door.services, &tokens, id).await.ok().flatten()
        } else {
            Some(id)
        };
        let found = held.iter().find(|(_, token)| Some(token.id) == draft);
        return found.map_or(DraftChoice::Unclear, |(number, _)| DraftChoice::Number(number.clone()));
    }
    match held {
        [] => DraftChoice::None,
        _ if !method.is_safe() && path == "/api/v1/drafts" && holds(&DraftNumber::default()) => {
            if held.len() < MAX_DRAFTS {
                DraftChoice::Number(door.fresh_number())
            } else {
                DraftChoice::Full
            }
        }
        [(only, _)] if !is_by_page || by_id.is_some() => DraftChoice::Number(only.clone()),
        _ if is_by_page || !method.is_safe() && holds(&DraftNumber::default()) => DraftChoice::Number(DraftNumber::default()),
        _ => DraftChoice::Unclear,
    }
}

fn redirect(to: String) -> Response {
    let to = HeaderValue::try_from(to).unwrap_or_else(|_| HeaderValue::from_static(DRAFTS_PATH));
    (
        StatusCode::SEE_OTHER,
        [
            (header::LOCATION, to),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ],
    )
        .into_response()
}

/// Adds the number to a redirect that leads to a page of the draft.
fn name_location(headers: &mut HeaderMap, number: &DraftNumber) {
    let Some(to) = headers.get(header::LOCATION).and_then(|to| to.to_str().ok()) else {
        return;
    };
    let path = to.split(['?', '#']).next().unwrap_or_default();
    if is_of_draft(path)
        && let Ok(named) = HeaderValue::try_from(number.add_to_address(to))
    {
        headers.insert(header::LOCATION, named);
    }
}

fn is_page(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|value| value.starts_with("text/html"))
}

/// The messages on a page about what was typed there, as text. Page handlers attach it to their response.
#[derive(Clone, Debug)]
pub struct FormMessages(pub String);

/// Adds the draft's number to a page.
async fn rewrite_page(response: Response, number: Option<&DraftNumber>, is_first: bool) -> Response {
    let (mut head, body) = response.into_parts();
    let Ok(html) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    head.headers.remove(header::CONTENT_LENGTH);
    let state = head.extensions.remove::<FormMessages>().map(|FormMessages(state)| state);
    let finish = Finish {
        number,
        is_first,
        state: state.as_deref(),
    };
    let body = match std::str::from_utf8(&html) {
        Ok(html) => Body::from(finish.finish(html)),
        Err(_) => Body::from(html),
    };
    Response::from_parts(head, body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("/complaint/name", "/complaint/name?draft=abc")]
    #[case("/complaint/name?from=check", "/complaint/name?draft=abc&from=check")]
    #[case("/complaint/evidence#file-1", "/complaint/evidence?draft=abc#file-1")]
    #[case("/complaint/name?draft=other", "/complaint/name?draft=other")]
    #[case("/complaint/name?from=check&draft=other", "/complaint/name?from=check&draft=other")]
    fn an_address_names_one_draft(#[case] address: &str, #[case] expected: &str) {
        assert_eq!(DraftNumber::parse("abc").unwrap().add_to_address(address), expected);
    }

    #[rstest]
    #[case("draft=abc", Some("abc"))]
    #[case("from=check&draft=a1", Some("a1"))]
    #[case("draft=", None)]
    #[case("draft=A", None)]
    #[case("draft=a%20b", None)]
    #[case("draft=12345678901234567", None)]
    #[case("draft=\"><script>", None)]
    #[case("drafts=a", None)]
    fn a_number_is_read_or_none(#[case] query: &str, #[case] expected: Option<&str>) {
        let number = DraftNumber::from_query(Some(query)).map(|number| number.to_string());
        assert_eq!(number.as_deref(), expected);
    }

    #[test]
    fn pages_of_a_draft_are_told_from_others() {
        for path in [
            "/complaint/name",
            "/save-and-return",
            "/about-file/1",
            "/remove-thing/2",
            "/equality",
            "/complaint/start-again",
        ] {
            assert!(is_of_draft(path), "{path}");
        }
        for path in [
            "/",
            "/help",
            "/complaint/new",
            "/complaint/offline-shell",
            "/cases/RC-1",
            "/unfinished",
            "/equalityx",
            "/this-phone",
        ] {
            assert!(!is_of_draft(path), "{path}");
        }
    }
}

//! Responses to accepted forms: 303 to another page.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use complaint::Page;

/// The query that says that the person came from the check of all answers, and returns there.
pub(crate) const CHECKING: &str = "from=check";

/// Redirects to another address, with cookies to set.
pub(crate) fn see_other(to: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let to = HeaderValue::try_from(to).unwrap_or_else(|_| HeaderValue::from_static("/"));
    let headers = [
        (header::LOCATION, to),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Returns the address of the next page. A question that has come up while checking leads back to the check as well.
pub(crate) fn address(page: Page, checking: bool) -> String {
    match page {
        Page::Step(place) if checking => format!("{}?{CHECKING}", place.path()),
        page => page.path(),
    }
}

/// Whether the query contains [`CHECKING`].
pub(crate) fn is_checking(query: Option<&str>) -> bool {
    query.is_some_and(|query| query.split('&').any(|part| part == CHECKING))
}

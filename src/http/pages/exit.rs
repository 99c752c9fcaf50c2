//! *Exit this page*: ends the session, deletes the browser's data of this site, and shows another site.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::portal::ShellData;
use crate::http::pages::accepted::see_other;
use crate::http::pages::visit::Visit;
use service::access::sessions;

/// The address that the button posts to.
pub const PATH: &str = "/exit";

/// How long the response waits for the session to end. After that, ending it continues in the background.
const AT_ONCE: Duration = Duration::from_millis(300);

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// The data that the browser deletes besides cookies: data stored by our scripts, and pages kept for Back.
/// Cookies are cleared one by one, because `"cookies"` would also clear those of the organisation's other services.
const EVERYTHING_OURS: HeaderValue = HeaderValue::from_static("\"cache\", \"storage\"");

/// `POST /exit`. The person gets away even if every step on our side fails.
///
/// The response is an empty page that leads on at once, not a redirect: browsers check every redirect of a form against the page's
/// `form-action`. A neutral site that redirects its visitors to another address would then leave the person on our page.
pub(crate) async fn post(visit: Visit) -> Response {
    if let Some(token) = visit.cookies().leaving_session(&visit.headers) {
        let services = visit.services().clone();
        let ending = tokio::spawn(async move {
            if let Err(error) = sessions::sign_out(&services, &token).await {
                tracing::warn!(%error, "the session of a person who left the page could not be ended");
            }
        });
        let _ = tokio::time::timeout(AT_ONCE, ending).await;
    }
    let exit_url = &visit.forms.site.shell.safety.exit_url;
    let mut response = Response::new(Body::from(empty_page(exit_url)));
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.insert(CLEAR_SITE_DATA, EVERYTHING_OURS);
    if let Ok(refresh) = HeaderValue::try_from(format!("0; url={exit_url}")) {
        answer.insert(header::REFRESH, refresh);
    }
    for cookie in visit.cookies().leave(&visit.headers) {
        answer.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Redirects a person who left and went Back to the exit address.
pub fn go_away(shell: &ShellData) -> Response {
    match HeaderValue::try_from(&*shell.safety.exit_url) {
        Ok(_) => see_other(&shell.safety.exit_url, []),
        Err(_) => StatusCode::NO_CONTENT.into_response(),
    }
}

/// A page that looks like one still loading. Its only word is the host of the exit address, a link for browsers that do not go on by
/// themselves.
fn empty_page(exit_url: &str) -> String {
    let url = html_escape::encode_double_quoted_attribute(exit_url);
    let uri: axum::http::Uri = exit_url.parse().unwrap_or_default();
    let place = html_escape::encode_text(uri.host().unwrap_or_default()).into_owned();
    format!(
        r#"<!DOCTYPE html><html><head><meta charset="utf-8"><title>{place}</title><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"></head><body><a href="{url}">{place}</a></body></html>"#
    )
}

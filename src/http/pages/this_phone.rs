//! Marking a device as shared, and undoing that.

use axum::http::header;
use axum::response::Response;

use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::visit::Visit;
use complaint::Fields;

/// The address of the form.
const PATH: &str = "/this-phone";

/// `GET /this-phone`: explains the setting, with the switch and a link back to the page it was opened from.
pub(crate) async fn page(visit: Visit) -> Response {
    let referer = visit.headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let came_from = referer.map(address).unwrap_or_default();
    let from = Fields(vec![("from".into(), back_to(came_from).to_owned())]);
    visit.filled_page(visit.portal(), from).await
}

/// `POST /this-phone`: switches the setting on or off, and redirects back.
pub(crate) async fn post(visit: Visit, FormBody(fields): FormBody) -> Response {
    let on = fields.raw("shared") == "on";
    see_other(back_to(fields.raw("from")), visit.cookies().share(&visit.headers, on))
}

/// Returns the path and query of an absolute URL.
fn address(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme.find('/').map_or("", |at| &after_scheme[at..])
}

/// Returns the page to go back to: one of ours that a GET can open, else the start page. Never another site.
fn back_to(path: &str) -> &str {
    let is_ours = path.starts_with('/') && !path[1..].starts_with(['/', '\\']) && path.chars().all(|c| c.is_ascii_graphic());
    let is_act = [PATH, crate::http::pages::EXIT, "/sign-out"]
        .iter()
        .any(|act| path.starts_with(act));
    if is_ours && !is_act { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_a_page_of_ours() {
        for (path, expected) in [
            ("/complaint/name?from=check", "/complaint/name?from=check"),
            ("/help", "/help"),
            ("", "/"),
            ("//evil.test/", "/"),
            ("/\\evil.test/", "/"),
            ("https://evil.test/", "/"),
            ("/a\r\nSet-Cookie: x=y", "/"),
            ("/this-phone", "/"),
            ("/exit", "/"),
        ] {
            assert_eq!(back_to(path), expected, "{path}");
        }
        assert_eq!(
            address("https://portal.test/complaint/name?from=check"),
            "/complaint/name?from=check"
        );
        assert_eq!(address("https://portal.test"), "");
    }
}

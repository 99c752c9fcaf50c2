//! Headers of every response.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// The header with the id of a request.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Returns the headers, except the content security policy, which each page sets. `secure`: people reach the portal by https.
pub(super) fn for_everything(secure: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut add = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    // Not `no-referrer`: with it a browser sends `Origin: null` for our own forms. In a browser too old for `Sec-Fetch-Site` they would
    // then look like requests from another site.
    add(header::REFERRER_POLICY, "same-origin");
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    add(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    add(
        HeaderName::from_static("permissions-policy"),
        "browsing-topics=(), camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    );
    // For browsers without support for `frame-ancestors`.
    add(header::X_FRAME_OPTIONS, "DENY");
    if secure {
        add(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
    headers
}

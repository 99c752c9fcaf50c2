//! What a page may load and do: the `Content-Security-Policy` header.

use axum::http::HeaderValue;

/// The policy of everything that brings none of its own: nothing may be loaded but our own style sheet and pictures.
pub const PLAIN: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The policy of a page that is made without the app. Besides, it may load the script that leaves at once.
pub const ERROR_PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'",
);

/// The policy of a page whose script and styles carry `nonce`. The script may load more of ours and compile Wasm; nothing
/// inline runs without the nonce.
#[must_use]
pub fn for_page(nonce: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'nonce-{nonce}' 'self'; \
         img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(PLAIN)
}

/// The policy of the document that is kept on the phone for when there is no connection. The same bytes are shown again and
/// again, so that a nonce in it would be none; there is nothing inline in it either.
pub const KEPT: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; \
     font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The policy of the service worker: it may fetch from us, and nothing else.
pub const WORKER: HeaderValue = HeaderValue::from_static("default-src 'none'; connect-src 'self'");

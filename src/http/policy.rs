//! The `Content-Security-Policy` header: what a page may load and do.

use axum::http::HeaderValue;

/// The default policy: only our own style sheets and images may be loaded.
pub const PLAIN: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The policy of a page that is made without the app. It may also load the script of *Exit this page*.
pub const ERROR_PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'",
);

/// Returns the policy of a page whose script and styles carry `nonce`.
///
/// That script may load more of our scripts and compile Wasm. Nothing inline runs without the nonce.
pub fn for_page(nonce: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'nonce-{nonce}' 'self'; \
         img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(PLAIN)
}

/// The policy of the document that the phone caches for use offline. Nothing in that document is inline.
///
/// It has no nonce, because the same bytes are shown again and again.
pub const KEPT: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; \
     font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The policy of the service worker: it may fetch from our server, and nothing else.
pub const WORKER: HeaderValue = HeaderValue::from_static("default-src 'none'; connect-src 'self'");

//! The `Content-Security-Policy` header: what a page may load and do.

use axum::http::HeaderValue;
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

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

/// Returns the policy of a page that is the same for many people. It allows the inline scripts and styles by their hashes.
///
/// The page may contain nothing that a person sent, because a script in it would be allowed too.
pub fn for_inline(html: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'self' {scripts}'wasm-unsafe-eval'; style-src 'self' {styles}; img-src 'self' blob: data:; \
         connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
        scripts = hashes(html, "<script", "</script>"),
        styles = hashes(html, "<style", "</style>").trim_end(),
    );
    HeaderValue::try_from(policy).unwrap_or(PLAIN)
}

/// Returns the source expressions of the elements with this tag that have content, each followed by a space.
fn hashes(html: &str, start: &str, end: &str) -> String {
    let elements = html.split(start).skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (content, _) = rest.split_once(end)?;
        // Data is not run.
        (!attributes.contains("application/json")).then_some(content)
    });
    let filled = elements.filter(|content| !content.is_empty());
    let expressions = filled.map(|content| format!("'sha256-{}' ", STANDARD.encode(Sha256::digest(content))));
    expressions.collect::<Vec<_>>().concat()
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

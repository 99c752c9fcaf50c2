//! The service worker, and the documents that it stores on a device. None of them contains personal data.

use std::sync::LazyLock;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::app::{NO_CONNECTION, OFFLINE_SHELL};
use crate::http::pages::visit::Visit;
use crate::http::policy;

/// The source of the worker, with `PLAN` in place of the list of files.
const WRITTEN: &str = include_str!("../../../public/service-worker.js");

/// The worker without its comments, which no device needs.
static WORKER: LazyLock<String> = LazyLock::new(|| {
    let code = WRITTEN
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//") && !line.starts_with("/**"));
    code.collect::<Vec<_>>().join("\n")
});

/// A document that a device stores: the questionnaire's empty document, or the page that says there is no connection. It is the same for
/// all readers of a language.
pub(crate) async fn document(visit: Visit) -> Response {
    let response = visit.stored_page(visit.portal().with_draft(None)).await;
    let (mut head, body) = response.into_parts();
    let Ok(html) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    head.headers.insert(header::CONTENT_SECURITY_POLICY, policy::KEPT);
    Response::from_parts(head, Body::from(alone(html)))
}

/// Removes the scripts that Leptos appends to hand over the server's data. There is no data to hand over, and each script has another
/// nonce.
fn alone(mut html: Bytes) -> Bytes {
    const END: &[u8] = b"</html>";
    if let Some(at) = html.windows(END.len()).rposition(|part| part == END) {
        html.truncate(at + END.len());
    }
    html
}

/// `GET /service-worker.js`: the worker with what it stores, in the language of the request. A browser updates a worker when one of its
/// bytes has changed. The name of its cache is therefore a hash of everything stored, including the documents.
pub(crate) async fn worker(visit: Visit) -> Response {
    let shell = visit.forms.site.shell_in(visit.language(), false);
    let files = shell.kept();
    let mut hash = Sha256::new();
    for file in &files {
        hash.update(file);
    }
    hash.update(&*shell.uploads);
    for address in [OFFLINE_SHELL, NO_CONNECTION] {
        let document = document(visit.at(Uri::from_static(address))).await;
        match to_bytes(document.into_body(), usize::MAX).await {
            Ok(html) => hash.update(html),
            Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
    let plan = serde_json::json!({
        "name": format!("onrecord-{}", hex::encode(&hash.finalize()[..6])),
        "shell": OFFLINE_SHELL,
        "apart": NO_CONNECTION,
        "files": files,
        "later": [&shell.uploads],
    });
    let mut response = Response::new(Body::from(WORKER.replace("PLAN", &plan.to_string())));
    let mut add = |name, value| response.headers_mut().insert(name, HeaderValue::from_static(value));
    add(header::CONTENT_TYPE, "text/javascript; charset=utf-8");
    add(header::CACHE_CONTROL, "no-cache");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy::WORKER);
    response
}

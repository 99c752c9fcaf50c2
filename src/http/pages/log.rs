//! The log as other programs read it: checkpoint, tiles and keys, and the receipts of a case's events.
//!
//! The addresses and formats of checkpoint and tiles are those of C2SP `tlog-tiles`. Nothing in them is personal: they are hashes of
//! events, and each event's hash covers salted commitments only.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::http::limits::RetryAfter;
use crate::http::pages::trouble::PageResult;
use crate::http::pages::visit::Visit;
use service::record::{log, receipts};

/// A tile never changes: a log that grows has further tiles.
const TILE_CACHE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The longest time for which a checkpoint may be served from a cache.
const CHECKPOINT_CACHE: HeaderValue = HeaderValue::from_static("public, max-age=5");

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// `GET /log/checkpoint`: the size and root of the log, signed.
pub(crate) async fn checkpoint(visit: Visit) -> PageResult {
    if let Err(wait) = visit.limits().log_read(visit.from) {
        return Ok(too_many(wait));
    }
    let note = log::checkpoint(visit.services()).await?;
    Ok(([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, CHECKPOINT_CACHE)], note).into_response())
}

/// `GET /log/tile/{*tile}`: hashes of one level, or entries. Not found until the log has the whole tile.
pub(crate) async fn tile(visit: Visit, Path(tile): Path<String>) -> PageResult {
    if let Err(wait) = visit.limits().log_read(visit.from) {
        return Ok(too_many(wait));
    }
    let Some(bytes) = log::tile(visit.services(), &tile).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let binary = HeaderValue::from_static("application/octet-stream");
    Ok(([(header::CONTENT_TYPE, binary), (header::CACHE_CONTROL, TILE_CACHE)], bytes).into_response())
}

/// `GET /.well-known/onrecord-keys`: the keys that signed the log, oldest first.
pub(crate) async fn keys(visit: Visit) -> Response {
    if let Err(wait) = visit.limits().log_read(visit.from) {
        return too_many(wait);
    }
    let keys = log::published_keys(visit.services());
    ([(header::CACHE_CONTROL, CHECKPOINT_CACHE)], Json(json!({ "keys": keys }))).into_response()
}

fn too_many(wait: RetryAfter) -> Response {
    let seconds = HeaderValue::from(wait.seconds);
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds)]).into_response()
}

/// `GET /cases/{reference}/receipts/{n}`: the receipt for an entry of the timeline, as a file. Not found if the person sees no such entry.
pub(crate) async fn receipt(visit: Visit, Path((reference, n)): Path<(String, String)>) -> PageResult {
    // A proof costs some forty reads of the database.
    if let Err(wait) = visit.limits().log_read(visit.from) {
        return Ok(too_many(wait));
    }
    let receipt = match (visit.viewer(&reference).await?, n.parse()) {
        (Some(viewer), Ok(n)) => receipts::receipt(visit.services(), &viewer, n).await?,
        _ => None,
    };
    let Some(receipt) = receipt else {
        return Ok(visit.not_found().await);
    };
    let about = [
        (header::CONTENT_TYPE, TEXT),
        // Other people who use the device may see the name.
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"receipt.txt\""),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((about, receipt).into_response())
}

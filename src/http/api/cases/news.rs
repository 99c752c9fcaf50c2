//! `GET /api/v1/cases/{reference}/news`

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, StreamExt};
use utoipa::IntoParams;

use crate::http::HttpState;
use crate::http::api::identity::CaseParticipant;
use crate::http::api::problem::{Kind, Problem, responses};
use contract::CaseVersion;
use service::cases::news::{self, Follower};

/// How long a stream lasts before the browser has to open it again. A phone that left its network without a word holds its
/// connection no longer.
const LONGEST: Duration = Duration::from_mins(5);

/// How long a browser waits before it opens a stream again that has ended.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// When a caller without a stream may ask for one again, in seconds.
const ROOM_AFTER: u64 = 60;

/// The optional header of the call.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only the derive macro uses this")]
struct NewsHeaders {
    /// The `ETag` of an earlier response
    #[param(rename = "If-None-Match", required = false, nullable = false, value_type = String)]
    if_none_match: Option<String>,
}

/// Ask whether a case has changed, or be told
///
/// `version` changes whenever something that this person sees of the case changes: a message, the status, a file. Send the last `ETag`
/// as `If-None-Match` to get 304 while nothing has changed.
///
/// With `Accept: text/event-stream` the response is a stream of Server-Sent Events, which the server ends after five minutes at most.
/// The event `version` has the version as its data. It comes at the start, within three seconds of each change, and
/// at least every 15 seconds. The stream ends when the session ends or the person has no access any more.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{reference}/news",
    operation_id = "followCase",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF"),
        NewsHeaders,
    ),
    responses(
        (status = 200, description = "The version of the case, or a stream of versions.", headers(("ETag" = String)),
         content((CaseVersion = "application/json"), (String = "text/event-stream"))),
        (status = 304, description = "The case has not changed.", headers(("ETag" = String))),
        responses::Always, responses::NotFound, responses::SignedIn, responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    CaseParticipant(viewer): CaseParticipant,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if !accept.is_some_and(|accept| accept.contains("text/event-stream")) {
        let version = news::version(&state.services, &viewer).await?;
        let etag = format!("\"{version}\"");
        let known = headers.get_all(header::IF_NONE_MATCH).iter();
        // A compressing proxy makes the tag weak.
        let is_known = known.filter_map(|tags| tags.to_str().ok()).any(|tags| tags.contains(&etag));
        let tag = (
            header::ETAG,
            HeaderValue::try_from(etag).unwrap_or(HeaderValue::from_static("\"\"")),
        );
        return Ok(if is_known {
            (StatusCode::NOT_MODIFIED, [tag, no_store]).into_response()
        } else {
            ([tag, no_store], Json(CaseVersion { version })).into_response()
        });
    }
    let permit = state.news_permits.try_take(viewer.counted_as());
    let permit = permit.ok_or_else(|| Problem::too_many(ROOM_AFTER))?;
    let token = state
        .cookies
        .session_token(&headers)
        .ok_or_else(|| Problem::new(Kind::NotSignedIn))?;
    let follower = Follower::new(&state.services, &viewer, token);
    let events = stream::unfold((follower, permit), async |(mut follower, permit)| {
        let event = match follower.next().await {
            Ok(Some(version)) => Event::default().event("version").retry(AGAIN_AFTER).data(version),
            Ok(None) => return None,
            Err(error) => {
                tracing::warn!(%error, "a stream of news ended");
                return None;
            }
        };
        Some((Ok::<_, Infallible>(event), (follower, permit)))
    });
    let events = events.take_until(Box::pin(tokio::time::sleep(LONGEST)));
    // nginx would otherwise collect the events.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(([no_store, unbuffered], Sse::new(events)).into_response())
}

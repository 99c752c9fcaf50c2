//! The next dates of the complaint that was just sent, as a calendar file.
//!
//! Other people may see that calendar, so neither the file's name nor its content says what the dates are for.

mod ics;

use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;

use crate::http::pages::trouble::PageResult;
use crate::http::pages::visit::Visit;
use ics::{Entry, ics};
use service::cases::complaint_clock;

/// `GET /complaint/dates.ics`. Not found if nothing was sent from this browser.
pub(crate) async fn file(visit: Visit) -> PageResult {
    let days = match visit.draft_token() {
        Some(token) => complaint_clock::days_ahead(visit.services(), &token).await?,
        None => None,
    };
    let Some(days) = days else {
        return Ok(visit.not_found().await);
    };
    let title = visit.language().say("clock.calendar.title");
    let entries: Vec<Entry> = days
        .into_iter()
        .map(|day| Entry {
            uid: day.id.to_string(),
            stamp: day.stamp,
            date: day.date,
            title: title.clone(),
        })
        .collect();
    let about = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"dates.ics\""),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((about, ics(&entries)).into_response())
}

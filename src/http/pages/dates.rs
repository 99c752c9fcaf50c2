//! The next dates of the complaint that was just sent, as a calendar file.
//!
//! Other people may see that calendar, so neither the file's name nor its content says what the dates are for.

mod ics;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::http::pages::show;
use crate::http::pages::{Forms, trouble};
use ics::{Entry, ics};
use service::cases::complaint_clock;

/// `GET /complaint/dates.ics`. Not found if nothing was sent from this browser.
pub(crate) async fn file(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let token = forms.http.cookies.draft_token(&headers);
    let days = match &token {
        Some(token) => complaint_clock::days_ahead(&forms.http.services, token).await,
        None => Ok(None),
    };
    let days = match days {
        Ok(Some(days)) => days,
        Ok(None) => return show::not_found(State(forms), headers, uri).await,
        Err(failure) => return trouble::status(&failure).into_response(),
    };
    let title = forms.http.language(&headers).say("clock.calendar.title");
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
    (about, ics(&entries)).into_response()
}

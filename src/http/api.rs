//! The REST API under `/api/v1`, used by the hydrated page and by case-management systems.
//!
//! Each operation has a file of its own, `<noun>/<verb>.rs`, with its OpenAPI attributes and its handler. [`description`] assembles
//! the OpenAPI document, served at `/api/v1/openapi.json`. Rules belong in `complaint` and effects in `service`: a handler only
//! reads the request and writes the response.

#![expect(clippy::missing_errors_doc, reason = "the OpenAPI description of each call lists its responses")]

pub mod body;
pub mod cases;
pub mod consents;
pub mod description;
pub mod download;
pub mod headers;
pub mod identity;
pub mod people;
pub mod problem;
pub mod query;
pub mod rules;
pub mod typed_text;
pub mod uploads;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{any, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::HttpState;
use crate::http::body_arrival::by_progress;
use crate::http::languages::Languages;
use problem::{Kind, Problem, render};

/// The answers of a draft, saved one question at a time.
pub mod answers {
    pub mod save;
}

/// The complaint clock.
pub mod complaint_clock {
    pub mod ask;
}

/// The contact plan of the signed-in person on a case: show, change, confirm. Every call concerns the caller's own plan only.
pub mod contact {
    pub mod cancel;
    pub mod change;
    pub mod confirm;
    pub mod send_code;
    pub mod show;
}

/// Operations of the organisation: list cases, read complete cases, record events.
pub mod desk {
    pub mod add_event;
    pub mod decide_file;
    pub mod end_authority;
    pub mod equality_totals;
    pub mod feed;
    pub mod give_authority;
    pub mod list_cases;
    pub mod make_consent_code;
    pub mod new_code;
    pub mod report_bounce;
    pub mod show_case;
    pub mod show_file;
    pub mod show_preview;
    /// The webhooks to which events are delivered.
    pub mod webhooks {
        pub mod add;
        pub mod change;
        pub mod list;
        pub mod remove;
    }
}

/// The OpenAPI document, as JSON and as an HTML page.
pub mod docs {
    pub mod openapi;
    pub mod page;
}

/// Drafts: create, show, extend, resume on another device, forget.
pub mod drafts {
    pub mod create;
    pub mod current;
    /// The devices on which a draft is open.
    pub mod devices {
        pub mod end;
        pub mod end_others;
        pub mod list;
    }
    pub mod end_links;
    pub mod extend;
    pub mod forget;
    pub mod make_code;
    pub mod receipt;
    pub mod send_link;
    pub mod show;
}

/// Joining a case by a hand-over code.
pub mod joins {
    pub mod join;
}

/// The register of landlords.
pub mod landlords {
    pub mod find;
}

/// Resuming a draft on another device.
pub mod resume {
    pub mod open;
}

/// Sessions: sign in to follow a case, list sessions, sign out.
pub mod sessions {
    pub mod close;
    pub mod end;
    pub mod end_others;
    pub mod list;
    pub mod open;
}

/// Sign-in codes, sent by email.
pub mod sign_in_codes {
    pub mod ask;
}

/// Sending a complaint.
pub mod submissions {
    pub mod send;
}

/// Builds the router of all operations, with problems written in the caller's language.
///
/// Request ids, time limits and the cross-site check are layers outside this router.
/// [`render::ProblemContext::write_problem`] turns their refusals into problems.
pub fn router(languages: Languages) -> Router<HttpState> {
    let (router, api) = calls().split_for_parts();
    router
        .route_layer(middleware::from_fn_with_state(
            query::DescribedParameters::from(&api),
            query::refuse_unknown_parameters,
        ))
        .route("/api/v1/openapi.json", get(docs::openapi::handler))
        .route("/api/docs", get(docs::page::handler))
        .route("/api/docs.css", get(docs::page::styles))
        .route("/api", any(not_found))
        .route("/api/{*rest}", any(not_found))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(body::MAX_BYTES))
        .layer(CatchPanicLayer::custom(render::panicked))
        .layer(middleware::from_fn_with_state(languages, render::middleware))
}

/// The operations with their OpenAPI descriptions.
fn calls() -> OpenApiRouter<HttpState> {
    OpenApiRouter::with_openapi(description::frame())
        .routes(routes!(drafts::create::handler))
        .routes(routes!(drafts::current::handler))
        .routes(routes!(drafts::receipt::handler))
        .routes(routes!(drafts::show::handler, drafts::forget::handler))
        .routes(routes!(drafts::extend::handler))
        .routes(routes!(drafts::send_link::handler, drafts::end_links::handler))
        .routes(routes!(drafts::make_code::handler))
        .routes(routes!(drafts::devices::list::handler))
        .routes(routes!(drafts::devices::end_others::handler))
        .routes(routes!(drafts::devices::end::handler))
        .routes(routes!(resume::open::handler))
        .routes(routes!(answers::save::handler))
        .routes(routes!(typed_text::store_for_draft::handler))
        .routes(routes!(submissions::send::handler))
        .merge(uploads())
        .routes(routes!(uploads::describe::handler))
        .routes(routes!(uploads::without_location::handler))
        .routes(routes!(uploads::content::handler))
        .routes(routes!(uploads::preview::handler))
        .routes(routes!(landlords::find::handler))
        .routes(routes!(complaint_clock::ask::handler))
        .routes(routes!(sign_in_codes::ask::handler))
        .routes(routes!(sessions::open::handler, sessions::list::handler))
        .routes(routes!(sessions::close::handler))
        .routes(routes!(sessions::end_others::handler))
        .routes(routes!(sessions::end::handler))
        .routes(routes!(cases::list::handler))
        .routes(routes!(cases::show::handler))
        .routes(routes!(cases::timeline::handler))
        .routes(routes!(cases::receipt::handler))
        .routes(routes!(cases::news::handler))
        .routes(routes!(cases::send_message::handler))
        .routes(routes!(cases::add_diary_entry::handler))
        .routes(routes!(cases::answer_request::handler))
        .routes(routes!(cases::add_issue::handler))
        .routes(routes!(cases::add_answer::handler))
        .routes(routes!(cases::ask_for_review::handler))
        .routes(routes!(cases::answer_order::handler))
        .routes(routes!(cases::withdraw::handler, cases::undo_withdrawal::handler))
        .routes(routes!(typed_text::list::handler))
        .routes(routes!(typed_text::store_for_case::handler))
        .routes(routes!(contact::show::handler, contact::change::handler))
        .routes(routes!(contact::confirm::handler))
        .routes(routes!(contact::send_code::handler))
        .routes(routes!(contact::cancel::handler))
        .routes(routes!(people::show::handler))
        .routes(routes!(people::set_rights::handler, people::end::handler))
        .routes(routes!(people::take_over::handler))
        .routes(routes!(people::ask_again::handler))
        .routes(routes!(people::hand_over::handler))
        .routes(routes!(consents::open::handler))
        .routes(routes!(consents::decide::handler))
        .routes(routes!(consents::tenant_access::handler))
        .routes(routes!(joins::join::handler))
        .routes(routes!(desk::list_cases::handler))
        .routes(routes!(desk::show_case::handler))
        .routes(routes!(desk::show_file::handler))
        .routes(routes!(desk::show_preview::handler))
        .routes(routes!(desk::decide_file::handler))
        .routes(routes!(desk::add_event::handler))
        .routes(routes!(desk::give_authority::handler))
        .routes(routes!(desk::end_authority::handler))
        .routes(routes!(desk::make_consent_code::handler))
        .routes(routes!(desk::feed::handler))
        .routes(routes!(desk::webhooks::add::handler, desk::webhooks::list::handler))
        .routes(routes!(desk::webhooks::remove::handler))
        .routes(routes!(desk::webhooks::change::handler))
        .routes(routes!(desk::new_code::handler))
        .routes(routes!(desk::report_bounce::handler))
        .routes(routes!(desk::equality_totals::handler))
}

/// The upload operations. Every response of theirs has the tus headers.
fn uploads() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new()
        .routes(routes!(uploads::create::handler, uploads::options::handler))
        .routes(routes!(
            uploads::show::handler,
            uploads::offset::handler,
            uploads::append::handler,
            uploads::remove::handler
        ))
        // Not in the OpenAPI document: `X-HTTP-Method-Override` and `OPTIONS` on one upload reach operations that are described already.
        .route(
            "/api/v1/uploads/{id}",
            post(uploads::method_override::handler).options(uploads::options::handler),
        )
        .layer(middleware::from_fn(by_progress))
        .layer(middleware::from_fn(uploads::add_tus_headers))
}

async fn not_found() -> Problem {
    Problem::new(Kind::NotFound)
}

async fn method_not_allowed() -> Problem {
    Problem::new(Kind::MethodNotAllowed)
}

//! `PUT /api/v1/drafts/{id}/answers/{step}`: one handler for every question.
//!
//! [`crate::http::api::description::questions`] describes it once per question, with the path and the body of each.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::headers::{IfMatch, etag, single, unreadable};
use crate::http::api::identity::DraftInPath;
use crate::http::api::problem::{Fault, Kind, Problem, responses};
use complaint::questionnaire::json_body::{self, Members};
use complaint::{Answer, QuestionRef, StepId};
use contract::DraftView;
use service::drafts::{self, AnswerError, SaveError, SavedAnswer, SeenVersion};
use service::landlords;

/// The optional headers of a save.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only the derive macro uses this")]
struct SaveHeaders {
    /// Saves only if the draft is still at this revision: its `ETag`, or the bare number
    #[param(rename = "If-Match", required = false, nullable = false, value_type = String, min_length = 1, pattern = r#"^([*]|[0-9]{1,18}|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"#)]
    if_match: Option<String>,
    /// The `Answer-Mark` of the answer that the client started from, or empty if there was none. Saves only if no other device has
    /// changed this answer since; changes to other answers do not matter
    #[param(rename = "Answer-Seen", required = false, nullable = false, value_type = String, pattern = "^([0-9a-f]{16})?$")]
    answer_seen: Option<String>,
}

/// The mark of the answer that the client started from.
const SEEN: HeaderName = HeaderName::from_static("answer-seen");

/// The mark of the saved answer.
const MARK: HeaderName = HeaderName::from_static("answer-mark");

/// The question in the path.
#[derive(Debug, Deserialize)]
pub struct Asked {
    step: String,
}

#[utoipa::path(
    put,
    path = "/api/v1/drafts/{id}/answers/{step}",
    operation_id = "saveAnswer",
    tag = "Answers",
    params(("id" = String, Path, format = Uuid, description = "The draft's id"), SaveHeaders),
    request_body = Object,
    responses(
        (status = 200, description = "The answer is saved. Returns the draft.", body = DraftView,
         headers(("ETag" = String, description = "The new revision in quotes"),
                 ("Answer-Mark" = String, description = "The mark of the answer as it is stored"))),
        (status = 412, description = "Another device has saved the draft since; `revision` is the current one.",
         body = crate::http::api::problem::ProblemBody, content_type = "application/problem+json",
         headers(("ETag" = String, description = "The current revision in quotes"))),
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound, responses::Unsent, responses::Limited,
        responses::WithBody,
    ),
    security(("draftCookie" = []), ("draftBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    DraftInPath(token): DraftInPath,
    Path(Asked { step }): Path<Asked>,
    IfMatch(expected): IfMatch,
    headers: HeaderMap,
    Unvalidated(members): Unvalidated<Members>,
) -> Result<Response, Problem> {
    let place = QuestionRef::parse(&step).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let mut fields = json_body::fields(place, &members)
        .map_err(|wrong| Problem::new(Kind::BodyNotAccepted).with_faults([Fault::shape(wrong.pointer, wrong.message)]))?;
    if place.step == StepId::Landlord {
        landlords::add_number(&state.services, &mut fields);
    }
    let seen = single(&headers, &SEEN)?;
    if seen.is_some_and(|seen| !is_mark(seen)) {
        return Err(unreadable(&SEEN));
    }
    state.limits.save(token.id).map_err(|wait| Problem::too_many(wait.seconds))?;
    let draft = drafts::open(&state.services, &token).await?;
    let mut draft = draft.ok_or_else(|| Problem::new(Kind::DraftNotFound))?;
    if place.step == StepId::ContactChoice {
        draft.answers = draft.answers.without_contact_safety();
    }
    let basis = SeenVersion {
        mark: seen,
        revisions: expected.as_deref(),
    };
    let SavedAnswer { draft: saved, mark } = drafts::save_answer(&state.services, &token, draft, place, &fields, basis).await?;
    let mark = saved.answers.get(place).map_or(mark, Answer::fingerprint);
    let headers = [
        (header::ETAG, etag(saved.revision)),
        (MARK, HeaderValue::try_from(mark).unwrap_or(HeaderValue::from_static(""))),
    ];
    Ok((headers, Json(saved)).into_response())
}

/// Returns true for a well-formed mark; the empty mark means that there was no answer.
fn is_mark(seen: &str) -> bool {
    let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    seen.is_empty() || (seen.len() == 16 && seen.bytes().all(lower_hex))
}

impl From<AnswerError> for Problem {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::NotFound => Self::new(Kind::DraftNotFound),
            AnswerError::Changed(current) => Self::revision_changed(current.revision),
            AnswerError::AlreadySent => Self::new(Kind::AlreadySent),
            AnswerError::Wrong(errors, _) => Self::rules(errors),
            AnswerError::Service(e) => Self::service(&e),
        }
    }
}

impl From<SaveError> for Problem {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::NotFound => Self::new(Kind::DraftNotFound),
            SaveError::Changed(current) => Self::revision_changed(current.revision),
            SaveError::AlreadySent { .. } => Self::new(Kind::AlreadySent),
            SaveError::Service(e) => Self::service(&e),
        }
    }
}

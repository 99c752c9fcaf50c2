//! `PUT /api/v1/drafts/{id}/answers/{step}`: one address for each step, each with a body of its own.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::body::Body;
use crate::api::headers::{IfMatch, etag};
use crate::api::identity::ThisDraft;
use crate::api::problem::{Kind, Problem, responses};
use crate::complaint::steps::{
    Category, Contact, Dates, Declaration, Evidence, HomeAddress, Landlord, PutRight, Representative, ResidentName, Role, Stage,
    WhatHappened,
};
use crate::complaint::view::DraftView;
use crate::complaint::{Answer, Context};
use crate::door::DoorState;
use crate::service::drafts::{self, SaveError};
use crate::service::token::DraftToken;

/// What the headers of a save may say.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "read by the derive only")]
struct SaveHeaders {
    /// Saves only when the draft is still at this revision: its `ETag`, or the bare number
    #[param(rename = "If-Match", required = false, nullable = false, value_type = String, min_length = 1, pattern = r#"^([*]|"[0-9]{1,18}"|[0-9]{1,18})$"#)]
    if_match: Option<String>,
}

/// Writes one handler for each step.
macro_rules! save {
    ($($name:ident, $step:ident, $path:literal, $id:literal, $summary:literal;)+) => {
        $(
            #[utoipa::path(
                put,
                path = $path,
                operation_id = $id,
                tag = "Answers",
                summary = $summary,
                params(("id" = String, Path, format = Uuid, description = "The draft's id"), SaveHeaders),
                request_body = $step,
                responses(
                    (status = 200, description = "The page is saved; the draft as it is now.", body = DraftView,
                     headers(("ETag" = String, description = "The new revision in quotes"))),
                    (status = 412, description = "Another device saved since; `revision` is the current one.",
                     body = crate::api::problem::ProblemBody, content_type = "application/problem+json",
                     headers(("ETag" = String, description = "The current revision in quotes"))),
                    responses::Always, responses::Guarded, responses::Holder, responses::Owned, responses::Unsent, responses::WithBody,
                ),
                security(("draftCookie" = []), ("draftBearer" = [])),
            )]
            #[tracing::instrument(skip_all)]
            async fn $name(
                State(state): State<DoorState>,
                ThisDraft(token): ThisDraft,
                if_match: IfMatch,
                Body(answer): Body<$step>,
            ) -> Result<Response, Problem> {
                save(&state, &token, if_match, Answer::$step(answer)).await
            }
        )+

        /// All of them.
        #[must_use]
        pub fn routes() -> OpenApiRouter<DoorState> {
            OpenApiRouter::new()$(.routes(routes!($name)))+
        }
    };
}

save! {
    role, Role, "/api/v1/drafts/{id}/answers/role", "saveRole", "Saves who is filling in the form.";
    representative, Representative, "/api/v1/drafts/{id}/answers/representative", "saveRepresentative", "Saves who acts for the resident.";
    resident_name, ResidentName, "/api/v1/drafts/{id}/answers/resident_name", "saveResidentName", "Saves the resident's name.";
    home_address, HomeAddress, "/api/v1/drafts/{id}/answers/home_address", "saveHomeAddress", "Saves the home it is about.";
    contact, Contact, "/api/v1/drafts/{id}/answers/contact", "saveContact", "Saves how to reach the person.";
    landlord, Landlord, "/api/v1/drafts/{id}/answers/landlord", "saveLandlord", "Saves whose home it is.";
    stage, Stage, "/api/v1/drafts/{id}/answers/stage", "saveStage", "Saves where the complaint has got to.";
    dates, Dates, "/api/v1/drafts/{id}/answers/dates", "saveDates", "Saves when what happened.";
    category, Category, "/api/v1/drafts/{id}/answers/category", "saveCategory", "Saves what it is about.";
    what_happened, WhatHappened, "/api/v1/drafts/{id}/answers/what_happened", "saveWhatHappened", "Saves what happened.";
    put_right, PutRight, "/api/v1/drafts/{id}/answers/put_right", "savePutRight", "Saves what would put it right.";
    evidence, Evidence, "/api/v1/drafts/{id}/answers/evidence", "saveEvidence", "Saves that the person has been past the evidence.";
    declaration, Declaration, "/api/v1/drafts/{id}/answers/declaration", "saveDeclaration", "Saves the declaration.";
}

async fn save(state: &DoorState, token: &DraftToken, IfMatch(expected): IfMatch, answer: Answer) -> Result<Response, Problem> {
    let draft = drafts::open(&state.services, token).await?;
    let draft = draft.ok_or_else(|| Problem::new(Kind::DraftNotFound))?;
    if draft.sent.is_some() {
        return Err(Problem::new(Kind::AlreadySent));
    }
    let context = Context {
        today: draft.today,
        answers: &draft.answers,
    };
    let answer = answer.check(&context).map_err(Problem::rules)?;
    let saved = drafts::save_step(&state.services, token, answer, expected).await?;
    Ok(([(header::ETAG, etag(saved.revision))], Json(saved)).into_response())
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

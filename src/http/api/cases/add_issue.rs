//! `POST /api/v1/cases/{reference}/issues`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::headers::RequiredIdempotencyKey;
use crate::http::api::identity::CaseActor;
use crate::http::api::problem::{Problem, responses};
use complaint::case::actions::CaseAction;
use complaint::questionnaire::questions::CategoryKind;
use service::cases::actions::{self, RecordedAction};

/// An issue to add to the complaint.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIssue {
    category: CategoryKind,
    /// Required if the category has subcategories.
    #[serde(default)]
    subcategory: Option<String>,
    /// At most 30,000 characters, not counting non-printing ones.
    #[schema(min_length = 1)]
    what_happened: String,
    #[serde(default)]
    /// At most 30,000 characters.
    put_right: Option<String>,
}

/// Add an issue to the complaint
///
/// Possible while the `can` of the case contains `add_issue`. A representative needs the right `decide`.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/issues",
    operation_id = "addIssue",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    request_body = NewIssue,
    responses(
        (status = 201, description = "Recorded as an event of the case.", body = RecordedAction),
        responses::Always, responses::NotFound, responses::SignedIn, responses::WithBody, responses::CaseActions,
        responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    CaseActor(viewer): CaseActor,
    RequiredIdempotencyKey(key): RequiredIdempotencyKey,
    Unvalidated(body): Unvalidated<NewIssue>,
) -> Result<(StatusCode, Json<RecordedAction>), Problem> {
    let act = CaseAction::Issue {
        category: Some(body.category),
        subcategory: body.subcategory.unwrap_or_default(),
        what_happened: body.what_happened,
        put_right: body.put_right.unwrap_or_default(),
    };
    let acted = actions::perform(&state.services, &viewer, &act, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(acted)))
}

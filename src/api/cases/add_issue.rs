//! `POST /api/v1/cases/{reference}/issues`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::body::Body;
use crate::api::headers::Key;
use crate::api::identity::OnCase;
use crate::api::problem::{Problem, responses};
use crate::complaint::act::Act;
use crate::complaint::questions::CategoryKind;
use crate::door::DoorState;
use crate::service::acting::{self, Acted};

/// One more thing that is complained of.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIssue {
    category: CategoryKind,
    /// The narrower category, where the category has some.
    #[serde(default)]
    subcategory: Option<String>,
    /// At most 30,000 characters, counted without what does not print.
    #[schema(min_length = 1)]
    what_happened: String,
    #[serde(default)]
    /// At most 30,000 characters.
    put_right: Option<String>,
}

/// Adds one more thing that is complained of.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{reference}/issues",
    operation_id = "addIssue",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, as it may be typed", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Names this request; the same one when it is repeated"),
    ),
    request_body = NewIssue,
    responses(
        (status = 201, description = "It is on the record.", body = Acted),
        responses::Always, responses::Owned, responses::SignedIn, responses::WithBody, responses::Acting,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    OnCase { session, reference }: OnCase,
    Key(key): Key,
    Body(body): Body<NewIssue>,
) -> Result<(StatusCode, Json<Acted>), Problem> {
    let act = Act::Issue {
        category: Some(body.category),
        subcategory: body.subcategory.unwrap_or_default(),
        what_happened: body.what_happened,
        put_right: body.put_right.unwrap_or_default(),
    };
    let acted = acting::perform(&state.services, &session, &reference, &act, Some(&key)).await?;
    Ok((StatusCode::CREATED, Json(acted)))
}

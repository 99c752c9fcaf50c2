//! `POST /api/v1/desk/cases/{reference}/access-codes`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::identity::DeskCaller;
use crate::http::api::problem::{Problem, responses};
use complaint::case::person_number::PersonNumber;
use service::cases::desk;

/// The person who gets a new access code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceCode {
    /// The person's number on the case: 1 is the sender of the complaint. A tenant for whom another person complained is 2.
    #[schema(value_type = u8, minimum = 1, maximum = 255)]
    person: PersonNumber,
}

/// A new access code.
#[derive(Serialize, ToSchema)]
pub struct ReplacedCode {
    /// Shown only once, to read out or send by a contact method that is safe for the person.
    #[schema(example = "4F7K-Q2MZ-81RD")]
    access_code: String,
}

/// Replace a person's access code
///
/// The previous code and all sessions of the person end. A tenant for whom another person complained gets access to the case with their
/// first code: make sure that you are speaking to the tenant.
///
/// Not idempotent: each call makes another code, because the server stores only a hash.
#[utoipa::path(
    post,
    path = "/api/v1/desk/cases/{reference}/access-codes",
    operation_id = "replaceAccessCode",
    tag = "The organisation",
    params(("reference" = String, Path, description = "The case's reference", example = "RC-7K3M-92QF")),
    request_body = ReplaceCode,
    responses(
        (status = 201, description = "The new code.", body = ReplacedCode),
        responses::Always, responses::Desk, responses::NotFound, responses::WithBody,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    DeskCaller(caller): DeskCaller,
    Path(reference): Path<String>,
    Unvalidated(ReplaceCode { person }): Unvalidated<ReplaceCode>,
) -> Result<(StatusCode, Json<ReplacedCode>), Problem> {
    let made = desk::new_code(&state.services, &caller, &reference, person).await?;
    let body = ReplacedCode {
        access_code: made.access_code,
    };
    Ok((StatusCode::CREATED, Json(body)))
}

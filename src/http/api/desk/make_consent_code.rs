//! `POST /api/v1/desk/cases/{reference}/consent-codes`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::identity::DeskCaller;
use crate::http::api::people::ShownCode;
use crate::http::api::problem::{Problem, responses};
use complaint::case::person_number::PersonNumber;
use service::representation::desk;

/// The person whom the request concerns.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The person's number on the case.
    #[schema(value_type = u8, minimum = 1, maximum = 255)]
    person: PersonNumber,
}

/// Make a consent code to read out to the tenant on the phone
///
/// The tenant repeats the code, and `POST …/authority` records the consent with it. The previous code and the open link of this person's
/// request end.
#[utoipa::path(
    post,
    path = "/api/v1/desk/cases/{reference}/consent-codes",
    operation_id = "makeConsentCode",
    tag = "The organisation",
    params(("reference" = String, Path, description = "The case's reference", example = "RC-7K3M-92QF")),
    request_body = About,
    responses(
        (status = 201, description = "The code, shown only once.", body = ShownCode),
        responses::Always, responses::Desk, responses::NotFound, responses::WithBody,
    ),
    security(("deskKey" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    DeskCaller(caller): DeskCaller,
    Path(reference): Path<String>,
    Unvalidated(about): Unvalidated<About>,
) -> Result<(StatusCode, Json<ShownCode>), Problem> {
    let code = desk::make_code(&state.services, &caller, &reference, about.person).await?;
    Ok((StatusCode::CREATED, Json(code.into())))
}

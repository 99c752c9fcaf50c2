//! `PUT /api/v1/cases/{reference}/contact`

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::body::Unvalidated;
use crate::http::api::headers::RequiredIdempotencyKey;
use crate::http::api::identity::CaseParticipant;
use crate::http::api::problem::{Problem, responses};
use crate::http::client::ClientAddress;
use complaint::case::contact_plan::change::{Stop, Times};
use complaint::case::contact_plan::{ContactMethod, ContactPlan, wanted};
use complaint::fields::form::Choice;
use contract::contact::Saved;
use service::cases::contact;

/// The complete contact plan; contact methods that are left out are removed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each field answers a separate question")]
pub struct NewContact {
    #[serde(default)]
    #[schema(max_length = 254)]
    email: Option<String>,
    #[serde(default)]
    email_safe: bool,
    /// Whether emails may show the name of the organisation to others who see them.
    #[serde(default)]
    email_named: bool,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    phone_safe: bool,
    #[serde(default)]
    voicemail_safe: bool,
    #[serde(default)]
    post_safe: bool,
    #[serde(default)]
    #[schema(max_length = 2000)]
    post_to: Option<String>,
    #[serde(default)]
    way: Option<ContactMethod>,
    #[serde(default)]
    times: Vec<Times>,
    /// Addresses and numbers that must not be used again, not even for a code that confirms their replacement.
    #[serde(default)]
    stop: Vec<Stop>,
}

/// The result of a contact change.
#[derive(Serialize, ToSchema)]
pub struct ContactSaved {
    saved: Saved,
}

/// Change the caller's contact details
///
/// Replaces the whole contact plan. Restrictions take effect at once. A change that opens a contact method, such as a new address, waits
/// for confirmation. A code is sent to an email address or mobile number that was safe before (`code`); without one, the
/// organisation confirms the change (`organisation`). Nothing is sent to the new address or number before it is confirmed.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{reference}/contact",
    operation_id = "changeContact",
    tag = "Following a case",
    params(
        ("reference" = String, Path, description = "The case's reference, in any spelling people type", example = "RC-7K3M-92QF"),
        ("Idempotency-Key" = String, Header, pattern = "^[!-~]{1,200}$", description = "Identifies the request; resend it when retrying"),
    ),
    request_body = NewContact,
    responses(
        (status = 200, description = "What was done with the change.", body = ContactSaved),
        responses::Always, responses::NotFound, responses::SignedIn, responses::WithBody, responses::CaseActions, responses::Limited,
    ),
    security(("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    CaseParticipant(viewer): CaseParticipant,
    RequiredIdempotencyKey(key): RequiredIdempotencyKey,
    headers: HeaderMap,
    Unvalidated(new): Unvalidated<NewContact>,
) -> Result<Json<ContactSaved>, Problem> {
    let plan = ContactPlan {
        email: new.email.filter(|text| !text.trim().is_empty()),
        email_safe: new.email_safe,
        email_named: new.email_named,
        phone: new.phone.filter(|text| !text.trim().is_empty()),
        phone_safe: new.phone_safe,
        voicemail_safe: new.voicemail_safe,
        post_safe: new.post_safe,
        post_to: new.post_to,
        way: new.way,
        times: new.times.iter().map(|time| time.code().to_owned()).collect(),
    };
    let mut fields = wanted::fields(&plan);
    let stop = new.stop.iter().map(|stop| (wanted::STOP.to_owned(), stop.code().to_owned()));
    fields.0.extend(stop);
    let services = &state.services;
    let wanted = wanted::check(&fields, services.today()).map_err(Problem::rules)?;
    state.limits.sign_in_code(from).map_err(|wait| Problem::too_many(wait.seconds))?;
    let language = state.language(&headers);
    let saved = contact::save(services, &viewer, &wanted, Some(&key), language).await?;
    Ok(Json(ContactSaved { saved }))
}

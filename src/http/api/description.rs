//! The OpenAPI 3.1 document.

pub mod limits;
pub mod questions;
mod unions;

use std::sync::LazyLock;

use serde_json::Value;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, openapi};

/// The parts of the document that belong to no operation.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "On Record",
        version = "1",
        description = "Complaints by residents of social housing: complete the questionnaire, upload evidence, follow a case, and handle cases as the organisation.\n\nBodies are JSON in UTF-8. A request body with a member that is not described is refused. Times are RFC 3339 in UTC, dates are `YYYY-MM-DD`. Errors are `application/problem+json` (RFC 9457): `Accept-Language` selects the language of their texts; their codes never change. A request that carries a cookie and changes something is refused with 403 if another site caused the browser to send it.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/")),
    tags(
        (name = "Filling in", description = "Drafts, from the first question to the receipt."),
        (name = "Answers", description = "One operation per question. Answers to questions that no longer apply are deleted."),
        (name = "Evidence", description = "Photos, documents and recordings."),
        (name = "Following a case", description = "For the people on a case, signed in with its reference and their access code."),
        (name = "Representation", description = "For a tenant asked for consent and a person who joins a case."),
        (name = "The organisation", description = "For case-management systems. Each call is recorded with the API key's name."),
    ),
    modifiers(&SecuritySchemes),
)]
struct BaseDocument;

/// Adds the security schemes.
struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, api: &mut openapi::OpenApi) {
        let bearer = |text: &str| {
            let http = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(text));
            SecurityScheme::Http(http.build())
        };
        let cookie = |name: &str, text: &str| {
            let value = ApiKeyValue::with_description(name, text);
            SecurityScheme::ApiKey(ApiKey::Cookie(value))
        };
        let components = api.components.get_or_insert_default();
        components.add_security_scheme(
            "draftCookie",
            cookie(
                "__Host-draft",
                "Set by `POST /api/v1/drafts`. Named `draft` when the server uses http on loopback.",
            ),
        );
        components.add_security_scheme("draftBearer", bearer("The `token` in the response of `POST /api/v1/drafts`."));
        components.add_security_scheme(
            "sessionCookie",
            cookie(
                "__Host-session",
                "Set by `POST /api/v1/sessions`. Named `session` when the server uses http on loopback.",
            ),
        );
        components.add_security_scheme(
            "sessionBearer",
            bearer("The `token` in the response of `POST /api/v1/sessions` with `Prefer: return=representation`."),
        );
        components.add_security_scheme("deskKey", bearer("An API key made by the operator with `onrecord keys add`."));
    }
}

/// The document without its operations.
pub(crate) fn frame() -> openapi::OpenApi {
    BaseDocument::openapi()
}

/// Returns the complete document, as it is served.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
        let (_, api) = crate::http::api::calls().split_for_parts();
        let mut document = serde_json::to_value(&api).unwrap_or_default();
        questions::add_question_operations(&mut document);
        limits::add_limits(&mut document);
        unions::name_union_members(&mut document);
        document
    });
    &DOCUMENT
}

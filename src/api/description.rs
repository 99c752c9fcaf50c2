//! The description of the interface: OpenAPI 3.1.

pub mod limits;
pub mod questions;
mod unions;

use std::sync::LazyLock;

use serde_json::Value;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, openapi};

/// What stands around the calls.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "On Record",
        version = "1",
        description = "Complaints from people who live in social housing: filling in, evidence, following a case, and the organisation's side.\n\nBodies are JSON, UTF-8; members that are not described are refused. Times are RFC 3339 in UTC, dates `YYYY-MM-DD`. What goes wrong is answered with `application/problem+json` (RFC 9457); `Accept-Language` picks the language of its words, codes never change. A call that comes with a cookie and changes something is refused when another site made the browser send it.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/")),
    tags(
        (name = "Filling in", description = "From the first question to the receipt."),
        (name = "Answers", description = "The questions, one call each. An answer that the journey no longer asks for is taken out."),
        (name = "Evidence", description = "Photos and papers."),
        (name = "Following a case", description = "For the people of a case, with its reference and access code."),
        (name = "Acting for somebody", description = "For a tenant who is asked, and for whoever takes a case over, with a link or a code."),
        (name = "The organisation", description = "For case-management systems, with a key. Every call is on the record with the key's name."),
    ),
    modifiers(&Ways),
)]
struct Frame;

/// The ways to say who is calling.
struct Ways;

impl Modify for Ways {
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
                "Set by `POST /api/v1/drafts`. Called `draft` when served as http on loopback.",
            ),
        );
        components.add_security_scheme("draftBearer", bearer("The `token` of `POST /api/v1/drafts`."));
        components.add_security_scheme(
            "sessionCookie",
            cookie(
                "__Host-session",
                "Set by `POST /api/v1/sessions`. Called `session` when served as http on loopback.",
            ),
        );
        components.add_security_scheme(
            "sessionBearer",
            bearer("The `token` of `POST /api/v1/sessions` with `Prefer: return=representation`."),
        );
        components.add_security_scheme("deskKey", bearer("A key made with `onrecord keys add`."));
    }
}

/// The description without the calls.
pub(super) fn frame() -> openapi::OpenApi {
    Frame::openapi()
}

/// The whole description, as it is served.
#[must_use]
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
        let (_, api) = super::calls().split_for_parts();
        let mut document = serde_json::to_value(&api).unwrap_or_default();
        questions::tell(&mut document);
        limits::tell(&mut document);
        unions::tell(&mut document);
        document
    });
    &DOCUMENT
}

//! The tenant's answer to a request for consent to be represented.

pub mod decide;
pub mod open;
pub mod tenant_access;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::HttpState;
use crate::http::api::problem::{Kind, Problem};
use crate::http::client::ClientAddress;
use service::access::token::Token;
use service::drafts::resume::ResumeSecret;

/// The consent link from the email.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The last segment of the link's path.
    token: String,
}

/// Parses the token of a consent link and counts the attempt against the rate limit.
fn parse_link_token(state: &HttpState, from: ClientAddress, text: &str) -> Result<Token, Problem> {
    let token = Token::parse(text).ok_or_else(|| Problem::new(Kind::ConsentNotFound))?;
    let allowed = state.limits.resume_attempt(from, &ResumeSecret::Link(token.clone()));
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    Ok(token)
}

//! The tenant's answer to a request for consent to be represented.

pub mod come_in;
pub mod decide;
pub mod open;

use serde::Deserialize;
use utoipa::ToSchema;

use super::problem::{Kind, Problem};
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use service::returning::Ticket;
use service::token::Token;

/// The consent link from the email.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The last segment of the link's path.
    token: String,
}

/// Parses the token of a consent link and counts the attempt against the rate limit.
fn read(state: &DoorState, from: ClientAddress, text: &str) -> Result<Token, Problem> {
    let token = Token::parse(text).ok_or_else(|| Problem::new(Kind::ConsentNotFound))?;
    let allowed = state.limits.return_try(from, &Ticket::Link(token.clone()));
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    Ok(token)
}

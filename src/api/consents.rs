//! A tenant's answer to somebody who wants to act for them.

pub mod come_in;
pub mod decide;
pub mod open;

use serde::Deserialize;
use utoipa::ToSchema;

use super::problem::{Kind, Problem};
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use crate::service::returning::Ticket;
use crate::service::token::Token;

/// The link of the message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The last part of the address in the email.
    token: String,
}

/// Reads a link and counts the try.
fn read(state: &DoorState, from: ClientAddress, text: &str) -> Result<Token, Problem> {
    let token = Token::parse(text).ok_or_else(|| Problem::new(Kind::ConsentNotFound))?;
    let allowed = state.limits.return_try(from, &Ticket::Link(token.clone()));
    allowed.map_err(|wait| Problem::too_many(wait.seconds))?;
    Ok(token)
}

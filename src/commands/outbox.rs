//! `onrecord outbox …`: lists outgoing messages and retries failed ones. Never prints recipients or texts.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;
use record::outbox::State;
use service::{Services, notifications::messages, record::installation};
use uuid::Uuid;

#[derive(Subcommand)]
pub enum Outbox {
    /// List messages that wait or were given up: when created, number of attempts, last error
    List {
        /// Only messages that were given up
        #[arg(long)]
        given_up: bool,
    },
    /// Let the running server retry a message that was given up
    Retry { id: Uuid },
    /// Hold all deliveries: no email, text message or event leaves until they are released
    Hold,
    /// Release the deliveries that `hold` stopped
    Release,
}

/// Runs the command.
pub async fn run(services: Services, command: Outbox) -> Result<ExitCode> {
    match command {
        Outbox::List { given_up } => {
            let messages = messages::list(&services, given_up).await?;
            for message in &messages {
                let state = match (message.state, message.can_retry) {
                    (State::Waiting, _) => "waiting",
                    (_, true) => "given up, can be retried",
                    (_, false) => "given up, cannot be retried",
                };
                println!(
                    "{}  {}  {}  {:>2} tries  {state}  {}",
                    message.id,
                    message.channel,
                    message.created_at.rfc3339(),
                    message.attempts,
                    message.last_error.as_deref().unwrap_or("-"),
                );
            }
            println!("{} messages", messages.len());
            if installation::deliveries_are_held(&services).await? {
                println!("deliveries are held");
            }
        }
        Outbox::Hold => {
            let is_new = installation::hold_deliveries(&services).await?;
            println!(
                "{}",
                if is_new {
                    "deliveries are held"
                } else {
                    "deliveries were held already"
                }
            );
        }
        Outbox::Release => {
            let were_held = installation::release_deliveries(&services).await?;
            println!(
                "{}",
                if were_held {
                    "deliveries are released"
                } else {
                    "no command held deliveries"
                }
            );
            if services.settings().hold_deliveries {
                println!("deliveries stay held: deliveries.hold is true in the configuration");
            }
        }
        Outbox::Retry { id } => {
            if !messages::retry(&services, id).await? {
                bail!("there is no message {id} that was given up and can be retried");
            }
            println!("{id} will be retried");
        }
    }
    Ok(ExitCode::SUCCESS)
}

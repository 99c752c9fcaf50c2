//! `onrecord webhooks …`: the addresses that events are delivered to.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use onrecord::complaint::{form::Choice, view::desk::WebhookView};
use onrecord::service::Services;
use onrecord::service::desk::Caller;
use onrecord::service::webhooks;
use uuid::Uuid;

#[derive(Subcommand)]
pub enum Webhooks {
    /// List the addresses, with the state of each and the key that made it
    List,
    /// Stop the deliveries to an address until it is resumed
    Pause { id: Uuid },
    /// Go on with an address that was paused or given up, after the last event that arrived there
    Resume { id: Uuid },
    /// Remove an address for good
    Remove { id: Uuid },
}

/// Runs the command.
///
/// # Errors
/// When no address has this id, or its key is revoked.
pub async fn run(services: Services, caller: Caller, command: Webhooks) -> Result<ExitCode> {
    match command {
        Webhooks::List => {
            let all = webhooks::list(&services, &caller).await?.webhooks;
            for webhook in &all {
                print(webhook);
            }
            println!("{} addresses", all.len());
        }
        Webhooks::Pause { id } => print(&webhooks::pause(&services, &caller, id).await.with_context(|| id.to_string())?),
        Webhooks::Resume { id } => print(&webhooks::resume(&services, &caller, id).await.with_context(|| id.to_string())?),
        Webhooks::Remove { id } => {
            if !webhooks::remove(&services, &caller, id).await? {
                bail!("there is no webhook with the id {id}");
            }
            println!("{id} is removed");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print(webhook: &WebhookView) {
    println!(
        "{}  {}  {}  made by {}  last delivered {}  {} failures  {}",
        webhook.id,
        webhook.state.code(),
        webhook.url,
        webhook.made_by,
        webhook.delivered.as_deref().unwrap_or("-"),
        webhook.failures,
        webhook.last_error.as_deref().unwrap_or("-"),
    );
}

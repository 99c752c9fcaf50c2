//! `onrecord webhooks …`: the addresses that events are delivered to.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use onrecord::complaint::{form::Choice, view::desk::WebhookView};
use onrecord::service::Services;
use onrecord::service::desk::Caller;
use onrecord::service::webhooks::{self, Change};
use uuid::Uuid;

#[derive(Subcommand)]
pub enum Webhooks {
    /// List the addresses, with the state of each and the key that made it
    List,
    /// Stop the deliveries to an address until it is resumed
    Pause { id: Uuid },
    /// Go on with an address that was paused or given up, after the last event that arrived there
    Resume { id: Uuid },
    /// Try the next event of an address at once
    Retry {
        id: Uuid,
        /// Go back to this event: it and all after it are delivered, also those that arrived before
        #[arg(long, value_name = "EVENT")]
        from: Option<String>,
    },
    /// Do not deliver the event that an address does not take, and go on after it
    Skip {
        id: Uuid,
        /// The event, as `list` shows it
        event: String,
    },
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
        Webhooks::Pause { id } => change(&services, &caller, id, Change::Pause).await?,
        Webhooks::Resume { id } => change(&services, &caller, id, Change::Resume).await?,
        Webhooks::Retry { id, from } => change(&services, &caller, id, Change::Retry { from }).await?,
        Webhooks::Skip { id, event } => change(&services, &caller, id, Change::Skip { event }).await?,
        Webhooks::Remove { id } => {
            if !webhooks::remove(&services, &caller, id).await? {
                bail!("there is no webhook with the id {id}");
            }
            println!("{id} is removed");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn change(services: &Services, caller: &Caller, id: Uuid, change: Change) -> Result<()> {
    let changed = webhooks::change(services, caller, id, &change).await;
    print(&changed.with_context(|| id.to_string())?);
    Ok(())
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
    if let Some(held) = &webhook.held {
        let next = held
            .next_try_at
            .as_deref()
            .map_or_else(String::new, |at| format!(", next try {at}"));
        println!("    holds {} of {} since {}{next}", held.id, held.reference, held.since);
    }
}

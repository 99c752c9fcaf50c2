//! `onrecord webhooks …`: the webhooks to which events are delivered.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use complaint::fields::form::Choice;
use contract::desk::WebhookView;
use service::Services;
use service::cases::desk::Caller;
use service::webhooks::{self, Change};
use uuid::Uuid;

#[derive(Subcommand)]
pub enum Webhooks {
    /// List the webhooks, with the state of each and the API key that made it
    List,
    /// Stop the deliveries of a webhook until it is resumed
    Pause { id: Uuid },
    /// Resume a webhook that was paused or given up, after the last event that was delivered
    Resume { id: Uuid },
    /// Retry the next event of a webhook at once
    Retry {
        id: Uuid,
        /// Go back to this event: it and all later ones are delivered again
        #[arg(long, value_name = "EVENT")]
        from: Option<String>,
    },
    /// Do not deliver the event that a webhook fails to accept, and continue after it
    Skip {
        id: Uuid,
        /// The event's id, as `list` prints it
        event: String,
    },
    /// Remove a webhook
    Remove { id: Uuid },
}

/// Runs the command.
pub async fn run(services: Services, caller: Caller, command: Webhooks) -> Result<ExitCode> {
    match command {
        Webhooks::List => {
            let all = webhooks::list(&services, &caller).await?.webhooks;
            for webhook in &all {
                print(webhook);
            }
            println!("{} webhooks", all.len());
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

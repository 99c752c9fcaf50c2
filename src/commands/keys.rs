//! `onrecord keys …`: API keys for other systems.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;
use complaint::fields::form::Choice;
use service::Services;
use service::access::api_keys::{self, Scope};

#[derive(Subcommand)]
pub enum Keys {
    /// Make an API key and print it; it is shown only once
    Add {
        /// The holder of the key; every call is recorded with this name
        #[arg(long)]
        name: String,
        /// What the key may do: desk, read, webhooks or equality
        #[arg(long, value_parser = scope, required = true)]
        scope: Vec<Scope>,
    },
    /// List the keys, without the secrets
    List,
    /// Revoke a key
    Revoke { name: String },
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).ok_or_else(|| "the scope is `desk`, `read`, `webhooks` or `equality`".to_owned())
}

/// Runs the command.
pub async fn run(services: Services, command: Keys) -> Result<ExitCode> {
    match command {
        Keys::Add { name, scope } => println!("{}", api_keys::add(&services, &name, &scope).await?),
        Keys::List => {
            for key in api_keys::list(&services).await? {
                let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.code()).collect();
                let state = if key.revoked_at.is_some() { "revoked" } else { "in use" };
                println!("{}  {}  since {}  {state}", key.name, scopes.join(" "), key.created_at.date());
            }
        }
        Keys::Revoke { name } => {
            let Some(revoked) = api_keys::revoke(&services, &name).await? else {
                bail!("there is no key {name:?} in use");
            };
            println!("{name} is revoked");
            for url in &revoked.stopped {
                println!("deliveries to {url} are stopped: this key made the webhook");
            }
            for reference in &revoked.made_codes_for {
                println!("an access code that this key made for {reference} still works: `onrecord case new-code` replaces it");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

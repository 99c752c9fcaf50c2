//! What can be said to the program.

mod by;
mod case;
mod confined;
mod equality;
mod evidence;
mod keys;
mod outbox;
mod record;
mod webhooks;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use onrecord::server::{self, Config, config::without_password};
use onrecord::service::{Services, record::bind_earlier_cases};
use serde::Serialize;

/// A complaint form and self-service portal for people who live in social housing.
#[derive(Parser)]
#[command(
    name = "onrecord",
    version,
    after_help = "Exit codes: 0 done and all is well; 1 it failed, or what was checked is not as it should be; 2 the command line cannot be \
                  understood. Only `serve` and `migrate` make a database or change its schema."
)]
pub struct CommandLine {
    #[command(flatten)]
    place: Place,
    /// Your name, as the record will have it; your login name when it is left out
    #[arg(long, global = true, env = "ONRECORD_BY", value_name = "NAME")]
    by: Option<String>,
    #[command(subcommand)]
    command: Command,
}

/// Where everything is. Everything else is set in the configuration file or the environment.
#[derive(Args, Serialize)]
struct Place {
    /// A configuration file; `onrecord config example` prints one
    #[arg(long, global = true, env = "ONRECORD_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    config: Option<PathBuf>,
    /// The folder of the embedded database and of uploaded files
    #[arg(long, global = true, value_name = "FOLDER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<PathBuf>,
    /// A PostgreSQL database in place of the embedded one
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    database_url: Option<String>,
    /// An S3-like storage for files in place of the data folder; keys come from the environment
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    storage_url: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the portal
    Serve(Serve),
    /// Bring the database up to date
    Migrate,
    /// Look at cases and move them
    #[command(subcommand)]
    Case(case::Case),
    /// The totals of the equality questions
    #[command(subcommand)]
    Equality(equality::Equality),
    /// Files people sent
    #[command(subcommand)]
    Evidence(evidence::Evidence),
    /// Keys for other systems
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Messages on their way out
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// The record of what happened
    #[command(subcommand)]
    Record(record::Record),
    /// Addresses that events are delivered to
    #[command(subcommand)]
    Webhooks(webhooks::Webhooks),
    /// The configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    #[command(flatten)]
    Confined(confined::Confined),
}

#[derive(Args, Default, Serialize)]
struct Serve {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    listen: Option<SocketAddr>,
    /// The folder of what browsers download
    #[arg(long, value_name = "FOLDER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<PathBuf>,
    /// The address people reach the portal at, beginning with https
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    public_url: Option<String>,
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Print everything that can be set, with its default
    Example,
    /// Read the configuration, try everything it names, and say all that is wrong
    Check {
        /// Only read it: try no database, storage, scanner or mail server
        #[arg(long)]
        offline: bool,
        #[command(flatten)]
        serve: Serve,
    },
    /// Print the time limits of the complaint clock, as the setting for their file takes them
    ClockRules,
}

/// Does what was said. The exit code is 0 when it went well.
///
/// # Errors
/// Whatever stopped it, said so that the person at the command line can do something about it.
pub fn run(line: CommandLine) -> Result<ExitCode> {
    let CommandLine { place, by, command } = line;
    match command {
        Command::Config(ConfigCommand::Example) => {
            print!("{}", server::config::example());
            Ok(ExitCode::SUCCESS)
        }
        Command::Config(ConfigCommand::Check { offline, serve }) => check(&place, &serve, offline),
        Command::Config(ConfigCommand::ClockRules) => {
            let config = place.load(&Serve::default())?;
            println!("{}", serde_json::to_string_pretty(&config.service.clock_rules()?)?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve(serve) => {
            let config = place.load(&serve)?;
            let log = server::start_telemetry(&config.log)?;
            let served = block_on(server::run::serve(config));
            log.finish();
            served??;
            Ok(ExitCode::SUCCESS)
        }
        Command::Migrate => {
            let config = place.load(&Serve::default())?;
            block_on(migrate(&config))?
        }
        Command::Case(command) => place.with_services(|services| case::run(services, by::caller(by.as_deref()), command)),
        Command::Equality(command) => place.with_services(|services| equality::run(services, by::caller(by.as_deref()), command)),
        Command::Evidence(command) => place.with_services(|services| evidence::run(services, by::caller(by.as_deref()), command)),
        Command::Keys(command) => place.with_services(|services| keys::run(services, command)),
        Command::Outbox(command) => place.with_services(|services| outbox::run(services, command)),
        Command::Record(command) => place.with_services(|services| record::run(services, command)),
        Command::Webhooks(command) => place.with_services(|services| webhooks::run(services, by::caller(by.as_deref()), command)),
        Command::Confined(task) => confined::run(task),
    }
}

/// What the command line sets.
#[derive(Serialize)]
struct Flags<'a> {
    #[serde(flatten)]
    place: &'a Place,
    #[serde(flatten)]
    serve: &'a Serve,
}

impl Place {
    fn load(&self, serve: &Serve) -> Result<Config> {
        Ok(Config::load(self.config.as_deref(), Flags { place: self, serve })?)
    }

    fn with_services<F: Future<Output = Result<ExitCode>>>(&self, work: impl FnOnce(Services) -> F) -> Result<ExitCode> {
        let config = self.load(&Serve::default())?;
        block_on(async {
            let services = server::services::open_existing(&config).await?;
            let done = work(services.clone()).await;
            services.store().clone().close().await.context("the database did not close")?;
            done
        })?
    }
}

async fn migrate(config: &Config) -> Result<ExitCode> {
    let (services, done) = server::services::open_and_migrate(config).await?;
    match done.len() {
        0 => println!("the database is up to date"),
        n => println!("{n} migrations done: {}", done.join(", ")),
    }
    let progress = |cases| println!("{cases} cases from before events had commitments are bound to their chains");
    bind_earlier_cases(&services, progress).await?;
    services.store().clone().close().await?;
    Ok(ExitCode::SUCCESS)
}

/// Prints what works, then what an operator should see to, then what is wrong.
fn check(place: &Place, serve: &Serve, offline: bool) -> Result<ExitCode> {
    let (config, faults) = Config::read(place.config.as_deref(), Flags { place, serve });
    let found = block_on(server::check::check(&config, &faults, offline))?;
    for line in &found.works {
        println!("ok: {}", without_password(line));
    }
    for line in &found.warnings {
        println!("warning: {}", without_password(line));
    }
    for line in &found.faults {
        println!("error: {}", without_password(line));
    }
    if found.faults.is_empty() {
        println!("the configuration is good");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{} faults", found.faults.len());
    Ok(ExitCode::FAILURE)
}

fn block_on<T>(work: impl Future<Output = T>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    Ok(runtime.context("no runtime")?.block_on(work))
}

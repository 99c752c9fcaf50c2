//! The command line of the program.

mod case;
mod equality;
mod evidence;
mod keys;
mod outbox;
mod record;
pub(crate) mod sandboxed;
mod webhooks;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use onrecord::server::{self, Config, config::without_password};
use serde::Serialize;
use service::cases::desk::Caller;
use service::{Services, record::verification::bind_earlier_cases};

/// A complaint form and self-service portal for residents of social housing.
#[derive(Parser)]
#[command(
    name = "onrecord",
    version,
    after_help = "Exit codes: 0 success; 1 the command failed, or a check found a fault; 2 the command line could not be parsed. \
                  Only `serve` and `migrate` create a database or change its schema."
)]
pub struct CommandLine {
    #[command(flatten)]
    place: GlobalOptions,
    /// Your name, as it is recorded with what you do; your login name when left out
    #[arg(long, global = true, env = "ONRECORD_BY", value_name = "NAME")]
    by: Option<String>,
    #[command(subcommand)]
    command: Command,
}

/// The options of every command. Everything else is set in the configuration file or the environment.
#[derive(Args, Serialize)]
struct GlobalOptions {
    /// The configuration file; `onrecord config example` prints one with the defaults
    #[arg(long, global = true, env = "ONRECORD_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    config: Option<PathBuf>,
    /// The folder of the embedded database and the uploaded files
    #[arg(long, global = true, value_name = "FOLDER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<PathBuf>,
    /// A PostgreSQL database to use instead of the embedded SQLite
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    database_url: Option<String>,
    /// An S3-compatible storage for files, used instead of the data folder; the access keys come from the environment
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    storage_url: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the portal
    Serve(Serve),
    /// Migrate the database to this version of the program
    Migrate,
    /// Show and handle cases
    #[command(subcommand)]
    Case(case::Case),
    /// Show the totals of the equality questions
    #[command(subcommand)]
    Equality(equality::Equality),
    /// List, decide and check uploaded files
    #[command(subcommand)]
    Evidence(evidence::Evidence),
    /// Manage the API keys of other systems
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Manage outgoing messages
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// Verify the record of events, and list who accessed cases
    #[command(subcommand)]
    Record(record::Record),
    /// Manage the webhooks to which events are delivered
    #[command(subcommand)]
    Webhooks(webhooks::Webhooks),
    /// Print or check the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    #[command(flatten)]
    Confined(sandboxed::Sandboxed),
}

#[derive(Args, Default, Serialize)]
struct Serve {
    /// The address to listen on; port 0 takes a free port
    #[arg(long, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    listen: Option<SocketAddr>,
    /// The folder of the files that browsers download
    #[arg(long, value_name = "FOLDER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<PathBuf>,
    /// The public URL of the portal, beginning with https
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    public_url: Option<String>,
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Print all settings with their defaults
    Example,
    /// Check the configuration and everything it names, and print all faults
    Check {
        /// Only read the configuration: do not connect to the database, storage, scanner or mail server
        #[arg(long)]
        offline: bool,
        #[command(flatten)]
        serve: Serve,
    },
    /// Print the time limits of the complaint clock, in the format of `service.clock_rules_file`
    ClockRules,
}

/// Runs the command.
///
/// Errors are worded for the operator at the command line.
pub fn run(line: CommandLine) -> Result<ExitCode> {
    let CommandLine { place, by, command } = line;
    match command {
        Command::Config(ConfigCommand::Example) => {
            print!("{}", server::config::EXAMPLE);
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
        Command::Case(command) => place.with_services(|services| case::run(services, operator(by.as_deref()), command)),
        Command::Equality(command) => place.with_services(|services| equality::run(services, operator(by.as_deref()), command)),
        Command::Evidence(command) => place.with_services(|services| evidence::run(services, operator(by.as_deref()), command)),
        Command::Keys(command) => place.with_services(|services| keys::run(services, command)),
        Command::Outbox(command) => place.with_services(|services| outbox::run(services, command)),
        Command::Record(command) => {
            let keys = server::services::signing_key_path(&place.load(&Serve::default())?);
            place.with_services(|services| record::run(services, keys, command))
        }
        Command::Webhooks(command) => place.with_services(|services| webhooks::run(services, operator(by.as_deref()), command)),
        Command::Confined(task) => sandboxed::run(task),
    }
}

/// The settings given on the command line.
#[derive(Serialize)]
struct Flags<'a> {
    #[serde(flatten)]
    place: &'a GlobalOptions,
    #[serde(flatten)]
    serve: &'a Serve,
}

impl GlobalOptions {
    fn load(&self, serve: &Serve) -> Result<Config> {
        Ok(Config::load(self.config.as_deref(), Flags { place: self, serve })?)
    }

    fn with_services<F: Future<Output = Result<ExitCode>>>(&self, work: impl FnOnce(Services) -> F) -> Result<ExitCode> {
        let config = self.load(&Serve::default())?;
        block_on(async {
            let services = server::services::open_existing(&config).await?;
            let done = work(services.clone()).await;
            services.store().clone().close().await.context("the database could not be closed")?;
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
    let progress = |cases| println!("the answers and files of {cases} older cases are bound to their event chains");
    bind_earlier_cases(&services, progress).await?;
    services.store().clone().close().await?;
    Ok(ExitCode::SUCCESS)
}

/// Prints what works, then the warnings, then the faults.
fn check(place: &GlobalOptions, serve: &Serve, offline: bool) -> Result<ExitCode> {
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
    Ok(runtime.context("the async runtime could not be started")?.block_on(work))
}

/// Returns a caller with the given name, or else the operator's login name. Under `sudo` it is the name of the user who ran `sudo`.
fn operator(given: Option<&str>) -> Caller {
    let sudo = std::env::var("SUDO_USER").ok();
    let login = || whoami::username().unwrap_or_else(|_| "unknown".into());
    let name = [given, sudo.as_deref()]
        .into_iter()
        .flatten()
        .map(str::trim)
        .find(|name| !name.is_empty());
    Caller::at_command_line(&name.map_or_else(login, ToOwned::to_owned))
}

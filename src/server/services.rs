//! Opens the database, the files and the key, for the server and for the command line.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::ExposeSecret;

use super::config::Config;
use super::config::{ConfigError, Faults};
use evidence::{FileStore, ReceiveError, Sandbox};
use record::RecordError;
use record::clock::SystemClock;
use record::entropy::SystemEntropy;
use record::store::{Schema, ServerLock, Store};
use service::record::installation::{self, KeyError};
use service::record::log_keys::LogKeys;
use service::secret::{Secret, SecretError};
use service::settings::DataFileError;
use service::{Dependencies, Services};

/// The file name of the key in the data folder.
const KEY: &str = "secret.key";

/// The file name of the keys that sign the log, in the data folder.
const SIGNING_KEY: &str = "signing.key";

/// The name of the files folder in the data folder.
const FILES: &str = "files";

/// Something could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("cannot create the data folder {path}: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("the database cannot be opened: {0}")]
    Store(#[from] RecordError),
    /// The database has no tables of On Record.
    #[error("the database {0} has no tables of On Record; `onrecord serve` or `onrecord migrate` creates them")]
    Empty(String),
    #[error("the database is from an older version of this program: stop the server and run `onrecord migrate` (missing: {})", .0.join(", "))]
    Older(Vec<String>),
    #[error("the database is from a newer version of this program (unknown migrations: {})", .0.join(", "))]
    Newer(Vec<String>),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Faults(#[from] Faults),
    #[error("the folder for files cannot be opened: {0}")]
    Files(#[from] ReceiveError),
    #[error("the folder for files {} does not exist", .0.display())]
    NoFiles(PathBuf),
    #[error("the path of this program cannot be determined: {0}")]
    Program(#[source] std::io::Error),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    DataFile(#[from] DataFileError),
}

/// Opens everything for a server, and takes the server lock of an embedded database. Creates what is missing and migrates the database.
pub async fn open_for_server(config: &Config) -> Result<(Services, Option<ServerLock>), OpenError> {
    let store = make_store(config).await?;
    let lock = store.lock_for_server()?;
    Ok((set_up(config, store).await?, lock))
}

/// Opens everything, creates what is missing and migrates the database. Also returns the names of the migrations that were run.
pub async fn open_and_migrate(config: &Config) -> Result<(Services, Vec<String>), OpenError> {
    let store = make_store(config).await?;
    let before = match store.schema().await? {
        Schema::Known { done, .. } => done,
        _ => Vec::new(),
    };
    let services = set_up(config, store).await?;
    let done = match services.store().schema().await? {
        Schema::Known { done, .. } => done.into_iter().filter(|step| !before.contains(step)).collect(),
        _ => Vec::new(),
    };
    Ok((services, done))
}

/// Opens everything for the command line. Creates nothing and changes no schema, so that a wrong folder is noticed.
pub async fn open_existing(config: &Config) -> Result<Services, OpenError> {
    let store = existing_store(config).await?;
    let opened = async {
        match store.schema().await? {
            Schema::Empty => return Err(OpenError::Empty(name_of(config))),
            Schema::Newer(steps) => return Err(OpenError::Newer(steps)),
            Schema::Known { pending, .. } if !pending.is_empty() => return Err(OpenError::Older(pending)),
            Schema::Known { .. } => {}
        }
        let path = config.data.join(KEY);
        let secret = Secret::load(&path)?.ok_or(KeyError::Missing { path: path.clone() })?;
        installation::check_key(&store, &secret, &path).await?;
        let path = signing_key_path(config);
        let log_keys = LogKeys::load(&path)?.ok_or_else(|| KeyError::SigningMissing { path: path.clone() })?;
        installation::check_log_key(&store, &log_keys, &path).await?;
        let files = match config.remote_files()? {
            Some(remote) => remote,
            None => local_files(&config.data.join(FILES))?,
        };
        services(config, store.clone(), files, (secret, log_keys))
    };
    let services = opened.await;
    if services.is_err() {
        store.close().await?;
    }
    services
}

/// Opens only the database, which must exist.
pub async fn existing_store(config: &Config) -> Result<Store, OpenError> {
    Ok(Store::connect_existing(&address(config)).await?)
}

/// The path of the key file.
pub fn key_path(config: &Config) -> PathBuf {
    config.data.join(KEY)
}

/// The path of the file with the keys that sign the log.
pub fn signing_key_path(config: &Config) -> PathBuf {
    config.data.join(SIGNING_KEY)
}

/// The path of the files folder.
pub fn files_path(config: &Config) -> PathBuf {
    config.data.join(FILES)
}

async fn make_store(config: &Config) -> Result<Store, OpenError> {
    record::store::private_folder(&config.data).map_err(|source| OpenError::Folder {
        path: config.data.clone(),
        source,
    })?;
    Ok(Store::connect(&address(config)).await?)
}

async fn set_up(config: &Config, store: Store) -> Result<Services, OpenError> {
    let entropy = SystemEntropy;
    let path = config.data.join(KEY);
    // Checked before anything is changed: the database may belong to another installation.
    let schema = store.schema().await?;
    if let Schema::Newer(steps) = schema {
        return Err(OpenError::Newer(steps));
    }
    let secret = match Secret::load(&path)? {
        Some(secret) => {
            if installation::is_known(&schema) {
                installation::check_key(&store, &secret, &path).await?;
            }
            secret
        }
        None if installation::needs_key(&store, &schema).await? => return Err(KeyError::Missing { path }.into()),
        None => Secret::load_or_create(&path, &entropy)?,
    };
    let signing_path = signing_key_path(config);
    let log_keys = match LogKeys::load(&signing_path)? {
        Some(keys) => {
            if installation::is_known(&schema) {
                installation::check_log_key(&store, &keys, &signing_path).await?;
            }
            keys
        }
        None if installation::needs_log_key(&store, &schema).await? => {
            return Err(KeyError::SigningMissing { path: signing_path }.into());
        }
        None => LogKeys::load_or_create(&signing_path, &entropy, &SystemClock)?,
    };
    store.migrate().await?;
    installation::note_key(&store, &secret, &path, &SystemClock).await?;
    installation::note_log_key(&store, &log_keys, &signing_path, &SystemClock).await?;
    let files = match config.remote_files()? {
        Some(remote) => remote,
        None => FileStore::local(&config.data.join(FILES))?,
    };
    services(config, store, files, (secret, log_keys))
}

fn local_files(folder: &Path) -> Result<FileStore, OpenError> {
    if !folder.is_dir() {
        return Err(OpenError::NoFiles(folder.to_owned()));
    }
    Ok(FileStore::local(folder)?)
}

fn services(config: &Config, store: Store, files: FileStore, (secret, log_keys): (Secret, LogKeys)) -> Result<Services, OpenError> {
    let world = Dependencies {
        store,
        files,
        confined: Sandbox::new(&std::env::current_exe().map_err(OpenError::Program)?),
        scanner: config.scanner()?,
        clock: Arc::new(SystemClock),
        secret,
        log_keys,
        entropy: Arc::new(SystemEntropy),
    };
    let mut settings = config.service.clone();
    settings.texts = config.gateway()?.is_some();
    settings.hold_deliveries = config.deliveries.hold;
    settings.log_origin = config.log_origin();
    Ok(Services::new(world, settings)?)
}

fn address(config: &Config) -> String {
    let url = config.database_url.as_ref().map(|url| url.expose_secret().to_owned());
    url.unwrap_or_else(|| Store::embedded(&config.data))
}

/// Names the database for the operator, without a URL that may contain a password.
fn name_of(config: &Config) -> String {
    match &config.database_url {
        Some(_) => "that database_url names".to_owned(),
        None => config.data.join("onrecord.db").display().to_string(),
    }
}

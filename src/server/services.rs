//! Opening the database, the files and the key, for the server and for the command line.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::ExposeSecret;

use super::Config;
use super::config::ConfigError;
use crate::evidence::{Confined, Files, ReceiveError};
use crate::record::RecordError;
use crate::record::clock::SystemClock;
use crate::record::entropy::SystemEntropy;
use crate::record::store::Store;
use crate::service::secret::{Secret, SecretError};
use crate::service::settings::DataFileError;
use crate::service::{Services, World};

/// Something that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("cannot make the data folder {path}: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("the database cannot be opened: {0}")]
    Store(#[from] RecordError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("the folder for files cannot be opened: {0}")]
    Files(#[from] ReceiveError),
    #[error("the path of this program is not known: {0}")]
    Program(#[source] std::io::Error),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    DataFile(#[from] DataFileError),
}

/// Opens everything a use case needs and brings the database up to date.
///
/// # Errors
/// [`OpenError`] naming what cannot be opened.
pub async fn open(config: &Config) -> Result<Services, OpenError> {
    let store = store(config).await?;
    store.migrate().await?;
    let entropy = Arc::new(SystemEntropy);
    let world = World {
        store,
        files: match config.remote_files()? {
            Some(remote) => remote,
            None => Files::local(&config.data.join("files"))?,
        },
        confined: Confined::new(&std::env::current_exe().map_err(OpenError::Program)?),
        scanner: config.scanner()?,
        clock: Arc::new(SystemClock),
        secret: Secret::load_or_create(&config.data.join("secret.key"), &*entropy)?,
        entropy,
    };
    let mut settings = config.service.clone();
    settings.texts = config.gateway()?.is_some();
    Ok(Services::new(world, settings)?)
}

/// Opens the database alone, as it is.
///
/// # Errors
/// [`OpenError`] when there is no such database.
pub async fn store(config: &Config) -> Result<Store, OpenError> {
    crate::record::store::private_folder(&config.data).map_err(|source| OpenError::Folder {
        path: config.data.clone(),
        source,
    })?;
    let url = config.database_url.as_ref().map(|url| url.expose_secret().to_owned());
    Ok(Store::connect(&url.unwrap_or_else(|| Store::embedded(&config.data))).await?)
}

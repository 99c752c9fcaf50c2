//! `onrecord config check`: reads the configuration and tries everything that it names. Changes nothing.

use std::path::Path;
use std::time::Duration;

use evidence::{FileStore, Sandbox, Scanner};
use notify::MailTransport;
use record::clock::{Clock, SystemClock};
use record::entropy::{SystemEntropy, uuid_v7};
use record::outbox;
use record::store::{Schema, Store};
use service::record::{installation, log_keys::LogKeys};
use service::secret::Secret;
use service::{london, settings::holiday_warning};

use super::config::Config;
use super::config::ConfigError;
use super::{assets, services};

/// How long one component may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The result of a check. Each line begins with the setting it is about, named as in the file.
#[derive(Debug, Default)]
pub struct Findings {
    /// Faults that keep the server from starting or working.
    pub faults: Vec<String>,
    /// Things that an operator should attend to.
    pub warnings: Vec<String>,
    /// Things that were tried and work.
    pub works: Vec<String>,
}

impl Findings {
    fn fault(&mut self, text: String) {
        self.faults.push(text);
    }

    fn tried(&mut self, setting: &str, tried: Result<String, String>) {
        match tried {
            Ok(what) => self.works.push(format!("{setting}: {what}")),
            Err(why) => self.faults.push(format!("{setting}: {why}")),
        }
    }
}

/// Checks a configuration. Unless `offline`, also tries the database, the key, the file storage, the scanner, the mail server and
/// the site. A setting with a fault is not tried.
pub async fn check(config: &Config, faults: &[ConfigError], offline: bool) -> Findings {
    let mut found = Findings {
        faults: faults.iter().map(ToString::to_string).collect(),
        warnings: config.warnings(),
        works: Vec::new(),
    };
    if let Ok(holidays) = config.service.bank_holidays() {
        let today = london::date(SystemClock.now());
        let warning = holiday_warning(&holidays, today).map(|warning| format!("service.bank_holidays_file: {warning}"));
        found.warnings.extend(warning);
    }
    if offline {
        return found;
    }
    let has_fault = |setting: &str| faults.iter().any(|fault| fault.to_string().starts_with(setting));
    let site = assets::load(&config.site).map(|_| format!("{} is complete", config.site.display()));
    found.tried("site", site.map_err(|e| e.to_string()));
    data_folder(config, &mut found);
    if !has_fault("database_url") {
        database(config, &mut found).await;
    }
    if !has_fault("storage_url") {
        files(config, &mut found).await;
    }
    if let Ok(Scanner::Clamd { clamd, .. }) = config.scanner() {
        let version = clamd.version().await.map_err(|e| e.to_string());
        found.tried("scanner.clamd", version);
    }
    if !has_fault("mail.")
        && let Ok(Some(server)) = config.mail_server()
    {
        mail(&server, &mut found).await;
    }
    if let Ok(program) = std::env::current_exe()
        && let Some(warning) = Sandbox::new(&program).warning().await
    {
        found.warnings.push(warning);
    }
    found
}

/// Tries to write to the data folder.
fn data_folder(config: &Config, found: &mut Findings) {
    let folder = &config.data;
    if !folder.exists() {
        let above = folder
            .ancestors()
            .skip(1)
            .find(|above| above.exists() || above.as_os_str().is_empty());
        let above = above.filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let writable = try_writing(above).map(|()| format!("{} does not exist yet and can be created", folder.display()));
        return found.tried("data", writable.map_err(|e| format!("{} cannot be created: {e}", folder.display())));
    }
    let writable = try_writing(folder).map(|()| format!("{} can be written to", folder.display()));
    found.tried(
        "data",
        writable.map_err(|e| format!("{} cannot be written to: {e}", folder.display())),
    );
}

fn try_writing(folder: &Path) -> std::io::Result<()> {
    if !folder.is_dir() {
        return Err(std::io::Error::other("not a folder"));
    }
    let path = folder.join(format!(".check-{}", std::process::id()));
    std::fs::write(&path, b"probe")?;
    std::fs::remove_file(&path)
}

/// Tries the database and its key, and reports late messages.
async fn database(config: &Config, found: &mut Findings) {
    let setting = if config.database_url.is_some() { "database_url" } else { "data" };
    let new = config.database_url.is_none() && !config.data.join("onrecord.db").exists();
    if new {
        found
            .works
            .push(format!("{setting}: there is no database yet; the server creates one"));
        return;
    }
    let store = match tokio::time::timeout(PATIENCE, services::existing_store(config)).await {
        Ok(Ok(store)) => store,
        Ok(Err(e)) => return found.fault(format!("{setting}: {e}")),
        Err(_) => return found.fault(format!("{setting}: the database does not answer")),
    };
    inspect_database(config, setting, &store, found).await;
    // Nothing was written, so a failure to close has no consequences.
    let _ = store.close().await;
}

async fn inspect_database(config: &Config, setting: &str, store: &Store, found: &mut Findings) {
    let schema = match store.schema().await {
        Ok(schema) => schema,
        Err(e) => return found.fault(format!("{setting}: the database cannot be read: {e}")),
    };
    let is_current = match &schema {
        Schema::Empty => {
            found
                .works
                .push(format!("{setting}: the database answers and is empty; the server sets it up"));
            false
        }
        Schema::Newer(steps) => {
            let steps = steps.join(", ");
            found.fault(format!(
                "{setting}: the database is from a newer version of this program (unknown migrations: {steps})"
            ));
            false
        }
        Schema::Known { pending, .. } if !pending.is_empty() => {
            found.works.push(format!(
                "{setting}: the database answers; the server brings it up to date ({})",
                pending.join(", ")
            ));
            false
        }
        Schema::Known { .. } => {
            found.works.push(format!("{setting}: the database answers and is up to date"));
            true
        }
    };
    keys(config, store, &schema, found).await;
    if is_current
        && let Ok(counts) = outbox::count(&store.read, SystemClock.now().into()).await
        && let Some(warning) = late_mail(counts)
    {
        found.warnings.push(format!("mail.smtp_url: {warning}"));
    }
}

/// Checks that both keys exist and belong to the database.
async fn keys(config: &Config, store: &Store, schema: &Schema, found: &mut Findings) {
    let path = services::key_path(config);
    let checked = async {
        match Secret::load(&path).map_err(|e| e.to_string())? {
            Some(secret) if installation::is_known(schema) => {
                let fits = installation::check_key(store, &secret, &path).await;
                fits.map(|()| "the key belongs to the database".to_owned())
                    .map_err(|e| e.to_string())
            }
            Some(_) => Ok("the key exists".to_owned()),
            None => match installation::needs_key(store, schema).await {
                Ok(false) => Ok("there is no key yet; the server creates one".to_owned()),
                Ok(true) => Err(installation::KeyError::Missing { path: path.clone() }.to_string()),
                Err(e) => Err(e.to_string()),
            },
        }
    };
    found.tried("data", checked.await);
    let path = services::signing_key_path(config);
    let checked = async {
        match LogKeys::load(&path).map_err(|e| e.to_string())? {
            Some(keys) if installation::is_known(schema) => {
                let fits = installation::check_log_key(store, &keys, &path).await;
                fits.map(|()| "the key that signs the log belongs to the database".to_owned())
                    .map_err(|e| e.to_string())
            }
            Some(_) => Ok("the key that signs the log exists".to_owned()),
            None => match installation::needs_log_key(store, schema).await {
                Ok(false) => Ok("there is no key that signs the log yet; the server creates one".to_owned()),
                Ok(true) => Err(installation::KeyError::SigningMissing { path: path.clone() }.to_string()),
                Err(e) => Err(e.to_string()),
            },
        }
    };
    found.tried("data", checked.await);
}

/// Tries to write to the file storage.
async fn files(config: &Config, found: &mut Findings) {
    let (setting, files) = match config.remote_files() {
        Ok(Some(remote)) => ("storage_url", remote),
        Ok(None) => {
            let folder = services::files_path(config);
            if !folder.is_dir() {
                // The server creates this folder in the data folder, which was tried.
                return;
            }
            match FileStore::local(&folder) {
                Ok(files) => ("data", files),
                Err(e) => return found.fault(format!("data: the folder for files cannot be opened: {e}")),
            }
        }
        Err(_) => return,
    };
    let id = uuid_v7(SystemClock.now(), &SystemEntropy);
    let tried = match tokio::time::timeout(PATIENCE, files.probe(id)).await {
        Ok(Ok(())) => Ok("files can be written and removed".to_owned()),
        Ok(Err(e)) => Err(format!("files cannot be written: {}", causes(&e))),
        Err(_) => Err("the storage for files does not answer".to_owned()),
    };
    found.tried(setting, tried);
}

async fn mail(server: &MailTransport, found: &mut Findings) {
    let tried = server.check_connection().await;
    let tried = tried.map(|()| "the mail server accepts the login".to_owned());
    found.tried(
        "mail.smtp_url",
        tried.map_err(|code| format!("the mail server does not accept a connection with this login: {code}")),
    );
}

/// Returns a warning if messages should have left more than an hour ago.
pub(super) fn late_mail(counts: outbox::Counts) -> Option<String> {
    let late = counts.late;
    (late > 0).then(|| format!("{late} messages are late by an hour or more: see `onrecord outbox list`"))
}

/// Writes an error with its causes, each once.
pub fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}

//! A whole service on a database of its own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use onrecord::evidence::{Confined, Files, Scanner};
use onrecord::record::{
    clock::FixedClock,
    entropy::{Entropy, SeededEntropy},
    events::hex,
    store::Store,
};
use onrecord::service::sessions::Session;
use onrecord::service::{Secret, Services, Settings, World as Parts, people};
use sea_orm::{ConnectionTrait, Database as SeaDatabase, DbBackend, Statement};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
}

/// A Monday in November, so that neither a weekend nor a bank holiday is near.
pub const START: OffsetDateTime = datetime!(2026-11-23 09:30 UTC);

/// A service with its clock, its folder and its database.
pub struct World {
    pub services: Services,
    pub clock: Arc<FixedClock>,
    pub folder: TempDir,
    pub url: String,
}

/// The PostgreSQL to test with; `None` when it is left out on purpose.
pub fn postgres() -> Option<String> {
    match std::env::var("ONRECORD_TEST_POSTGRES") {
        Ok(none) if none == "none" => None,
        Ok(url) => Some(url),
        Err(e) => panic!("ONRECORD_TEST_POSTGRES ({e}): set it to postgres://… or to none, or run `cargo xtask test`"),
    }
}

/// The person of a session on a case, as the services see them.
pub async fn viewer(services: &Services, session: &Session, reference: &str) -> people::Viewer {
    people::viewer(services, session, reference).await.unwrap().unwrap()
}

/// The address of a fresh database.
pub async fn database(on: On, folder: &Path) -> Option<String> {
    if on == On::Sqlite {
        return Some(Store::embedded(folder));
    }
    let server = postgres()?;
    // The test's own folder has a name no other test has, not even one running at the same moment.
    let name = &hex(&Sha256::digest(folder.as_os_str().as_encoded_bytes()))[..32];
    let admin = SeaDatabase::connect(&server).await.expect("the PostgreSQL to test with answers");
    admin.execute_unprepared(&format!("CREATE SCHEMA s{name}")).await.expect("a schema");
    admin.close().await.expect("closed");
    let mark = if server.contains('?') { '&' } else { '?' };
    Some(format!("{server}{mark}options=-csearch_path%3Ds{name}"))
}

impl World {
    /// A service at [`START`] with the default settings; `None` when its database is left out on purpose.
    pub async fn new(on: On) -> Option<Self> {
        Self::with(on, Settings::default(), Arc::new(SeededEntropy::new(7))).await
    }

    /// The same with other settings or other randomness.
    pub async fn with(on: On, settings: Settings, entropy: Arc<dyn Entropy>) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let url = database(on, folder.path()).await?;
        let store = Store::connect_with(&url, Duration::from_secs(20)).await.expect("connected");
        store.migrate().await.expect("migrated");
        Some(Self::on_store(store, folder, url, settings, entropy))
    }

    /// The same on a store that is already there.
    pub fn on_store(store: Store, folder: TempDir, url: String, settings: Settings, entropy: Arc<dyn Entropy>) -> Self {
        let files = Files::local(&folder.path().join("files")).expect("a folder for files");
        Self::with_files(store, folder, url, settings, entropy, files)
    }

    /// The same with files kept elsewhere.
    pub fn with_files(store: Store, folder: TempDir, url: String, settings: Settings, entropy: Arc<dyn Entropy>, files: Files) -> Self {
        let clock = Arc::new(FixedClock::at(START));
        let parts = Parts {
            store,
            files,
            confined: Confined::new(Path::new(env!("CARGO_BIN_EXE_onrecord"))),
            scanner: Scanner::Missing,
            clock: clock.clone(),
            entropy,
            secret: Secret::new([9; 32]),
        };
        let services = Services::new(parts, settings).expect("the shipped data files");
        Self {
            services,
            clock,
            folder,
            url,
        }
    }

    /// What the clock says.
    pub fn clock_now(&self) -> onrecord::record::Instant {
        onrecord::record::clock::Clock::now(&*self.clock).into()
    }

    /// Another server on the same database and the same files, with this scanner.
    pub async fn scanned_by(&self, scanner: Scanner) -> Services {
        let parts = Parts {
            store: Store::connect_with(&self.url, Duration::from_secs(20)).await.expect("connected"),
            files: self.services.files().clone(),
            confined: self.services.confined().clone(),
            scanner,
            clock: self.clock.clone(),
            entropy: Arc::new(SeededEntropy::new(77)),
            secret: Secret::new([9; 32]),
        };
        Services::new(parts, self.services.settings().clone()).expect("the shipped data files")
    }

    /// Another server on the same database and the same files, with other settings.
    pub async fn with_settings(&self, change: impl FnOnce(&mut Settings)) -> Services {
        let mut settings = self.services.settings().clone();
        change(&mut settings);
        let parts = Parts {
            store: Store::connect_with(&self.url, Duration::from_secs(20)).await.expect("connected"),
            files: self.services.files().clone(),
            confined: self.services.confined().clone(),
            scanner: Scanner::Missing,
            clock: self.clock.clone(),
            entropy: Arc::new(SeededEntropy::new(78)),
            secret: Secret::new([9; 32]),
        };
        Services::new(parts, settings).expect("the shipped data files")
    }

    /// Runs SQL as somebody who has got at the database.
    pub async fn sql(&self, sql: &str) -> Result<u64, sea_orm::DbErr> {
        let db = SeaDatabase::connect(&self.url).await?;
        let done = db.execute_unprepared(sql).await.map(|done| done.rows_affected());
        db.close().await?;
        done
    }

    /// How many rows a query counts.
    pub async fn count(&self, table: &str) -> i64 {
        let db = &self.services.store().read;
        let query = Statement::from_string(db.get_database_backend(), format!("SELECT COUNT(*) AS n FROM {table}"));
        let row = db.query_one_raw(query).await.expect("counted").expect("a row");
        row.try_get("", "n").expect("a number")
    }

    /// Lets the triggers that guard events and calls go, as somebody with the rights could.
    pub async fn drop_triggers(&self) {
        let sql = match self.services.store().backend() {
            DbBackend::Postgres => "DROP FUNCTION IF EXISTS case_events_append_only, cases_append_only CASCADE",
            _ => {
                "DROP TRIGGER IF EXISTS case_events_no_update; DROP TRIGGER IF EXISTS case_events_no_delete;
                 DROP TRIGGER IF EXISTS cases_no_update; DROP TRIGGER IF EXISTS cases_no_delete"
            }
        };
        self.sql(sql).await.expect("triggers dropped");
    }

    /// The names of all files in storage, staged ones too.
    pub fn stored(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.folder.path().join("files")).expect("the folder for files");
        folder
            .map(|f| f.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect()
    }
}

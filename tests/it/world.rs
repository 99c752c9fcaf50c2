//! Test world: the services with a database, a folder and a clock of their own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use evidence::{FileStore, Sandbox, Scanner};
use record::{
    clock::FixedClock,
    entropy::{Entropy, SeededEntropy},
    store::Store,
};
use sea_orm::{ConnectionTrait, Database as SeaDatabase, DbBackend, Statement};
use service::access::sessions::Session;
use service::record::log_keys::LogKeys;
use service::{Dependencies as Parts, Secret, Services, Settings, access::viewer};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};

/// The database that a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestDatabase {
    Sqlite,
    Postgres,
}

/// A Monday in November with no bank holiday near.
pub const START: OffsetDateTime = datetime!(2026-11-23 09:30 UTC);

/// The services with their clock, folder and database.
pub struct World {
    pub services: Services,
    pub clock: Arc<FixedClock>,
    pub folder: TempDir,
    pub url: String,
}

/// Returns the PostgreSQL to test with, or `None` when `ONRECORD_TEST_POSTGRES` is `none`.
pub fn postgres() -> Option<String> {
    match std::env::var("ONRECORD_TEST_POSTGRES") {
        Ok(none) if none == "none" => None,
        Ok(url) => Some(url),
        Err(e) => panic!("ONRECORD_TEST_POSTGRES ({e}): set it to postgres://… or to none, or run `cargo xtask test`"),
    }
}

/// Returns the person of this session on a case, as the services see them. `None` without access.
pub async fn find_viewer(services: &Services, session: &Session, reference: &str) -> Option<viewer::Viewer> {
    viewer::viewer(services, session, reference).await.unwrap()
}

/// Returns the person of this session, who has access to the case.
pub async fn viewer(services: &Services, session: &Session, reference: &str) -> viewer::Viewer {
    find_viewer(services, session, reference).await.expect("access to the case")
}

/// Creates a fresh database and returns its URL, or `None` when there is no PostgreSQL to test with.
pub async fn database(on: TestDatabase, folder: &Path) -> Option<String> {
    if on == TestDatabase::Sqlite {
        return Some(Store::embedded(folder));
    }
    let server = postgres()?;
    // The test's own temporary folder has a name that no other test has, even one that runs at the same moment.
    let name = &hex::encode(Sha256::digest(folder.as_os_str().as_encoded_bytes()))[..32];
    let admin = SeaDatabase::connect(&server).await.expect("the PostgreSQL to test with answers");
    admin.execute_unprepared(&format!("CREATE SCHEMA s{name}")).await.expect("a schema");
    admin.close().await.expect("closed");
    let mark = if server.contains('?') { '&' } else { '?' };
    Some(format!("{server}{mark}options=-csearch_path%3Ds{name}"))
}

impl World {
    /// A world at [`START`] with the default settings, or `None` when its database is left out.
    pub async fn new(on: TestDatabase) -> Option<Self> {
        Self::with(on, Settings::default(), Arc::new(SeededEntropy::new(7))).await
    }

    /// Like [`World::new`], with other settings or other randomness.
    pub async fn with(on: TestDatabase, settings: Settings, entropy: Arc<dyn Entropy>) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let url = database(on, folder.path()).await?;
        let store = Store::connect_with(&url, Duration::from_secs(20)).await.expect("connected");
        store.migrate().await.expect("migrated");
        Some(Self::on_store(store, folder, url, settings, entropy))
    }

    /// A world on an existing store.
    pub fn on_store(store: Store, folder: TempDir, url: String, settings: Settings, entropy: Arc<dyn Entropy>) -> Self {
        let files = FileStore::local(&folder.path().join("files")).expect("a folder for files");
        Self::with_files(store, folder, url, settings, entropy, files)
    }

    /// A world on an existing store, with other storage for files.
    pub fn with_files(store: Store, folder: TempDir, url: String, settings: Settings, entropy: Arc<dyn Entropy>, files: FileStore) -> Self {
        let clock = Arc::new(FixedClock::at(START));
        let parts = Parts {
            store,
            files,
            confined: Sandbox::new(Path::new(env!("CARGO_BIN_EXE_onrecord"))),
            scanner: Scanner::NotConfigured,
            clock: clock.clone(),
            entropy,
            secret: Secret::new([9; 32]),
            log_keys: LogKeys::new(&[8; 32], "2026-11-01T00:00:00.000000Z"),
        };
        let services = Services::new(parts, settings).expect("the shipped data files");
        Self {
            services,
            clock,
            folder,
            url,
        }
    }

    /// Returns the time of the world's clock.
    pub fn clock_now(&self) -> record::Instant {
        record::clock::Clock::now(&*self.clock).into()
    }

    /// Another server on the same database and files, with this scanner.
    pub async fn scanned_by(&self, scanner: Scanner) -> Services {
        let parts = Parts {
            store: Store::connect_with(&self.url, Duration::from_secs(20)).await.expect("connected"),
            files: self.services.files().clone(),
            confined: self.services.sandbox().clone(),
            scanner,
            clock: self.clock.clone(),
            entropy: Arc::new(SeededEntropy::new(77)),
            secret: Secret::new([9; 32]),
            log_keys: LogKeys::new(&[8; 32], "2026-11-01T00:00:00.000000Z"),
        };
        Services::new(parts, self.services.settings().clone()).expect("the shipped data files")
    }

    /// Another server on the same database and files, with other settings.
    pub async fn with_settings(&self, change: impl FnOnce(&mut Settings)) -> Services {
        let mut settings = self.services.settings().clone();
        change(&mut settings);
        let parts = Parts {
            store: Store::connect_with(&self.url, Duration::from_secs(20)).await.expect("connected"),
            files: self.services.files().clone(),
            confined: self.services.sandbox().clone(),
            scanner: Scanner::NotConfigured,
            clock: self.clock.clone(),
            entropy: Arc::new(SeededEntropy::new(78)),
            secret: Secret::new([9; 32]),
            log_keys: LogKeys::new(&[8; 32], "2026-11-01T00:00:00.000000Z"),
        };
        Services::new(parts, settings).expect("the shipped data files")
    }

    /// Runs SQL directly, as a person with access to the database could.
    pub async fn sql(&self, sql: &str) -> Result<u64, sea_orm::DbErr> {
        let db = SeaDatabase::connect(&self.url).await?;
        let done = db.execute_unprepared(sql).await.map(|done| done.rows_affected());
        db.close().await?;
        done
    }

    /// Counts the rows of a table.
    pub async fn count(&self, table: &str) -> i64 {
        let db = &self.services.store().read;
        let query = Statement::from_string(db.get_database_backend(), format!("SELECT COUNT(*) AS n FROM {table}"));
        let row = db.query_one_raw(query).await.expect("counted").expect("a row");
        row.try_get("", "n").expect("a number")
    }

    /// Drops the triggers that guard events, cases and the log, as an administrator of the database could.
    pub async fn drop_triggers(&self) {
        let sql = match self.services.store().backend() {
            DbBackend::Postgres => {
                "DROP FUNCTION IF EXISTS case_events_append_only, cases_append_only, log_leaves_append_only, log_hashes_append_only CASCADE"
            }
            _ => {
                "DROP TRIGGER IF EXISTS case_events_no_update; DROP TRIGGER IF EXISTS case_events_no_delete;
                 DROP TRIGGER IF EXISTS cases_no_update; DROP TRIGGER IF EXISTS cases_no_delete;
                 DROP TRIGGER IF EXISTS log_leaves_no_update; DROP TRIGGER IF EXISTS log_leaves_no_delete;
                 DROP TRIGGER IF EXISTS log_hashes_no_update; DROP TRIGGER IF EXISTS log_hashes_no_delete"
            }
        };
        self.sql(sql).await.expect("triggers dropped");
    }

    /// Returns the names of all files in storage, unfinished ones included.
    pub fn stored(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.folder.path().join("files")).expect("the folder for files");
        folder
            .map(|f| f.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect()
    }
}

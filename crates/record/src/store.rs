//! Access to the database: a pool for reading, and transactions for writing.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, Statement, TransactionTrait,
    sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use sea_orm_migration::MigratorTrait;

use crate::{RecordError, log, migrations::Migrator};

mod postgres;
mod read_pool;
mod server_lock;
pub(crate) mod write_queue;

pub use read_pool::ReadPool;
pub use server_lock::ServerLock;
use write_queue::{WritePermit, WriteQueue};

/// How long a request waits for a connection or for another process to finish writing, before it fails as
/// unavailable.
///
/// It is short enough for a person to get an error page instead of the browser's timeout.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Connections for reading one SQLite file. Few, because each is a thread and a page cache, and a read takes tens of
/// microseconds.
const SQLITE_READERS: u32 = 4;

/// Further connections for snapshots, which are held while much is read.
const SQLITE_SNAPSHOTS: u32 = 2;

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    /// Connections for reading. On SQLite they refuse to write.
    pub read: ReadPool,
    write: DatabaseConnection,
    /// The write queue. SQLite only: a file has one writer at a time.
    line: Option<WriteQueue>,
    /// The database file. SQLite only.
    file: Option<Arc<Path>>,
    /// Whether a pooler gives each transaction another server connection. PostgreSQL only.
    is_pooled: bool,
}

/// Whether to create a database that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Creates an embedded database that does not exist.
    Make,
    /// The database must exist.
    Existing,
}

/// How the schema of a database compares with this program's migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schema {
    /// The database contains no tables of On Record.
    Empty,
    /// The program knows all migrations that were applied.
    Known { done: Vec<String>, pending: Vec<String> },
    /// These applied migrations are unknown: the program is older than the database.
    Newer(Vec<String>),
}

/// A write transaction. If it is dropped without [`Write::commit`], it is rolled back.
///
/// Every change to the record goes through one, from [`Store::begin`]. After an error the caller drops it. On SQLite,
/// concurrent transactions share one flush to disk (`store/write_queue.rs`). A read in one may see what another has not
/// flushed yet: commit before acknowledging that, too.
#[derive(Debug)]
pub struct Write {
    kind: Kind,
    /// The hashes of the events that were appended, in order: their leaves are added by the commit.
    appended: Mutex<Vec<Vec<u8>>>,
}

#[derive(Debug)]
enum Kind {
    Queued(WritePermit),
    Transaction(DatabaseTransaction),
}

impl Write {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            appended: Mutex::default(),
        }
    }

    /// Adds the leaf of an event to the log when the transaction commits.
    pub(crate) fn add_to_log(&self, event_hash: Vec<u8>) {
        self.appended.lock().unwrap_or_else(PoisonError::into_inner).push(event_hash);
    }

    /// Returns the open transaction as a connection for queries.
    pub fn tx(&self) -> DatabaseExecutor<'_> {
        match &self.kind {
            Kind::Queued(turn) => DatabaseExecutor::Transaction(turn.db()),
            Kind::Transaction(tx) => DatabaseExecutor::Transaction(tx),
        }
    }

    /// Makes everything written so far durable: when this returns, it is on disk.
    ///
    /// # Errors
    /// [`RecordError::Unavailable`] if the database cannot do so now; then nothing of it is stored.
    pub async fn commit(self) -> Result<(), RecordError> {
        let appended = std::mem::take(&mut *self.appended.lock().unwrap_or_else(PoisonError::into_inner));
        if !appended.is_empty() {
            log::add(&self.tx(), &appended).await?;
        }
        match self.kind {
            Kind::Queued(turn) => turn.commit().await?,
            Kind::Transaction(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Gives up everything written so far, and its locks, before it returns. On PostgreSQL a dropped transaction keeps its locks
    /// until its connection is used again: a query that skips locked rows then misses them.
    pub async fn rollback(self) -> Result<(), RecordError> {
        match self.kind {
            Kind::Queued(turn) => drop(turn),
            Kind::Transaction(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}

/// Creates a folder and its parents, accessible to this user only: it will hold residents' data.
///
/// A folder that exists keeps its permissions.
pub fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Returns the folder that contains a file.
fn folder_of(file: &Path) -> &Path {
    file.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

impl Store {
    /// Returns the address of the embedded database in a data folder.
    pub fn embedded(data: &Path) -> String {
        format!("sqlite:{}", data.join("onrecord.db").display())
    }

    /// Opens the database at `url`: `sqlite:PATH` or `postgres://…`. Does not change the schema: see
    /// [`Store::migrate`].
    ///
    /// The path is taken literally, without decoding, and the file is created if it does not exist.
    ///
    /// # Errors
    /// [`RecordError::Address`] if the address is of another kind. No error contains the address: it may contain a
    /// password.
    pub async fn connect(url: &str) -> Result<Self, RecordError> {
        Self::open(url, Opening::Make, PATIENCE).await
    }

    /// Opens the database at `url`, which must exist.
    ///
    /// # Errors
    /// [`RecordError::Missing`] if there is no such file; otherwise as for [`Store::connect`].
    pub async fn connect_existing(url: &str) -> Result<Self, RecordError> {
        Self::open(url, Opening::Existing, PATIENCE).await
    }

    /// Opens the database like [`Store::connect`], but waits for `patience` instead of [`PATIENCE`].
    pub async fn connect_with(url: &str, patience: Duration) -> Result<Self, RecordError> {
        Self::open(url, Opening::Make, patience).await
    }

    /// Checks that `url` can be the address of a database, without connecting to it.
    pub fn check_address(url: &str) -> Result<(), RecordError> {
        if url.strip_prefix("sqlite:").is_some_and(|path| !path.is_empty()) {
            return Ok(());
        }
        postgres::options(url).map(|_| ())
    }

    async fn open(url: &str, opening: Opening, patience: Duration) -> Result<Self, RecordError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            Self::connect_sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path)), opening, patience).await
        } else {
            postgres::connect(url, patience).await
        }
    }

    /// Opens SQLite in WAL mode with every commit flushed to disk (`synchronous=FULL`) and one writer.
    ///
    /// Another process (the command line) may write too. So each write transaction takes the lock first, and waits
    /// for it up to `patience`.
    async fn connect_sqlite(path: PathBuf, opening: Opening, patience: Duration) -> Result<Self, RecordError> {
        if opening == Opening::Existing {
            if !path.is_file() {
                return Err(RecordError::Missing(path.display().to_string()));
            }
        } else if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            private_folder(folder).map_err(|e| RecordError::Unavailable(DbErr::Custom(format!("{}: {e}", folder.display()))))?;
        }
        let open = |readers: bool| {
            let path = path.clone();
            let mut options = ConnectOptions::new("sqlite:onrecord.db");
            options
                .max_connections(if readers { SQLITE_READERS + SQLITE_SNAPSHOTS } else { 1 })
                .min_connections(u32::from(!readers))
                .acquire_timeout(patience)
                .idle_timeout(if readers { Some(Duration::from_mins(5)) } else { None })
                .max_lifetime(None)
                // A file does not disconnect; testing the connection before every query costs more than the query.
                .test_before_acquire(false)
                .sqlx_logging(false)
                .map_sqlx_sqlite_opts(move |_| {
                    let options = SqliteConnectOptions::new()
                        .filename(&path)
                        .create_if_missing(!readers && opening == Opening::Make)
                        .foreign_keys(true)
                        .busy_timeout(patience)
                        .synchronous(SqliteSynchronous::Full)
                        .statement_cache_capacity(64)
                        // In KiB: at most 1 MiB for each connection.
                        .pragma("cache_size", "-1024");
                    if readers {
                        options.pragma("query_only", "on")
                    } else {
                        // Deleted content is overwritten, so that a deleted complaint is gone from the file too.
                        options.journal_mode(SqliteJournalMode::Wal).pragma("secure_delete", "on")
                    }
                });
            options
        };
        // The writer first: it creates the file.
        let write = Database::connect(open(false)).await?;
        let read = Database::connect(open(true)).await?;
        let line = Some(WriteQueue::new(write.clone(), patience));
        Ok(Self {
            read: ReadPool::taken(read, SQLITE_READERS, patience),
            write,
            line,
            file: Some(Arc::from(path)),
            is_pooled: false,
        })
    }

    /// Starts a write transaction. On SQLite it waits in the write queue and then holds the file's write lock from
    /// the start.
    ///
    /// A task that holds one must not ask for another: it would wait for itself.
    ///
    /// # Errors
    /// [`RecordError::Unavailable`] if the queue, the lock or a connection is not free within [`PATIENCE`].
    pub async fn begin(&self) -> Result<Write, RecordError> {
        if let Some(line) = &self.line {
            return Ok(Write::new(Kind::Queued(line.begin().await?)));
        }
        let tx = self.write.begin().await?;
        if self.is_pooled {
            tx.execute_unprepared(postgres::SET_UP).await?;
        }
        Ok(Write::new(Kind::Transaction(tx)))
    }

    /// Starts a transaction in which every read sees the same snapshot.
    pub(crate) async fn snapshot(&self) -> Result<DatabaseTransaction, RecordError> {
        Ok(match self.backend() {
            DbBackend::Postgres if self.is_pooled => {
                let tx = self.write.begin().await?;
                tx.execute_unprepared(postgres::SET_UP_SNAPSHOT).await?;
                tx
            }
            DbBackend::Postgres => {
                let level = Some(IsolationLevel::RepeatableRead);
                self.write.begin_with_config(level, Some(AccessMode::ReadOnly)).await?
            }
            // On SQLite every read transaction is a snapshot.
            _ => self.read.begin().await?,
        })
    }

    /// Applies all pending migrations. Safe to call at every start.
    ///
    /// A migration that fails is rolled back completely.
    pub async fn migrate(&self) -> Result<(), RecordError> {
        if let Some(line) = &self.line {
            line.release_connection().await?;
        }
        if !self.is_pooled {
            return Ok(Migrator::up(&self.write, None).await?);
        }
        // Through a pooler, prepared statements are lost between transactions. In one transaction each step also sees the
        // one before, on whichever connection it was made.
        let all = self.read.begin().await?;
        Migrator::up(&all, None).await?;
        Ok(all.commit().await?)
    }

    /// Compares the schema of the database with this program's migrations. Writes nothing.
    pub async fn schema(&self) -> Result<Schema, RecordError> {
        let table = match self.backend() {
            DbBackend::Postgres => "SELECT to_regclass('seaql_migrations')::text AS name",
            _ => "SELECT max(name) AS name FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'",
        };
        let found = self.read.query_one_raw(Statement::from_string(self.backend(), table)).await?;
        let found: Option<String> = found.map(|row| row.try_get("", "name")).transpose()?.flatten();
        if found.is_none() {
            return Ok(Schema::Empty);
        }
        let query = Statement::from_string(self.backend(), "SELECT version FROM seaql_migrations ORDER BY version");
        let rows = self.read.query_all_raw(query).await?;
        let done: Vec<String> = rows.iter().map(|row| row.try_get("", "version")).collect::<Result<_, _>>()?;
        if done.is_empty() {
            return Ok(Schema::Empty);
        }
        let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
        let newer: Vec<String> = done.iter().filter(|name| !known.contains(name)).cloned().collect();
        if !newer.is_empty() {
            return Ok(Schema::Newer(newer));
        }
        let pending = known.into_iter().filter(|name| !done.contains(name)).collect();
        Ok(Schema::Known { done, pending })
    }

    /// Moves SQLite's log into the database file and empties the log, which would otherwise keep deleted content.
    ///
    /// Does nothing on PostgreSQL. Returns false if a reader or writer blocked it for too long.
    pub async fn checkpoint(&self) -> Result<bool, RecordError> {
        let Some(file) = self.file.clone() else { return Ok(true) };
        // A separate connection, because the writer's may have an open transaction.
        let mut options = ConnectOptions::new("sqlite:onrecord.db");
        options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(move |_| {
            let options = SqliteConnectOptions::new().filename(&file).create_if_missing(false);
            options.busy_timeout(PATIENCE)
        });
        let connection = Database::connect(options).await?;
        let query = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let row = connection.query_one_raw(query).await;
        connection.close().await?;
        let busy: Option<i32> = row?.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(busy == Some(0))
    }

    /// Locks an embedded database for this server, the only one that may run on it. `None` on PostgreSQL, which
    /// serves several.
    ///
    /// # Errors
    /// [`RecordError::Unavailable`] if another server holds the lock.
    pub fn lock_for_server(&self) -> Result<Option<ServerLock>, RecordError> {
        self.file.as_deref().map(ServerLock::take).transpose()
    }

    /// Checks that the database can be written to: inserts a row with the new `id` and deletes it.
    ///
    /// A database that only answers reads is found out in this way.
    pub async fn probe(&self, id: uuid::Uuid) -> Result<(), RecordError> {
        let write = self.begin().await?;
        let id = id.simple();
        let value = match self.backend() {
            DbBackend::Postgres => format!("'{id}'"),
            _ => format!("x'{id}'"),
        };
        for statement in [
            format!("INSERT INTO health_probes (id) VALUES ({value})"),
            format!("DELETE FROM health_probes WHERE id = {value}"),
        ] {
            write.tx().execute_unprepared(&statement).await?;
        }
        write.commit().await
    }

    /// Returns the folder of the database file; `None` on PostgreSQL.
    pub fn folder(&self) -> Option<&Path> {
        self.file.as_deref().map(folder_of)
    }

    /// Returns the kind of database.
    pub fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }

    /// Closes every connection, so that SQLite moves its log into the database file.
    pub async fn close(self) -> Result<(), RecordError> {
        self.read.close().await?;
        if let Some(line) = &self.line {
            line.release_connection().await?;
        }
        Ok(self.write.close().await?)
    }
}

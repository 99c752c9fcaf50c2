//! The two doors to the database: one for reading, one for writing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, Statement, TransactionTrait,
    sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use sea_orm_migration::MigratorTrait;

use super::{RecordError, migrations::Migrator};

mod line;
mod postgres;
mod server_lock;

use line::{Line, Turn};
pub use server_lock::ServerLock;

/// How long a request waits for a connection, or for another process to finish writing, before it is told that the
/// database is unavailable. Short enough that a person gets a page rather than a browser's timeout.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Readers of one SQLite file. Each is a thread and a page cache, so few: a read takes tens of microseconds.
const SQLITE_READERS: u32 = 4;

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    /// For reading. On SQLite these connections refuse to write.
    pub read: DatabaseConnection,
    write: DatabaseConnection,
    /// SQLite only: one file has one writer at a time.
    line: Option<Line>,
    /// SQLite only: the file.
    file: Option<Arc<Path>>,
    /// PostgreSQL only: a pooler in between hands the server's connections on after each transaction.
    is_pooled: bool,
}

/// Whether a database that is not there is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// An embedded database is made when there is none.
    Make,
    /// The database must be there.
    Existing,
}

/// How the schema of a database compares with the one this program has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schema {
    /// The database holds nothing of On Record.
    Empty,
    /// The steps that were done, all of which this program knows.
    Known { done: Vec<String>, pending: Vec<String> },
    /// Steps were done that this program does not know: it is older than the database.
    Newer(Vec<String>),
}

/// One write transaction. Dropped without [`Write::commit`] it is undone.
///
/// Every change to the record goes through one of these, handed out by [`Store::begin`]. A caller that meets an error
/// gives it up; on SQLite several that come together share one flush to disk, see `store/line.rs`. What is read in it may
/// have been written by another of them a moment ago: commit before acknowledging that, too.
#[derive(Debug)]
pub struct Write(Kind);

#[derive(Debug)]
enum Kind {
    Turn(Turn),
    Transaction(DatabaseTransaction),
}

impl Write {
    /// The open transaction, as a connection to query.
    #[must_use]
    pub const fn tx(&self) -> DatabaseExecutor<'_> {
        match &self.0 {
            Kind::Turn(turn) => DatabaseExecutor::Connection(turn.db()),
            Kind::Transaction(tx) => DatabaseExecutor::Transaction(tx),
        }
    }

    /// Makes everything written so far durable. When this returns, it is on disk.
    ///
    /// # Errors
    /// [`RecordError::Unavailable`] when the database cannot do so now; then nothing of it is kept.
    pub async fn commit(self) -> Result<(), RecordError> {
        match self.0 {
            Kind::Turn(turn) => turn.commit().await?,
            Kind::Transaction(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Gives up everything written so far, and its locks, before it returns. On PostgreSQL a dropped transaction keeps its locks until its
    /// connection is used again: a query that skips locked rows then misses them.
    pub async fn rollback(self) -> Result<(), RecordError> {
        match self.0 {
            Kind::Turn(turn) => drop(turn),
            Kind::Transaction(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}

/// Makes a folder, and those above it, that nobody else on this machine may look into: it will hold what people told
/// us. A folder that is there already keeps its permissions.
///
/// # Errors
/// When it cannot be made.
pub fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The folder of a file.
fn folder_of(file: &Path) -> &Path {
    file.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

impl Store {
    /// The address of the embedded database in a data folder.
    #[must_use]
    pub fn embedded(data: &Path) -> String {
        format!("sqlite:{}", data.join("onrecord.db").display())
    }

    /// Opens the database at `url`: `sqlite:PATH` (the path as it is, nothing decoded; made when it is not there), or
    /// `postgres://…`. Does not change the schema; call [`Store::migrate`] for that.
    ///
    /// # Errors
    /// [`RecordError::Address`] when the address is of another kind. No error holds the address: it may have a password in it.
    pub async fn connect(url: &str) -> Result<Self, RecordError> {
        Self::open(url, Opening::Make, PATIENCE).await
    }

    /// Opens the database at `url`, which must be there.
    ///
    /// # Errors
    /// [`RecordError::Missing`] when there is no such file; else as for [`Store::connect`].
    pub async fn connect_existing(url: &str) -> Result<Self, RecordError> {
        Self::open(url, Opening::Existing, PATIENCE).await
    }

    /// The same as [`Store::connect`] with another patience than [`PATIENCE`].
    ///
    /// # Errors
    /// As for [`Store::connect`].
    pub async fn connect_with(url: &str, patience: Duration) -> Result<Self, RecordError> {
        Self::open(url, Opening::Make, patience).await
    }

    /// Checks that `url` can be the address of a database. Whether one is there is not tried.
    ///
    /// # Errors
    /// [`RecordError::Address`].
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

    /// SQLite: WAL, every commit flushed to disk (`synchronous=FULL`), one writer. Another process (the command line)
    /// may write too, so writes begin with the lock and wait for it as long as patience lasts.
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
                .max_connections(if readers { SQLITE_READERS } else { 1 })
                .min_connections(u32::from(!readers))
                .acquire_timeout(patience)
                .idle_timeout(if readers { Some(Duration::from_mins(5)) } else { None })
                .max_lifetime(None)
                // A file does not go away; asking it before every query costs more than the query.
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
                        // In KiB: 1 MiB for each connection at most.
                        .pragma("cache_size", "-1024");
                    if readers {
                        options.pragma("query_only", "on")
                    } else {
                        // What is deleted is overwritten, so that a forgotten complaint is gone from the file too.
                        options.journal_mode(SqliteJournalMode::Wal).pragma("secure_delete", "on")
                    }
                });
            options
        };
        // The writer first: it makes the file.
        let write = Database::connect(open(false)).await?;
        let read = Database::connect(open(true)).await?;
        let line = Some(Line::new(write.clone(), patience));
        Ok(Self {
            read,
            write,
            line,
            file: Some(Arc::from(path)),
            is_pooled: false,
        })
    }

    /// Starts a write transaction. On SQLite it waits for its turn and then has the file's write lock from the first
    /// moment; a task that holds one must not ask for another.
    ///
    /// # Errors
    /// [`RecordError::Unavailable`] when a turn, the lock or a connection is not to be had within [`PATIENCE`].
    pub async fn begin(&self) -> Result<Write, RecordError> {
        if let Some(line) = &self.line {
            return Ok(Write(Kind::Turn(line.begin().await?)));
        }
        let tx = self.write.begin().await?;
        if self.is_pooled {
            tx.execute_unprepared(postgres::SET_UP).await?;
        }
        Ok(Write(Kind::Transaction(tx)))
    }

    /// Starts a transaction in which every read sees the same moment.
    pub(super) async fn snapshot(&self) -> Result<DatabaseTransaction, RecordError> {
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
            // A read transaction on SQLite is a snapshot by itself.
            _ => self.read.begin().await?,
        })
    }

    /// Brings the schema up to date. Safe to call at every start.
    ///
    /// # Errors
    /// [`RecordError`] when a migration fails; it is then undone as a whole.
    pub async fn migrate(&self) -> Result<(), RecordError> {
        // The driver prepares statements, which a pooler forgets between transactions; those of `read` are in one.
        Ok(Migrator::up(if self.is_pooled { &self.read } else { &self.write }, None).await?)
    }

    /// Compares the schema with the one this program has. Writes nothing.
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

    /// Folds SQLite's log into the file and empties the log, which would keep what was deleted. Does nothing on PostgreSQL.
    /// Returns false when a reader or a writer was in the way for too long.
    pub async fn checkpoint(&self) -> Result<bool, RecordError> {
        let Some(file) = self.file.clone() else { return Ok(true) };
        // A connection of its own: on the writer's, a transaction may be open.
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

    /// Takes the place of the one server that may run on an embedded database. `None` on PostgreSQL, which serves several.
    ///
    /// # Errors
    /// [`RecordError::Unavailable`] when another server has it.
    pub fn lock_for_server(&self) -> Result<Option<ServerLock>, RecordError> {
        self.file.as_deref().map(ServerLock::take).transpose()
    }

    /// Writes a row and removes it again, so that a database that only answers reads is found out. `id` is a new one.
    ///
    /// # Errors
    /// [`RecordError::Unavailable`] when the database cannot be written to.
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

    /// The folder of the database, when it is a file of this machine.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.file.as_deref().map(folder_of)
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }

    /// Closes every connection, so that SQLite folds its log back into the file.
    ///
    /// # Errors
    /// [`RecordError`] when a connection does not close.
    pub async fn close(self) -> Result<(), RecordError> {
        self.read.close().await?;
        Ok(self.write.close().await?)
    }
}

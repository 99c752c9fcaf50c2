//! The two doors to the database: one for reading, one for writing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbBackend, DbErr,
    TransactionTrait,
    sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use sea_orm_migration::MigratorTrait;

use super::{RecordError, migrations::Migrator};

mod line;

use line::{Line, Turn};

/// How long a request waits for a connection, or for another process to finish writing, before it is told that the
/// database is unavailable. Short enough that a person gets a page rather than a browser's timeout.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Readers of one SQLite file. Each is a thread and a page cache, so few: a read takes tens of microseconds.
const SQLITE_READERS: u32 = 4;

/// Connections to PostgreSQL, for both doors together.
const POSTGRES_CONNECTIONS: u32 = 16;

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    /// For reading. On SQLite these connections refuse to write.
    pub read: DatabaseConnection,
    write: DatabaseConnection,
    /// SQLite only: one file has one writer at a time.
    line: Option<Line>,
    /// SQLite only: the folder of the file.
    folder: Option<Arc<Path>>,
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
    /// [`RecordError`] when there is no such database or the address is of another kind.
    pub async fn connect(url: &str) -> Result<Self, RecordError> {
        Self::connect_with(url, PATIENCE).await
    }

    /// The same with another patience than [`PATIENCE`].
    ///
    /// # Errors
    /// As for [`Store::connect`].
    pub async fn connect_with(url: &str, patience: Duration) -> Result<Self, RecordError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            Self::connect_sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path)), patience).await
        } else {
            Self::connect_postgres(url, patience).await
        }
    }

    /// SQLite: WAL, every commit flushed to disk (`synchronous=FULL`), one writer. Another process (the command line)
    /// may write too, so writes begin with the lock and wait for it as long as patience lasts.
    async fn connect_sqlite(path: PathBuf, patience: Duration) -> Result<Self, RecordError> {
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
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
                        .create_if_missing(!readers)
                        .foreign_keys(true)
                        .busy_timeout(patience)
                        .synchronous(SqliteSynchronous::Full)
                        .statement_cache_capacity(64)
                        // In KiB: 1 MiB for each connection at most.
                        .pragma("cache_size", "-1024");
                    if readers {
                        options.pragma("query_only", "on")
                    } else {
                        options.journal_mode(SqliteJournalMode::Wal)
                    }
                });
            options
        };
        // The writer first: it makes the file.
        let write = Database::connect(open(false)).await?;
        let read = Database::connect(open(true)).await?;
        let line = Some(Line::new(write.clone(), patience));
        let folder = path
            .parent()
            .map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
        Ok(Self {
            read,
            write,
            line,
            folder: folder.map(Arc::from),
        })
    }

    async fn connect_postgres(url: &str, patience: Duration) -> Result<Self, RecordError> {
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(POSTGRES_CONNECTIONS)
            .min_connections(0)
            .connect_timeout(patience)
            .acquire_timeout(patience)
            .statement_timeout(patience * 2)
            .sqlx_logging(false);
        let pool = Database::connect(options).await?;
        Ok(Self {
            read: pool.clone(),
            write: pool,
            line: None,
            folder: None,
        })
    }

    /// Starts a write transaction. On SQLite it waits for its turn and then has the file's write lock from the first
    /// moment; a task that holds one must not ask for another.
    ///
    /// # Errors
    /// [`RecordError::Unavailable`] when a turn, the lock or a connection is not to be had within [`PATIENCE`].
    pub async fn begin(&self) -> Result<Write, RecordError> {
        Ok(Write(match &self.line {
            Some(line) => Kind::Turn(line.begin().await?),
            None => Kind::Transaction(self.write.begin().await?),
        }))
    }

    /// Brings the schema up to date. Safe to call at every start.
    ///
    /// # Errors
    /// [`RecordError`] when a migration fails; it is then undone as a whole.
    pub async fn migrate(&self) -> Result<(), RecordError> {
        Ok(Migrator::up(&self.write, None).await?)
    }

    /// Names of the migrations this program has and the database has not.
    ///
    /// # Errors
    /// [`RecordError`] when the database cannot be asked.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, RecordError> {
        let pending = Migrator::get_pending_migrations(&self.write).await?;
        Ok(pending.iter().map(|m| m.name().to_owned()).collect())
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
        self.folder.as_deref()
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

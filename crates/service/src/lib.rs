//! The use cases: what the page handlers, the REST API and the command line can do.
//!
//! Each use case is a function that takes [`Services`] first. It checks the caller's rights, makes the change in one
//! transaction and returns a view of `contract`. Nothing here knows HTTP or pages. A failure that a retry can fix is
//! always [`ServiceError::Unavailable`]; each failure that the user can correct has a variant of its own.

pub mod access;
pub mod cases;
pub mod counters;
pub mod drafts;
pub mod error;
mod file_view;
pub mod files;
pub mod idempotency;
pub mod landlords;
pub mod london;
mod mailbox;
pub mod notifications;
mod open_case;
pub mod record;
pub mod representation;
pub mod secret;
pub mod settings;
mod stored;
pub mod typed_text;
pub mod webhooks;

use std::sync::Arc;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::record::log_keys::LogKeys;
use ::evidence::resumable::Unfinished;
use ::evidence::{DiskBudget, FileStore, Receiver, Resumable, Sandbox, Scanner};
use ::record::{
    Instant,
    clock::Clock,
    encryption::SealingKey,
    entropy::{Entropy, uuid_v7},
    store::Store,
};
use complaint::{calendar::BankHolidays, clock::Rules};
use notify::{DeliveryWorker, MailTransport, Outbox, Sender};

pub use error::ServiceError;
pub use secret::Secret;
pub use settings::Settings;

/// The dependencies of every use case. Cheap to clone.
#[derive(Clone)]
pub struct Services(Arc<Inner>);

struct Inner {
    store: Store,
    files: FileStore,
    confined: Sandbox,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    settings: Settings,
    secret: Secret,
    log_keys: LogKeys,
    holidays: BankHolidays,
    rules: Rules,
    landlords: landlords::Register,
    hashing: access::codes::Hashing,
    outbox: Outbox,
    unfinished: Unfinished,
    room: DiskBudget,
    scanner: Scanner,
    scans: files::scanning::ScannerState,
    counters: counters::Counters,
    open_pages: cases::news::OpenPages,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}

/// The external dependencies that [`Services::new`] takes.
#[derive(Clone)]
pub struct Dependencies {
    pub store: Store,
    pub files: FileStore,
    /// Inspects untrusted files in a sandbox.
    pub confined: Sandbox,
    /// The virus scanner that checks files before they can be opened.
    pub scanner: Scanner,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    /// See [`Secret::load_or_create`].
    pub secret: Secret,
    /// See [`LogKeys::load_or_create`].
    pub log_keys: LogKeys,
}

impl Services {
    /// Builds the services and reads the data files that [`Settings`] names.
    pub fn new(world: Dependencies, settings: Settings) -> Result<Self, settings::DataFileError> {
        let Dependencies {
            store,
            files,
            confined,
            scanner,
            clock,
            entropy,
            secret,
            log_keys,
        } = world;
        let holidays = settings.bank_holidays()?;
        let rules = settings.clock_rules()?;
        let landlords = landlords::Register::new(settings.landlords_csv()?);
        let hashing = access::codes::Hashing::default();
        let outbox = Outbox::new(SealingKey::derive(secret.bytes(), "outbox", &[]));
        let room = DiskBudget::new(settings.space, &store, &files);
        Ok(Self(Arc::new(Inner {
            store,
            files,
            confined,
            clock,
            entropy,
            settings,
            secret,
            log_keys,
            holidays,
            rules,
            landlords,
            hashing,
            outbox,
            unfinished: Unfinished::default(),
            room,
            scanner,
            scans: files::scanning::ScannerState::default(),
            counters: counters::Counters::default(),
            open_pages: cases::news::OpenPages::default(),
        })))
    }

    pub fn store(&self) -> &Store {
        &self.0.store
    }

    pub fn files(&self) -> &FileStore {
        &self.0.files
    }

    /// The sandbox in which untrusted files are inspected.
    pub fn sandbox(&self) -> &Sandbox {
        &self.0.confined
    }

    pub fn scanner(&self) -> &Scanner {
        &self.0.scanner
    }

    /// The keys that sign the log.
    pub fn log_keys(&self) -> &LogKeys {
        &self.0.log_keys
    }

    /// Returns the key for fingerprints of the network addresses that files were uploaded from.
    fn source_key(&self) -> SealingKey {
        SealingKey::derive(self.0.secret.bytes(), "upload source", &[])
    }

    /// The disk space budget for uploaded files.
    pub fn disk_budget(&self) -> &DiskBudget {
        &self.0.room
    }

    /// The counters since this server process started.
    pub fn counters(&self) -> &counters::Counters {
        &self.0.counters
    }

    fn open_pages(&self) -> &cases::news::OpenPages {
        &self.0.open_pages
    }

    fn scans(&self) -> &files::scanning::ScannerState {
        &self.0.scans
    }

    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The bank holidays of England and Wales, which are no working days.
    pub fn holidays(&self) -> &BankHolidays {
        &self.0.holidays
    }

    /// The time limits of the complaint clock.
    pub fn rules(&self) -> &Rules {
        &self.0.rules
    }

    /// Returns the current time in UTC.
    pub fn now(&self) -> OffsetDateTime {
        self.0.clock.now()
    }

    /// Returns the current date in Europe/London.
    pub fn today(&self) -> time::Date {
        london::date(self.now())
    }

    fn instant(&self) -> Instant {
        self.now().into()
    }

    fn new_id(&self) -> Uuid {
        uuid_v7(self.now(), &*self.0.entropy)
    }

    /// Returns a new request id, by which a user's report can be matched to a log line.
    pub fn request_id(&self) -> Uuid {
        self.new_id()
    }

    fn entropy(&self) -> &dyn Entropy {
        &*self.0.entropy
    }

    fn receiver(&self) -> Receiver {
        Receiver {
            store: self.0.store.clone(),
            files: self.0.files.clone(),
            clock: Arc::clone(&self.0.clock),
            entropy: Arc::clone(&self.0.entropy),
            limits: self.0.settings.evidence,
            confined: self.0.confined.clone(),
            room: self.0.room.clone(),
        }
    }

    fn resumable(&self) -> Resumable {
        Resumable {
            receiver: self.receiver(),
            unfinished: self.0.unfinished.clone(),
            hours: self.0.settings.upload_hours,
        }
    }

    /// The outbox for emails and text messages.
    pub fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }

    /// Builds the worker that delivers the outbox through the mail transport `carrier`. Messages come from `sender`, and their
    /// links begin with `origin`.
    pub fn delivery_worker(&self, carrier: MailTransport, sender: Sender, origin: String) -> DeliveryWorker {
        DeliveryWorker {
            store: self.0.store.clone(),
            clock: Arc::clone(&self.0.clock),
            entropy: Arc::clone(&self.0.entropy),
            outbox: self.0.outbox.clone(),
            carrier,
            sender,
            addressing: Arc::new(self.clone()),
            texts: None,
            origin,
            hold: self.0.settings.hold_deliveries,
        }
    }
}

//! The use cases: what the page handlers, the REST API and the command line can do.
//!
//! Each use case is a function that takes [`Services`] first. It checks the caller's rights, makes the change in one
//! transaction and returns a view of `contract`. Nothing here knows HTTP or pages. A failure that a retry can fix is
//! always [`ServiceError::Unavailable`]; each failure that the user can correct has a variant of its own.

pub mod access;
pub mod acting;
pub mod cases;
pub mod clock;
pub mod consent;
pub mod contact;
pub mod contact_hours;
pub mod counters;
pub mod desk;
pub mod drafts;
pub mod email_codes;
pub mod equality;
pub mod error;
pub mod evidence;
pub mod hearing;
pub mod housekeeping;
pub mod idempotency;
pub mod installation;
pub mod keys;
pub mod landlords;
pub mod london;
mod mailbox;
pub mod messages;
mod open_case;
pub mod people;
pub mod queue;
pub mod reading;
pub mod record;
mod refusal;
pub mod returning;
pub mod scanning;
pub mod secret;
pub mod sessions;
pub mod settings;
pub mod submission;
pub mod token;
mod views;
pub mod webhooks;

use std::sync::Arc;

use time::OffsetDateTime;
use uuid::Uuid;

use ::evidence::resumable::Unfinished;
use ::evidence::{Confined, Files, Receiver, Resumable, Room, Scanner};
use ::record::{
    Instant,
    clock::Clock,
    entropy::{Entropy, uuid_v7},
    sealed::Key,
    store::Store,
};
use complaint::{calendar::BankHolidays, clock::Rules};
use notify::{Carrier, Courier, Outbox, Sender};

pub use error::ServiceError;
pub use secret::Secret;
pub use settings::Settings;

/// The dependencies of every use case. Cheap to clone.
#[derive(Clone)]
pub struct Services(Arc<Inner>);

struct Inner {
    store: Store,
    files: Files,
    confined: Confined,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    settings: Settings,
    secret: Secret,
    holidays: BankHolidays,
    rules: Rules,
    landlords: landlords::Register,
    hashing: access::Hashing,
    outbox: Outbox,
    unfinished: Unfinished,
    room: Room,
    scanner: Scanner,
    scans: scanning::Watch,
    counters: counters::Counters,
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
pub struct World {
    pub store: Store,
    pub files: Files,
    /// Inspects untrusted files in a sandbox.
    pub confined: Confined,
    /// The virus scanner that checks files before they can be opened.
    pub scanner: Scanner,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    /// See [`Secret::load_or_create`].
    pub secret: Secret,
}

impl Services {
    /// Builds the services and reads the data files that [`Settings`] names.
    pub fn new(world: World, settings: Settings) -> Result<Self, settings::DataFileError> {
        let World {
            store,
            files,
            confined,
            scanner,
            clock,
            entropy,
            secret,
        } = world;
        let holidays = settings.bank_holidays()?;
        let rules = settings.clock_rules()?;
        let landlords = landlords::Register::new(settings.landlords_csv()?);
        let hashing = access::Hashing::default();
        let outbox = Outbox::new(Key::derived(secret.bytes(), "outbox", &[]));
        let room = Room::new(settings.space, &store, &files);
        Ok(Self(Arc::new(Inner {
            store,
            files,
            confined,
            clock,
            entropy,
            settings,
            secret,
            holidays,
            rules,
            landlords,
            hashing,
            outbox,
            unfinished: Unfinished::default(),
            room,
            scanner,
            scans: scanning::Watch::default(),
            counters: counters::Counters::default(),
        })))
    }

    pub fn store(&self) -> &Store {
        &self.0.store
    }

    pub fn files(&self) -> &Files {
        &self.0.files
    }

    /// The sandbox in which untrusted files are inspected.
    pub fn confined(&self) -> &Confined {
        &self.0.confined
    }

    pub fn scanner(&self) -> &Scanner {
        &self.0.scanner
    }

    /// Returns the key for fingerprints of the network addresses that files were uploaded from.
    fn source_key(&self) -> Key {
        Key::derived(self.0.secret.bytes(), "upload source", &[])
    }

    /// The disk space budget for uploaded files.
    pub fn room(&self) -> &Room {
        &self.0.room
    }

    /// The counters since this server process started.
    pub fn counters(&self) -> &counters::Counters {
        &self.0.counters
    }

    fn scans(&self) -> &scanning::Watch {
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

    /// Builds the worker that delivers the outbox through `carrier`. Messages come from `sender`, and their links begin with
    /// `origin`.
    pub fn courier(&self, carrier: Carrier, sender: Sender, origin: String) -> Courier {
        Courier {
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

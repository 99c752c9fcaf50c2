//! A case locked for a change: loaded, extended by events and committed in one transaction.

pub(crate) mod event_notifications;

use serde::{Serialize, de::DeserializeOwned};
use time::Date;
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    access::viewer::Viewer,
    idempotency::{IdempotencyKey, request_hash},
    london, stored,
};
use complaint::{
    case::{
        event::{ActorRole, CONTENTS_COMMITTED, EventBody},
        person_number::{PersonNumber, SENDER},
        state::{CaseProjection, Participant},
    },
    fields::form::Choice,
};
use notify::Outbox;
use record::{
    Instant, RecordError,
    cases::{self, Model as Case},
    commitments::Item,
    contents,
    events::{self, ENCODING, Model as Event, NewEvent},
    idempotency,
    people::{self, Model as Row},
    store::Write,
    uploads,
};

/// The actor of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventActor {
    pub role: ActorRole,
    /// The person's name, or the name of the organisation's API key.
    pub name: Option<String>,
}

/// A request with an idempotency key. It is performed only once.
#[derive(Clone, Debug)]
pub(crate) struct IdempotentRequest<'a> {
    /// The namespace of the idempotency key: whose keys these are, and for what.
    pub scope: String,
    pub key: &'a IdempotencyKey,
    request: Vec<u8>,
}

impl<'a> IdempotentRequest<'a> {
    /// Creates the value. `parts` are all bytes that tell this request from others.
    pub(crate) fn new(scope: String, key: &'a IdempotencyKey, parts: &[&[u8]]) -> Self {
        Self {
            scope,
            key,
            request: request_hash(parts),
        }
    }
}

/// The result of looking up an idempotency key.
#[derive(Debug)]
pub(crate) enum PriorResult<T> {
    Nothing,
    Answer(T),
    /// The idempotency key was used with a different request.
    Reused,
}

/// A case, locked until [`OpenCase::commit`]. Dropping it instead changes nothing.
#[derive(Debug)]
pub(crate) struct OpenCase {
    pub write: Write,
    pub case: Case,
    /// The projection of the case, including the events appended here.
    pub file: CaseProjection,
    /// All events, oldest first, including those appended here.
    pub events: Vec<Event>,
    /// Today in Europe/London.
    pub today: Date,
    /// The participant who acts, and in which session. They are not notified of their own actions.
    acting: Option<ActingParticipant>,
    /// The time at which a new case is added. Its first events share this time, by which the receipt finds them.
    added_at: Option<Instant>,
    outbox: Outbox,
}

/// A participant who acts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActingParticipant {
    pub person: PersonNumber,
    /// `None` if the participant is only known by name.
    pub session: Option<Uuid>,
}

impl OpenCase {
    /// Locks the case with this reference in canonical spelling. `None` if there is none.
    pub(crate) async fn lock(services: &Services, reference: &str) -> Result<Option<Self>, ServiceError> {
        let write = services.store().begin().await?;
        Self::load(services, write, reference, None).await
    }

    /// Locks the case of a viewer, and returns it with the viewer's person and row as they are now. Of the events, only those
    /// that the viewer has not read are read.
    ///
    /// `None` if the viewer's access has ended since the viewer was loaded: only from here on the case cannot change.
    pub(crate) async fn lock_as(services: &Services, viewer: &Viewer) -> Result<Option<(Self, Participant, Row)>, ServiceError> {
        let write = services.store().begin().await?;
        let Some(case) = Self::lock_viewed(services, write, viewer).await? else {
            return Ok(None);
        };
        let rows = people::list(&case.write.tx(), case.case.id).await?;
        let row = rows.into_iter().find(|row| viewer.is_row(row));
        let person = case
            .file
            .person(viewer.person.number)
            .filter(|person| person.has_access(case.today));
        Ok(match (person.cloned(), row) {
            (Some(person), Some(row)) => Some((case, person, row)),
            _ => None,
        })
    }

    /// Locks the case of a viewer, in a transaction that may already contain other changes. Does not check the viewer's access.
    pub(crate) async fn lock_viewed(services: &Services, write: Write, viewer: &Viewer) -> Result<Option<Self>, ServiceError> {
        Self::load(services, write, viewer.reference(), Some(viewer)).await
    }

    /// Locks a case by its id, in a transaction that may already contain other changes.
    pub(crate) async fn lock_by_id(services: &Services, write: Write, case_id: Uuid) -> Result<Option<Self>, ServiceError> {
        match cases::lookup(&write.tx(), case_id).await? {
            Some(case) => Self::load(services, write, &case.reference, None).await,
            None => Ok(None),
        }
    }

    async fn load(services: &Services, write: Write, reference: &str, viewer: Option<&Viewer>) -> Result<Option<Self>, ServiceError> {
        let Some(case) = cases::lock(&write, reference).await? else {
            return Ok(None);
        };
        // Events are only ever appended, and under this lock: those that the viewer has read are the first ones still.
        let mut events = viewer.map(|viewer| viewer.events.clone()).unwrap_or_default();
        let read = viewer.map_or(0, Viewer::newest);
        let newer = events::list(&write.tx(), case.id, read, u64::from(u32::MAX), &[]).await?;
        let file = match viewer {
            Some(viewer) => stored::extended(viewer.file.clone(), &newer)?,
            None => stored::case_file(&case, &newer)?,
        };
        events.extend(newer);
        let mut open = Self {
            write,
            case,
            file,
            events,
            today: london::date(services.now()),
            acting: None,
            added_at: None,
            outbox: services.outbox().clone(),
        };
        if !binds_contents(&open.events) {
            let body = EventBody::ContentsCommitted {
                events: open.events.last().map_or(0, |last| last.n),
            };
            open.add(services, &system(), &body).await?;
        }
        Ok(Some(open))
    }

    /// Wraps a case that was added in this transaction, before any other request can see it.
    ///
    /// Its sender sees the receipt, and needs no notification of what it says.
    pub(crate) fn just_added(services: &Services, write: Write, case: Case, file: CaseProjection) -> Self {
        Self {
            added_at: Some(case.submitted_at),
            write,
            case,
            file,
            events: Vec::new(),
            today: london::date(services.now()),
            acting: Some(ActingParticipant {
                person: SENDER,
                session: None,
            }),
            outbox: services.outbox().clone(),
        }
    }

    /// Sets the participant who acts here.
    pub(crate) fn set_actor(&mut self, viewer: &Viewer) {
        self.set_actor_session(viewer.person.number, viewer.session.as_ref().map(|session| session.id));
    }

    /// Sets the participant who acts here, by the id of the session if there is one.
    pub(crate) fn set_actor_session(&mut self, person: PersonNumber, session: Option<Uuid>) {
        self.acting = Some(ActingParticipant { person, session });
    }

    /// Declares that the events appended from now on are not the action of a participant.
    pub(crate) fn clear_actor(&mut self) {
        self.acting = None;
    }

    /// Returns the answer that was stored for the idempotency key of this request.
    pub(crate) async fn prior_result<T: DeserializeOwned>(
        &self,
        once: Option<&IdempotentRequest<'_>>,
    ) -> Result<PriorResult<T>, RecordError> {
        let Some(once) = once else { return Ok(PriorResult::Nothing) };
        let Some(found) = idempotency::lookup(&self.write.tx(), &once.scope, once.key.as_str()).await? else {
            return Ok(PriorResult::Nothing);
        };
        if found.request_hash != once.request {
            return Ok(PriorResult::Reused);
        }
        serde_json::from_str(&found.answer)
            .map(PriorResult::Answer)
            .map_err(RecordError::corrupt)
    }

    /// Appends an event and notifies its recipients.
    ///
    /// A person who has to be informed and cannot be notified is recorded by a second event, which makes a task for the desk.
    pub(crate) async fn append(&mut self, services: &Services, by: &EventActor, body: &EventBody) -> Result<Event, ServiceError> {
        let added = self.add(services, by, body).await?;
        let here = event_notifications::AppendedEvent {
            write: &self.write,
            case_id: self.case.id,
            file: &self.file,
            today: self.today,
        };
        let by_name = || {
            let person = self.file.find_actor(by.role, by.name.as_deref())?;
            Some(ActingParticipant { person, session: None })
        };
        let who = self.acting.or_else(by_name);
        if let Some(person) = event_notifications::notify(services, &here, who, body).await? {
            let not_told = EventBody::NotTold {
                person,
                about: body.kind().to_owned(),
            };
            self.add(services, &event_notifications::delivery_actor(), &not_told).await?;
        }
        Ok(added)
    }

    async fn add(&mut self, services: &Services, by: &EventActor, body: &EventBody) -> Result<Event, ServiceError> {
        let new = NewEvent {
            kind: body.kind().to_owned(),
            actor_role: by.role.code().to_owned(),
            actor_name: by.name.clone(),
            body: serde_json::to_string(body).map_err(ServiceError::internal)?,
            brought: self.brought(body).await?,
        };
        let mut after = self.file.clone();
        // The event's number is only known once it is appended. Only requests for information contain it, and the projection
        // does not.
        let projection = {
            after.add(0, body);
            stored::projection(after.state)
        };
        let at = self.added_at.unwrap_or_else(|| services.instant());
        let added = events::append(&self.write, services.entropy(), self.case.id, new, at, &projection).await?;
        self.file.add(added.n, body);
        self.events.push(added.clone());
        Ok(added)
    }

    /// Returns the items that an event adds to the case beside its body. They are stored in this transaction already.
    async fn brought(&self, body: &EventBody) -> Result<Vec<Item>, ServiceError> {
        let db = &self.write.tx();
        Ok(match body {
            EventBody::Submitted { .. } | EventBody::ContentsCommitted { .. } => contents::list_items(db, &self.case).await?,
            EventBody::FileReceived { file, .. } => {
                let id = Uuid::try_parse(file).map_err(ServiceError::internal)?;
                let upload = uploads::lookup(db, id).await?;
                upload.iter().map(contents::file).collect()
            }
            EventBody::PersonJoined { person, .. } | EventBody::AccessCodeReplaced { person } => {
                let rows = people::list(db, self.case.id).await?;
                let row = rows.iter().find(|row| row.number == i32::from(*person));
                row.and_then(contents::access_code).into_iter().collect()
            }
            _ => Vec::new(),
        })
    }

    /// Stores the answer to a request with an idempotency key.
    pub(crate) async fn store_answer<T: Serialize>(
        &self,
        services: &Services,
        once: Option<&IdempotentRequest<'_>>,
        answer: &T,
    ) -> Result<(), ServiceError> {
        let Some(once) = once else { return Ok(()) };
        let row = idempotency::Model {
            scope: once.scope.clone(),
            key: once.key.as_str().to_owned(),
            request_hash: once.request.clone(),
            answer: serde_json::to_string(answer).map_err(ServiceError::internal)?,
            created_at: services.instant(),
        };
        Ok(idempotency::add(&self.write, row).await?)
    }

    /// Commits the transaction and wakes the outbox worker. Nothing may be acknowledged before this.
    pub(crate) async fn commit(self) -> Result<(), RecordError> {
        self.write.commit().await?;
        self.outbox.wake();
        Ok(())
    }
}

/// Returns whether the events commit to the contents that are stored beside them. Cases from before commitments existed do
/// not.
pub(crate) fn binds_contents(events: &[Event]) -> bool {
    let from_the_first = events.first().is_some_and(|first| first.encoding == ENCODING);
    from_the_first || events.iter().any(|event| event.kind == CONTENTS_COMMITTED)
}

/// Returns the server as the actor of an event.
pub(crate) fn system() -> EventActor {
    EventActor {
        role: ActorRole::System,
        name: None,
    }
}

//! Recording files on a submitted case, whether announced with its draft or uploaded later, in one request or in several.
//! All of them go through the locked case, so that notifications and tasks follow from these events as from any other.

use futures::future::BoxFuture;
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    access::viewer::Viewer,
    idempotency::IdempotencyKey,
    open_case::{EventActor, IdempotentRequest, OpenCase, PriorResult, system},
};
use complaint::case::{
    actions::CaseActionKind,
    event::{EventBody, UPLOAD_CANCELLED},
    person_number::SENDER,
    state::Participant,
};
use evidence::{Arrival, CaseRecorder, ReceiveError};
use record::{
    RecordError,
    store::Write,
    uploads::{self, Model as Upload},
};

/// Who uploads a file or withdraws it.
#[derive(Clone, Debug)]
pub(crate) enum Uploader {
    /// The sender of a complaint that was not sent yet when the request came.
    Sender,
    /// A participant of the case.
    Person(Box<Viewer>),
    /// The portal itself, which only ends uploads that do not continue.
    Server,
}

/// Records on a case what becomes of uploaded files.
#[derive(Clone, Debug)]
pub(crate) struct CaseFileEvents {
    services: Services,
    who: Uploader,
    form: Option<IdempotencyKey>,
}

impl CaseFileEvents {
    pub(crate) fn new(services: &Services, who: Uploader) -> Self {
        Self {
            services: services.clone(),
            who,
            form: None,
        }
    }

    /// Adds the idempotency key of a form: however often the form is posted, it brings a file once.
    pub(crate) fn of_form(self, form: Option<&IdempotencyKey>) -> Self {
        Self {
            form: form.cloned(),
            ..self
        }
    }

    /// Returns the uploader's person on the case, if they may add files now.
    fn person<'a>(&self, case: &'a OpenCase) -> Option<&'a Participant> {
        let number = match &self.who {
            Uploader::Sender => SENDER,
            Uploader::Person(viewer) => viewer.person.number,
            Uploader::Server => return None,
        };
        let person = case.file.person(number);
        person.filter(|person| person.has_scope(CaseActionKind::Files.scope(), case.today))
    }

    async fn enter(&self, case: &mut OpenCase, person: &Participant, event: &EventBody) -> Result<(), ReceiveError> {
        let by = EventActor {
            role: person.role,
            name: Some(person.name.clone()),
        };
        match &self.who {
            Uploader::Person(viewer) => case.set_actor(viewer),
            Uploader::Sender | Uploader::Server => case.set_actor_session(person.number, None),
        }
        case.append(&self.services, &by, event).await.map_err(failed)?;
        Ok(())
    }

    async fn take(&self, write: Write, case: Uuid, upload: &Upload) -> Result<Arrival, ReceiveError> {
        let mut case = self.open(write, case).await?;
        let person = self.person(&case).cloned().ok_or(ReceiveError::NotAllowed)?;
        let sha256 = upload.sha256.clone().unwrap_or_default();
        let once = self.form.as_ref().map(|form| {
            let scope = format!("case:{}:{}:file:{sha256}", case.case.id, person.number);
            IdempotentRequest::new(scope, form, &[sha256.as_bytes()])
        });
        if let PriorResult::Answer(id) = case.prior_result::<Uuid>(once.as_ref()).await? {
            let earlier = uploads::lookup(&case.write.tx(), id).await?;
            let earlier = earlier.ok_or_else(|| RecordError::corrupt("the file of a repeated form is missing"))?;
            uploads::remove(&case.write, upload.id).await?;
            case.commit().await?;
            return Ok(Arrival::Duplicate(Box::new(earlier)));
        }
        let event = EventBody::FileReceived {
            file: upload.id.to_string(),
            filename: upload.filename.clone(),
            sha256,
            bytes: upload.bytes.unsigned_abs(),
            person: Some(person.number),
        };
        self.enter(&mut case, &person, &event).await?;
        case.store_answer(&self.services, once.as_ref(), &upload.id).await.map_err(failed)?;
        case.commit().await?;
        Ok(Arrival::Added)
    }

    async fn miss(&self, write: Write, case: Uuid, upload: &Upload, reason: &str) -> Result<(), ReceiveError> {
        let mut case = self.open(write, case).await?;
        let event = EventBody::FileNotReceived {
            file: upload.id.to_string(),
            filename: upload.filename.clone(),
            reason: reason.to_owned(),
        };
        if reason == UPLOAD_CANCELLED {
            let person = self.person(&case).cloned().ok_or(ReceiveError::NotAllowed)?;
            self.enter(&mut case, &person, &event).await?;
        } else {
            case.append(&self.services, &system(), &event).await.map_err(failed)?;
        }
        Ok(case.commit().await?)
    }

    async fn open(&self, write: Write, case: Uuid) -> Result<OpenCase, ReceiveError> {
        let found = match &self.who {
            Uploader::Person(viewer) => OpenCase::lock_viewed(&self.services, write, viewer).await,
            Uploader::Sender | Uploader::Server => OpenCase::lock_by_id(&self.services, write, case).await,
        };
        Ok(found
            .map_err(failed)?
            .ok_or_else(|| RecordError::corrupt("the case of a file is missing"))?)
    }
}

fn failed(e: ServiceError) -> ReceiveError {
    match e {
        ServiceError::Unavailable(e) => ReceiveError::Storage(e),
        ServiceError::Duplicate(e) => ReceiveError::Record(e),
        ServiceError::Internal(e) => ReceiveError::Case(e),
    }
}

impl CaseRecorder for CaseFileEvents {
    fn record_arrival<'a>(&'a self, write: Write, case: Uuid, upload: &'a Upload) -> BoxFuture<'a, Result<Arrival, ReceiveError>> {
        Box::pin(self.take(write, case, upload))
    }

    fn record_failure<'a>(
        &'a self,
        write: Write,
        case: Uuid,
        upload: &'a Upload,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<(), ReceiveError>> {
        Box::pin(self.miss(write, case, upload, reason))
    }
}

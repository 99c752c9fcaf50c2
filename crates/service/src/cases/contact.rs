//! Changing one's own contact plan. A change that makes contact more restrictive holds at once. A change that opens a
//! contact method must be confirmed. That takes a code sent by a method that was already safe, or the organisation if there
//! is none.
//!
//! Participants change and see only their own contact plan.

mod codes;

use crate::{
    ServiceError, Services,
    access::viewer::Viewer,
    cases::actions::CaseActionError,
    idempotency::IdempotencyKey,
    notifications::routes,
    open_case::{EventActor, IdempotentRequest, OpenCase, PriorResult},
};
use complaint::case::{
    contact_plan::{
        ContactPlan,
        change::{ConfirmBy, RequestedContactPlan, split_change},
    },
    event::EventBody,
    state::{Participant, RequestedContactChange},
};
use contract::contact::{ContactView, Saved};
use record::people::Model as Row;
use text::Language;

pub use codes::{PER_PERSON, TRIES};

/// A participant on a locked case who changes their own contact plan.
struct Mine {
    case: OpenCase,
    person: Participant,
    row: Row,
    by: EventActor,
}

impl Mine {
    async fn hold(services: &Services, viewer: &Viewer) -> Result<Self, CaseActionError> {
        let found = OpenCase::lock_as(services, viewer).await?;
        let (mut case, person, row) = found.ok_or(CaseActionError::NotFound)?;
        case.set_actor(viewer);
        let by = EventActor {
            role: person.role,
            name: Some(person.name.clone()),
        };
        Ok(Self { case, person, row, by })
    }

    async fn append(&mut self, services: &Services, event: &EventBody) -> Result<i32, ServiceError> {
        let added = self.case.append(services, &self.by, event).await?;
        if let Some(person) = self.case.file.person(self.person.number) {
            self.person = person.clone();
        }
        Ok(added.n)
    }

    fn waiting(&self) -> Result<RequestedContactChange, CaseActionError> {
        self.person.requested_contact.clone().ok_or(CaseActionError::NotNow)
    }

    /// Returns how a change can be confirmed now.
    fn confirm_by(&self, services: &Services) -> ConfirmBy {
        match routes::for_code(&self.case.file, &self.person, services.settings().texts) {
            Some(_) => ConfirmBy::Code,
            None => ConfirmBy::Organisation,
        }
    }

    /// Records a change that has to be confirmed, and sends its code if there is a safe contact method.
    ///
    /// If the same change waits already, only a new code is sent.
    async fn ask(&mut self, services: &Services, contact: ContactPlan, language: Language) -> Result<Saved, ServiceError> {
        let confirm = self.confirm_by(services);
        let waits = self.person.requested_contact.as_ref();
        let same = waits.filter(|wanted| wanted.contact == contact && wanted.confirm == confirm);
        let change = if let Some(wanted) = same {
            wanted.change
        } else {
            let person = self.person.number;
            let event = EventBody::ContactChangeAsked { person, contact, confirm };
            self.append(services, &event).await?
        };
        if confirm == ConfirmBy::Organisation {
            return Ok(Saved::Organisation);
        }
        let sent = codes::send(services, &self.case.write, &self.row, change, language).await?;
        Ok(if sent { Saved::Code } else { Saved::NoMoreCodes })
    }
}

/// Returns the viewer's own contact plan.
pub fn view(viewer: &Viewer) -> ContactView {
    ContactView::of(viewer.reference(), &viewer.person)
}

/// Changes the caller's own contact plan.
///
/// With an idempotency key, a repeated request gets the first answer and changes nothing.
pub async fn save(
    services: &Services,
    viewer: &Viewer,
    wanted: &RequestedContactPlan,
    key: Option<&IdempotencyKey>,
    language: Language,
) -> Result<Saved, CaseActionError> {
    // Retried once: another request may store an answer for the idempotency key between the lookup and the write.
    match attempt(services, viewer, wanted, key, language).await {
        Err(CaseActionError::Service(ServiceError::Duplicate(_))) => attempt(services, viewer, wanted, key, language).await,
        done => done,
    }
}

async fn attempt(
    services: &Services,
    viewer: &Viewer,
    wanted: &RequestedContactPlan,
    key: Option<&IdempotencyKey>,
    language: Language,
) -> Result<Saved, CaseActionError> {
    let mut mine = Mine::hold(services, viewer).await?;
    let request = serde_json::to_vec(wanted).map_err(ServiceError::internal)?;
    let scope = format!("contact:{}:{}", mine.case.case.id, mine.person.number);
    let once = key.map(|key| IdempotentRequest::new(scope, key, &[&request]));
    match mine.case.prior_result(once.as_ref()).await? {
        PriorResult::Nothing => {}
        PriorResult::Reused => return Err(CaseActionError::KeyReused),
        PriorResult::Answer(saved) => {
            // Concurrent transactions share one flush to disk, and the first request may not be flushed yet: commit before
            // answering.
            mine.case.commit().await?;
            return Ok(saved);
        }
    }
    let changed = split_change(&mine.person.contact, wanted);
    let mut saved = Saved::Same;
    if changed.now != mine.person.contact {
        let person = mine.person.number;
        let contact = changed.now;
        mine.append(services, &EventBody::ContactChanged { person, contact }).await?;
        saved = Saved::Changed;
    }
    if !changed.opens.is_empty() {
        saved = mine.ask(services, wanted.contact.clone(), language).await?;
    } else if let Some(waited) = mine.person.requested_contact.clone() {
        // The requested plan is in force, so no change waits for confirmation any more.
        let (person, change) = (mine.person.number, waited.change);
        mine.append(services, &EventBody::ContactChangeDropped { person, change }).await?;
        saved = Saved::Changed;
    }
    mine.case.store_answer(services, once.as_ref(), &saved).await?;
    mine.case.commit().await?;
    Ok(saved)
}

/// Confirms the waiting change with the code that was sent.
///
/// # Errors
/// - [`CaseActionError::Invalid`]: the code is wrong, expired, used, or was tried too often. The caller does not learn which.
/// - [`CaseActionError::NotNow`]: no change waits for a code.
pub async fn confirm(services: &Services, viewer: &Viewer, typed: &str) -> Result<(), CaseActionError> {
    let mut mine = Mine::hold(services, viewer).await?;
    let waiting = mine.waiting()?;
    if waiting.confirm != ConfirmBy::Code {
        return Err(CaseActionError::NotNow);
    }
    let fits = codes::use_up(services, &mine.case.write, &mine.row, waiting.change, typed).await?;
    if fits {
        let (person, change) = (mine.person.number, waiting.change);
        mine.append(services, &EventBody::ContactChangeConfirmed { person, change }).await?;
    }
    // A wrong attempt is committed too, before the caller learns that it was wrong.
    mine.case.commit().await?;
    if fits { Ok(()) } else { Err(codes::wrong()) }
}

/// Sends another code for the waiting change. If no safe contact method is left, the organisation has to confirm the change.
///
/// Returns [`CaseActionError::NotNow`] if no change waits.
pub async fn send_again(services: &Services, viewer: &Viewer, language: Language) -> Result<Saved, CaseActionError> {
    let mut mine = Mine::hold(services, viewer).await?;
    let waiting = mine.waiting()?;
    let saved = mine.ask(services, waiting.contact, language).await?;
    mine.case.commit().await?;
    Ok(saved)
}

/// Discards the waiting change. Returns [`CaseActionError::NotNow`] if there is none.
pub async fn cancel(services: &Services, viewer: &Viewer) -> Result<(), CaseActionError> {
    let mut mine = Mine::hold(services, viewer).await?;
    let (person, change) = (mine.person.number, mine.waiting()?.change);
    mine.append(services, &EventBody::ContactChangeDropped { person, change }).await?;
    mine.case.commit().await?;
    Ok(())
}

//! Who somebody signed in is on a case, and what they may do there. Looked up anew for each request: what was taken away is gone in
//! that moment, in open sessions too.

use time::Date;
use uuid::Uuid;

use super::{ServiceError, Services, london, sessions::Session, views};
use crate::complaint::{
    act::ActKind,
    authority::Scope,
    case_file::{CaseFile, PersonOnCase},
    fields::reference::Reference,
};
use crate::record::{
    RecordError,
    cases::{self, Model as Case},
    events,
    people::{self, Model as Row},
};

/// Somebody looking at a case that they may see.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub(super) case: Case,
    /// What the events of the case add up to.
    pub(super) file: CaseFile,
    pub(super) person: PersonOnCase,
    pub(super) today: Date,
}

impl Viewer {
    /// Whether they may do something on the case today.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.person.may(scope, self.today)
    }

    /// Whether they can do something of this kind as the case stands today.
    #[must_use]
    pub fn can(&self, kind: ActKind) -> bool {
        self.may(kind.scope()) && kind.is_open(&self.file, self.today)
    }

    /// The case's reference, in its one spelling.
    #[must_use]
    pub fn reference(&self) -> &str {
        &self.case.reference
    }
}

/// The people a session speaks for: one on one case, or whoever reads one mailbox on all of theirs. Nobody who lost their way in.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub(super) async fn of_session(services: &Services, session: &Session) -> Result<Vec<Row>, RecordError> {
    let db = &services.store().read;
    let own = people::lookup(db, session.person_id).await?.filter(|row| row.ended_at.is_none());
    let mut all = match &session.mailbox {
        Some(mailbox) => people::list_by_mailbox(db, mailbox).await?,
        None => Vec::new(),
    };
    if let Some(own) = own
        && all.iter().all(|row| row.id != own.id)
    {
        all.insert(0, own);
    }
    Ok(all)
}

/// Who the session is on the case with this reference. `None` when the case is not theirs, the same as for one that does not exist.
///
/// # Errors
/// [`ServiceError`].
pub async fn viewer(services: &Services, session: &Session, reference: &str) -> Result<Option<Viewer>, ServiceError> {
    let Some(reference) = Reference::parse(reference) else {
        return Ok(None);
    };
    let case = cases::find_by_reference(&services.store().read, reference.as_str()).await?;
    let Some(case) = case else { return Ok(None) };
    on_case(services, session, case).await
}

/// The same by the case's id.
pub(super) async fn viewer_of(services: &Services, session: &Session, case_id: Uuid) -> Result<Option<Viewer>, ServiceError> {
    match cases::lookup(&services.store().read, case_id).await? {
        Some(case) => on_case(services, session, case).await,
        None => Ok(None),
    }
}

/// Whether the one with this number may do something on a case today.
pub(super) async fn may(services: &Services, case_id: Uuid, number: u8, scope: Scope) -> Result<bool, ServiceError> {
    let db = &services.store().read;
    let Some(case) = cases::lookup(db, case_id).await? else {
        return Ok(false);
    };
    let events = events::list(db, case.id, 0, u64::from(u32::MAX), &[]).await?;
    let file = views::case_file(&case, &events)?;
    let person = file.person(number);
    Ok(person.is_some_and(|person| person.may(scope, london::date(services.now()))))
}

async fn on_case(services: &Services, session: &Session, case: Case) -> Result<Option<Viewer>, ServiceError> {
    let rows = of_session(services, session).await?;
    let Some(row) = rows.into_iter().find(|row| row.case_id == case.id) else {
        return Ok(None);
    };
    let events = events::list(&services.store().read, case.id, 0, u64::from(u32::MAX), &[]).await?;
    let file = views::case_file(&case, &events)?;
    let today = london::date(services.now());
    let person = u8::try_from(row.number).ok().and_then(|number| file.person(number)).cloned();
    let viewer = person.map(|person| Viewer { case, file, person, today });
    Ok(viewer.filter(|viewer| viewer.may(Scope::See)))
}

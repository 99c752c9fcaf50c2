//! The session's person on a case, and what they may do there. Both are looked up for each request, so a right that ends is
//! gone at once, also in open sessions.

use crate::stored;
use time::Date;
use uuid::Uuid;

use crate::{ServiceError, Services, access::sessions::Session, london};
use complaint::{
    case::{
        actions::CaseActionKind,
        person_number::PersonNumber,
        representation::{AuthorityState, Scope, authority_state},
        state::{Authority, CaseProjection, Participant},
    },
    fields::reference::Reference,
};
use contract::people::NoAccess;
use record::{
    RecordError,
    cases::{self, Model as Case},
    events::{self, Model as Event},
    people::{self, Model as Row},
};

/// A person who has access to a case today. The module `complaint::case::state::visibility` defines what they see of it.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub(crate) case: Case,
    /// The projection of the case.
    pub(crate) file: CaseProjection,
    pub(crate) person: Participant,
    pub(crate) today: Date,
    /// All events of the case, oldest first. Loaded once for everything that one request shows of the case or does on it.
    pub(crate) events: Vec<Event>,
    /// The person's session. `None` for a sender who is known by the token of the former draft.
    pub(crate) session: Option<Session>,
}

impl Viewer {
    /// Returns whether the person has a scope on the case today.
    pub fn may(&self, scope: Scope) -> bool {
        self.person.has_scope(scope, self.today)
    }

    /// Returns whether the person may see a file of the case.
    pub fn sees_file(&self, file: Uuid) -> bool {
        self.file.shows_file(&file.to_string(), &self.person, self.today)
    }

    /// Returns whether the person can perform a case action of this kind today, in the present case state.
    pub fn can(&self, kind: CaseActionKind) -> bool {
        kind.is_open_to(&self.person, &self.file, self.today)
    }

    /// Returns the case's reference in canonical spelling.
    pub fn reference(&self) -> &str {
        &self.case.reference
    }

    /// Returns the number of the person on the case.
    pub fn number(&self) -> PersonNumber {
        self.person.number
    }

    /// Returns the number of the newest event that was read.
    pub(crate) fn newest(&self) -> i32 {
        self.events.last().map_or(0, |event| event.n)
    }

    /// Returns the id by which rate limits count: the same for all sessions of one person.
    pub fn counted_as(&self) -> Uuid {
        self.session.as_ref().map_or(self.case.id, |session| session.person_id)
    }

    /// Returns whether a row of the case's people is this person's, and whether the session still speaks for it.
    pub(crate) fn is_row(&self, row: &Row) -> bool {
        let by_mailbox =
            |session: &Session| session.mailbox.is_some() && row.mailbox_confirmed_at.is_some() && row.mailbox == session.mailbox;
        let speaks = self
            .session
            .as_ref()
            .is_none_or(|session| row.id == session.person_id || by_mailbox(session));
        row.number == i32::from(self.person.number) && row.ended_at.is_none() && speaks
    }
}

/// Returns the people that a session speaks for. They are one person on one case, or all who read the session's mailbox, on
/// all their cases.
///
/// People whose access has ended are left out.
pub(crate) async fn people_of_session(services: &Services, session: &Session) -> Result<Vec<Row>, RecordError> {
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

/// Returns the session's person on the case with this reference. `None` if they have no access to it, as for a case that
/// does not exist.
pub async fn viewer(services: &Services, session: &Session, reference: &str) -> Result<Option<Viewer>, ServiceError> {
    let Some(reference) = Reference::parse(reference) else {
        return Ok(None);
    };
    let case = cases::find_by_reference(&services.store().read, reference.as_str()).await?;
    let Some(case) = case else { return Ok(None) };
    viewer_on_case(services, session, case).await
}

/// Returns the session's person on a case like [`viewer`], by the id of the case.
pub(crate) async fn viewer_of(services: &Services, session: &Session, case_id: Uuid) -> Result<Option<Viewer>, ServiceError> {
    match cases::lookup(&services.store().read, case_id).await? {
        Some(case) => viewer_on_case(services, session, case).await,
        None => Ok(None),
    }
}

/// Returns the viewer as of now. Of the events, only those that the viewer has not read are read. `None` if the access has ended.
pub async fn read_on(services: &Services, viewer: &Viewer) -> Result<Option<Viewer>, ServiceError> {
    let db = &services.store().read;
    let Some(case) = cases::lookup(db, viewer.case.id).await? else {
        return Ok(None);
    };
    let newer = events::list(db, case.id, viewer.newest(), u64::from(u32::MAX), &[]).await?;
    let file = stored::extended(viewer.file.clone(), &newer)?;
    let rows = people::list(db, case.id).await?;
    let today = london::date(services.now());
    let person = file.person(viewer.person.number).filter(|person| person.has_access(today));
    let person = person.filter(|_| rows.iter().any(|row| viewer.is_row(row))).cloned();
    Ok(person.map(|person| Viewer {
        case,
        file,
        person,
        today,
        events: viewer.events.iter().cloned().chain(newer).collect(),
        ..viewer.clone()
    }))
}

/// Returns the person with this number on a case. `None` if there is no such person, or they have no access today.
pub(crate) async fn viewer_by_number(services: &Services, case_id: Uuid, number: PersonNumber) -> Result<Option<Viewer>, ServiceError> {
    match cases::lookup(&services.store().read, case_id).await? {
        Some(case) => load_viewer(services, case, number, None).await,
        None => Ok(None),
    }
}

async fn viewer_on_case(services: &Services, session: &Session, case: Case) -> Result<Option<Viewer>, ServiceError> {
    let rows = people_of_session(services, session).await?;
    let Some(row) = rows.into_iter().find(|row| row.case_id == case.id) else {
        return Ok(None);
    };
    let number = stored::person_number(row.number)?;
    load_viewer(services, case, number, Some(session.clone())).await
}

/// Returns why the session's person has no access to a case. Without a reference, the case is the session's own.
///
/// `None` if they have access. Also `None` if they are not on the case: for them that case does not exist.
pub async fn no_access(services: &Services, session: &Session, reference: Option<&str>) -> Result<Option<NoAccess>, ServiceError> {
    let rows = people_of_session(services, session).await?;
    let row = match reference.map(Reference::parse) {
        None => rows.into_iter().find(|row| row.id == session.person_id),
        Some(None) => None,
        Some(Some(reference)) => {
            let case = cases::find_by_reference(&services.store().read, reference.as_str()).await?;
            case.and_then(|case| rows.into_iter().find(|row| row.case_id == case.id))
        }
    };
    match row {
        Some(row) => no_access_reason(services, &row).await,
        None => Ok(None),
    }
}

/// Returns why a person has no access to their case today. `None` if they have access.
pub(crate) async fn no_access_reason(services: &Services, row: &Row) -> Result<Option<NoAccess>, ServiceError> {
    let db = &services.store().read;
    let Some(case) = cases::lookup(db, row.case_id).await? else {
        return Ok(None);
    };
    let events = events::list(db, case.id, 0, u64::from(u32::MAX), &[]).await?;
    let file = stored::case_file(&case, &events)?;
    let today = london::date(services.now());
    let Some(person) = stored::participant(&file, row.number).filter(|person| !person.has_access(today)) else {
        return Ok(None);
    };
    let until = match &person.authority {
        Authority::Given(rights) => rights.until,
        _ => None,
    };
    Ok(Some(match (authority_state(person, today), until) {
        (AuthorityState::Waiting | AuthorityState::Unanswered, _) => NoAccess::Waiting,
        (AuthorityState::Expired, Some(until)) => NoAccess::RunOut(until),
        (AuthorityState::Refused, _) => NoAccess::Refused,
        _ => NoAccess::Ended,
    }))
}

async fn load_viewer(
    services: &Services,
    case: Case,
    number: PersonNumber,
    session: Option<Session>,
) -> Result<Option<Viewer>, ServiceError> {
    let events = events::list(&services.store().read, case.id, 0, u64::from(u32::MAX), &[]).await?;
    let file = stored::case_file(&case, &events)?;
    let today = london::date(services.now());
    let person = file.person(number).cloned();
    let viewer = person.map(|person| Viewer {
        case,
        file,
        person,
        today,
        events,
        session,
    });
    Ok(viewer.filter(|viewer| viewer.person.has_access(today)))
}

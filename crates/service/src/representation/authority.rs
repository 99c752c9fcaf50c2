//! Gives and ends authority. Every use case that changes authority calls it: the tenant's answer, an authority document, the
//! desk and a handover.

use crate::representation::{consent_requests::contact_by, people_row_id};
use crate::{
    ServiceError, Services,
    open_case::{EventActor, OpenCase},
    stored,
};
use complaint::{
    Status,
    case::{
        event::{ActorRole, EventBody},
        representation::{Basis, ProofKind, Rights, TenantState, rule},
        state::{Authority, Participant},
    },
};
use record::{consents, events::Model as Event, people};

/// The authority to give.
pub(crate) struct Grant {
    pub basis: Basis,
    pub by: ProofKind,
    pub rights: Rights,
    pub own_device: bool,
}

/// Gives a person authority and lets a case that waited for it continue.
///
/// If another representative handed the case over to this person, that representative's authority ends.
pub(crate) async fn give(
    services: &Services,
    case: &mut OpenCase,
    by: &EventActor,
    person: &Participant,
    given: Grant,
) -> Result<Event, ServiceError> {
    // Every caller has checked the table and reports in its own words what is closed. This check catches a caller that did
    // not.
    if !rule(case.file.tenant_state(), given.basis).is_some_and(|rule| rule.allows(given.by)) {
        return Err(ServiceError::internal(
            "the table of authority does not allow this way of giving authority",
        ));
    }
    let waited = case.file.state.status == Status::AwaitingAuthority;
    let goes_on = case.file.after_authority();
    let first = matches!(person.authority, Authority::Claimed(_));
    let event = EventBody::AuthorityGiven {
        person: person.number,
        basis: given.basis,
        by: given.by,
        scopes: given.rights.scopes,
        until: given.rights.until,
        own_device: given.own_device,
        status: waited.then_some(goes_on.status),
        // A due date that passed while the case waited is replaced by a new one.
        due: waited.then(|| {
            let due = goes_on.due.filter(|due| *due >= case.today);
            due.unwrap_or_else(|| contact_by(services, case.today))
        }),
    };
    let added = case.append(services, by, &event).await?;
    consents::remove_unused(&case.write, case.case.id, person.number.into()).await?;
    if let Some(row) = people_row_id(case, person.number).await? {
        people::set_ended(&case.write, row, None).await?;
    }
    if case.file.tenant_state() == TenantState::Died
        && let Some(tenant) = case.file.tenant().map(|tenant| tenant.number)
        && let Some(row) = people_row_id(case, tenant).await?
    {
        people::set_ended(&case.write, row, Some(services.instant())).await?;
    }
    let handed = consents::find_handed_by(&case.write.tx(), case.case.id, person.number.into()).await?;
    let before = handed.and_then(|number| stored::participant(&case.file, number)).cloned();
    // Only the first time: giving the authority again says nothing about the previous representative.
    if let Some(before) = before.filter(|before| first && before.role == ActorRole::Representative && !before.authority.is_over()) {
        end(services, case, by, &before, Some("handed_over")).await?;
    }
    Ok(added)
}

/// Ends a person's authority. Their access ends at once, also in open sessions, and the unused links and codes about them or
/// made by them stop working.
pub(crate) async fn end(
    services: &Services,
    case: &mut OpenCase,
    by: &EventActor,
    person: &Participant,
    reason: Option<&str>,
) -> Result<Event, ServiceError> {
    let event = EventBody::AuthorityEnded {
        person: person.number,
        reason: reason.map(ToOwned::to_owned),
    };
    let added = case.append(services, by, &event).await?;
    consents::remove_unused(&case.write, case.case.id, person.number.into()).await?;
    if let Some(row) = people_row_id(case, person.number).await? {
        people::set_ended(&case.write, row, Some(services.instant())).await?;
    }
    Ok(added)
}

/// Lets the tenant continue alone: all representatives' authority ends, and the case no longer waits for any.
pub(crate) async fn take_over(services: &Services, case: &mut OpenCase, by: &EventActor) -> Result<(), ServiceError> {
    let acting: Vec<Participant> = case
        .file
        .people
        .iter()
        .filter(|person| person.role == ActorRole::Representative && !person.authority.is_over())
        .cloned()
        .collect();
    for person in acting {
        end(services, case, by, &person, Some("taken_over")).await?;
    }
    if case.file.state.status == Status::AwaitingAuthority {
        let goes_on = EventBody::StatusChanged {
            status: Status::Received,
            due: Some(contact_by(services, case.today)),
            reason: None,
            message: None,
        };
        case.append(services, &crate::open_case::system(), &goes_on).await?;
    }
    Ok(())
}

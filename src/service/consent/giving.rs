//! Authority that is given, and authority that ends, whoever says so.

use super::{asking::contact_by, row_of};
use crate::complaint::{
    Status,
    authority::{Basis, GivenBy, Rights, TenantState, rule},
    case_file::{Authority, PersonOnCase},
    event::{ActorRole, EventBody},
};
use crate::record::{consents, events::Model as Event, people};
use crate::service::{
    ServiceError, Services,
    open_case::{By, OpenCase},
};

/// What is given.
pub(super) struct Given {
    pub basis: Basis,
    pub by: GivenBy,
    pub rights: Rights,
    pub own_device: bool,
}

/// Somebody may act from now on. A case that waited for it goes on; whoever handed it to them is no longer on it.
pub(super) async fn give(
    services: &Services,
    case: &mut OpenCase,
    by: &By,
    person: &PersonOnCase,
    given: Given,
) -> Result<Event, ServiceError> {
    // Each door has asked the table before and says in its own words what is closed. This holds if one forgets to.
    if !rule(case.file.tenant_state(), given.basis).is_some_and(|rule| rule.allows(given.by)) {
        return Err(ServiceError::internal("authority by a way that is closed for it"));
    }
    let waited = case.file.standing.status == Status::AwaitingAuthority;
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
        // A day that went by while the case waited is promised anew.
        due: waited.then(|| {
            let due = goes_on.due.filter(|due| *due >= case.today);
            due.unwrap_or_else(|| contact_by(services, case.today))
        }),
    };
    let added = case.append(services, by, &event).await?;
    consents::remove_unused(&case.write, case.case.id, person.number.into()).await?;
    if let Some(row) = row_of(case, person.number).await? {
        people::set_ended(&case.write, row, None).await?;
    }
    if case.file.tenant_state() == TenantState::Died
        && let Some(tenant) = case.file.tenant().map(|tenant| tenant.number)
        && let Some(row) = row_of(case, tenant).await?
    {
        people::set_ended(&case.write, row, Some(services.instant())).await?;
    }
    let handed = consents::find_handed_by(&case.write.tx(), case.case.id, person.number.into()).await?;
    let before = handed
        .and_then(|number| u8::try_from(number).ok())
        .and_then(|number| case.file.person(number).cloned());
    // Only the first time: who gives it again later says nothing about the other.
    if let Some(before) = before.filter(|before| first && before.role == ActorRole::Representative && !before.authority.is_over()) {
        end(services, case, by, &before, Some("handed_over")).await?;
    }
    Ok(added)
}

/// Somebody may not act any more. Their way in is closed in the same moment, in open sessions too, and what they made opens
/// nothing.
pub(super) async fn end(
    services: &Services,
    case: &mut OpenCase,
    by: &By,
    person: &PersonOnCase,
    reason: Option<&str>,
) -> Result<Event, ServiceError> {
    let event = EventBody::AuthorityEnded {
        person: person.number,
        reason: reason.map(ToOwned::to_owned),
    };
    let added = case.append(services, by, &event).await?;
    consents::remove_unused(&case.write, case.case.id, person.number.into()).await?;
    if let Some(row) = row_of(case, person.number).await? {
        people::set_ended(&case.write, row, Some(services.instant())).await?;
    }
    Ok(added)
}

/// The tenant goes on with it themselves: nobody acts for them, and the case waits for nobody's authority.
pub(super) async fn take_over(services: &Services, case: &mut OpenCase, by: &By) -> Result<(), ServiceError> {
    let acting: Vec<PersonOnCase> = case
        .file
        .people
        .iter()
        .filter(|person| person.role == ActorRole::Representative && !person.authority.is_over())
        .cloned()
        .collect();
    for person in acting {
        end(services, case, by, &person, Some("taken_over")).await?;
    }
    if case.file.standing.status == Status::AwaitingAuthority {
        let goes_on = EventBody::StatusChanged {
            status: Status::Received,
            due: Some(contact_by(services, case.today)),
            reason: None,
            message: None,
        };
        case.append(services, &crate::service::open_case::system(), &goes_on).await?;
    }
    Ok(())
}

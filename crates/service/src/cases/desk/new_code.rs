//! Replacing the access code of a participant who lost it, or whose code a stranger may have.

use crate::access::caller::{Caller, DeskError, NEW_CODE};
use crate::{
    Services,
    access::codes,
    mailbox,
    open_case::{EventActor, OpenCase},
};
use complaint::{
    FieldError,
    case::{
        event::{ActorRole, EventBody},
        person_number::PersonNumber,
        representation::TenantState,
    },
    fields::{access_code::AccessCode, reference::Reference},
};
use record::{cases, desk_calls, entropy::bytes, people, sessions};

/// A new access code. It is shown only once, to be read out or sent by a contact method that is safe for the person.
#[derive(Clone, PartialEq, Eq)]
pub struct NewCode {
    pub access_code: String,
}

/// Hides the access code: debug output must not open a case.
impl std::fmt::Debug for NewCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewCode(..)")
    }
}

/// Gives a person on a case a new access code. Their previous code and all their sessions end.
///
/// Each call makes another code: codes are not stored, so an answer cannot be repeated. A tenant who is only represented on
/// the case joins it with their first code.
///
/// # Errors
/// - [`DeskError::NotFound`]: there is no such case or person, or the representative's authority has ended.
/// - [`DeskError::Invalid`]: the tenant has died.
pub async fn new_code(services: &Services, caller: &Caller, reference: &str, person: PersonNumber) -> Result<NewCode, DeskError> {
    let reference = Reference::parse(reference).ok_or(DeskError::NotFound)?;
    // The slow hash is computed before the transaction, so that no other writer waits for it.
    let code = AccessCode::from_bits(bytes(services.entropy()));
    let case = cases::find_by_reference(&services.store().read, &reference.to_string()).await?;
    let salt = codes::salt(&services.0.secret, case.ok_or(DeskError::NotFound)?.id);
    let hash = services.0.hashing.hash(&code, salt).await?;
    let mut case = OpenCase::lock(services, reference.as_str()).await?.ok_or(DeskError::NotFound)?;
    let on_case = case.file.person(person).cloned().ok_or(DeskError::NotFound)?;
    let is_tenant = on_case.role == ActorRole::Resident;
    if is_tenant && case.file.tenant_state() == TenantState::Died {
        return Err(DeskError::Invalid(vec![FieldError::new("person", "tenant_has_died")]));
    }
    let rows = people::list(&case.write.tx(), case.case.id).await?;
    let row = rows.into_iter().find(|row| row.number == i32::from(person));
    let by = EventActor {
        role: ActorRole::Organisation,
        name: Some(caller.name().to_owned()),
    };
    match row.filter(|row| is_tenant || row.ended_at.is_none()) {
        Some(row) => {
            people::set_access_code(&case.write, row.id, &hash).await?;
            people::set_ended(&case.write, row.id, None).await?;
            // This includes sessions that the mailbox opened, even on the person's other cases. The person must prove again
            // that they read it.
            sessions::remove_all(&case.write, &[row.id], row.mailbox.as_deref(), None).await?;
            people::set_mailbox(&case.write, row.id, row.mailbox).await?;
            case.append(services, &by, &EventBody::AccessCodeReplaced { person }).await?;
        }
        None if is_tenant => {
            let new = people::Model {
                id: services.new_id(),
                case_id: case.case.id,
                number: person.into(),
                access_code_hash: Some(hash),
                mailbox: mailbox::of_plan(services, &on_case.contact),
                mailbox_confirmed_at: None,
                language: None,
                created_at: services.instant(),
                ended_at: None,
            };
            people::add(&case.write, new).await?;
        }
        None => return Err(DeskError::NotFound),
    }
    if !on_case.has_joined {
        let joined = EventBody::PersonJoined {
            person,
            role: on_case.role,
            name: on_case.name,
            basis: None,
        };
        case.append(services, &by, &joined).await?;
    }
    desk_calls::add(&case.write, services.instant(), caller.name(), NEW_CODE, Some(reference.as_str())).await?;
    case.commit().await?;
    Ok(NewCode {
        access_code: code.as_str().to_owned(),
    })
}

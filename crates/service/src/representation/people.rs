//! The people on a case as a participant sees them, and what they decide about each other's rights.

use crate::representation::claims;
use crate::representation::{
    ConsentError, actor_of,
    authority::{self, Grant},
    basis_of, consent_requests, is_tenant, lock_as_person, representative,
};
use crate::{ServiceError, Services, access::viewer::Viewer};
use complaint::Status;
use complaint::{
    case::{
        event::{ActorRole, EventBody},
        form_checks,
        person_number::{PersonNumber, SENDER},
        representation::{PeopleWithDocument, ProofKind, Rights, Scope, Wait, authority_state},
        state::{Authority, CaseProjection, Participant, STOPPED},
    },
    fields::form::Choice,
    questionnaire::question::Purpose,
};
use contract::people::{CasePeople, CasePerson, ClaimView, Missing};
use record::uploads::{self, Model as Upload, Owner, State};

/// Returns the people on the case.
pub async fn view(services: &Services, viewer: &Viewer) -> Result<CasePeople, ServiceError> {
    let waits = viewer.file.state.status == Status::AwaitingAuthority;
    let files = uploads::list(&services.store().read, Owner::Case(viewer.case.id)).await?;
    let papers = people_with_documents(&viewer.file, &files);
    let claims = claims::claims_seen(&viewer.file, &viewer.person, &papers, viewer.today);
    let missing = missing(&claims, viewer.person.number).filter(|_| waits);
    let tenant = is_tenant(&viewer.person);
    Ok(CasePeople {
        reference: viewer.reference().to_owned(),
        me: viewer.person.number,
        may_manage: tenant,
        may_ask: matches!(viewer.person.authority, Authority::Claimed(_)) && consent_requests::can_ask(&viewer.file, &viewer.person),
        may_hand_over: tenant || may_hand_over(&viewer.person, viewer),
        may_add_paper: waits && matches!(viewer.person.authority, Authority::Claimed(_)) && viewer.may(Scope::Speak),
        missing,
        claims,
        by: viewer.file.state.due.filter(|_| waits),
        people: visible_people(&viewer.file, viewer),
    })
}

/// Returns the authority documents among a case's files, without those that were refused.
pub(crate) fn authority_documents(files: &[Upload]) -> impl Iterator<Item = &Upload> {
    let paper = |file: &&Upload| file.purpose == Purpose::Authority.code() && matches!(file.state, State::Scanning | State::Clean);
    files.iter().filter(paper)
}

/// Returns the people who uploaded an authority document to the case.
pub(crate) fn people_with_documents(file: &CaseProjection, files: &[Upload]) -> PeopleWithDocument {
    let by = |paper: &Upload| file.file_sender(&paper.id.to_string()).unwrap_or(SENDER);
    PeopleWithDocument(authority_documents(files).map(by).collect())
}

/// Returns in one word what the case waits for: the claim of the viewer, or else the first claim.
fn missing(claims: &[ClaimView], me: PersonNumber) -> Option<Missing> {
    let claim = claims.iter().find(|claim| claim.person == me).or_else(|| claims.first())?;
    Some(match claim.wait {
        Wait::Link | Wait::AskedByOrganisation | Wait::Tenant => Missing::Answer,
        Wait::EmailBounced => Missing::CameBack,
        Wait::Check => Missing::Check,
        Wait::Proof | Wait::Document | Wait::Contact | Wait::Expired => Missing::Paper,
    })
}

/// Returns whether the tenant may end a person's rights: always a claim, and authority if the table allows it.
fn tenant_may_end(file: &CaseProjection, person: &Participant) -> bool {
    let given = matches!(person.authority, Authority::Given(_));
    !given || file.rule_for(person).is_none_or(|rule| rule.tenant_may_end)
}

fn may_hand_over(person: &Participant, viewer: &Viewer) -> bool {
    matches!(person.authority, Authority::Given(_)) && person.has_scope(Scope::Speak, viewer.today)
}

fn visible_people(file: &CaseProjection, viewer: &Viewer) -> Vec<CasePerson> {
    let one = |person: &Participant| {
        let state = authority_state(person, viewer.today);
        let rights = match &person.authority {
            Authority::Own => Rights::full(),
            Authority::Claimed(rights) | Authority::Given(rights) => rights.clone(),
            Authority::Refused | Authority::Ended => Rights::default(),
        };
        CasePerson {
            number: person.number,
            role: person.role,
            name: person.name.clone(),
            basis: person.basis,
            state,
            scopes: rights.scopes,
            until: rights.until,
            is_here: person.has_joined,
            may_change: is_tenant(&viewer.person) && file.allows(person, ProofKind::Tenant),
            may_end: person.role == ActorRole::Representative
                && !person.authority.is_over()
                && (person.number == viewer.person.number || is_tenant(&viewer.person) && tenant_may_end(file, person)),
        }
    };
    // Without the scope `see`, the viewer sees only the tenant and themselves.
    let (me, all) = (&viewer.person, viewer.person.sees_all(viewer.today));
    let shown = file
        .people
        .iter()
        .filter(|person| all || is_tenant(person) || person.number == me.number);
    shown.map(one).collect()
}

/// Sets what a representative may do from now on, and until when. Only the tenant may call this.
pub async fn set_rights(services: &Services, viewer: &Viewer, person: PersonNumber, rights: Rights) -> Result<(), ConsentError> {
    let (mut case, me) = lock_as_person(services, viewer).await?;
    let target = require_tenant(&me, representative(&case, person))?;
    if !case.file.allows(&target, ProofKind::Tenant) {
        return Err(ConsentError::NotAllowed);
    }
    let rights = rights.checked(case.today)?;
    match &target.authority {
        // The same rights again need no event.
        Authority::Given(before) if *before == rights => {}
        Authority::Given(_) => {
            let event = EventBody::AuthorityChanged {
                person,
                scopes: rights.scopes,
                until: rights.until,
            };
            case.append(services, &actor_of(&me), &event).await?;
        }
        _ => {
            let given = Grant {
                basis: basis_of(&target),
                by: ProofKind::Tenant,
                rights,
                own_device: false,
            };
            authority::give(services, &mut case, &actor_of(&me), &target, given).await?;
        }
    }
    case.commit().await?;
    Ok(())
}

/// Ends a representative's authority. The tenant may end that of others; a representative may end their own.
pub async fn end(services: &Services, viewer: &Viewer, person: PersonNumber) -> Result<(), ConsentError> {
    let (mut case, me) = lock_as_person(services, viewer).await?;
    let (target, reason) = if me.number == person {
        let own = representative(&case, person).map_err(|_| ConsentError::NotAllowed)?;
        (own, Some(STOPPED))
    } else {
        (require_tenant(&me, representative(&case, person))?, None)
    };
    if me.number != person && !tenant_may_end(&case.file, &target) {
        return Err(ConsentError::NotAllowed);
    }
    if !target.authority.is_over() {
        authority::end(services, &mut case, &actor_of(&me), &target, reason).await?;
    }
    case.commit().await?;
    Ok(())
}

/// Lets the tenant continue the complaint without representatives.
pub async fn take_over(services: &Services, viewer: &Viewer) -> Result<(), ConsentError> {
    let (mut case, me) = lock_as_person(services, viewer).await?;
    if !is_tenant(&me) || !case.file.people.iter().all(|person| tenant_may_end(&case.file, person)) {
        return Err(ConsentError::NotAllowed);
    }
    authority::take_over(services, &mut case, &actor_of(&me)).await?;
    case.commit().await?;
    Ok(())
}

/// Asks the tenant again about a representative whose claim waits for the answer.
///
/// The email goes to the typed address, or else to the one in the complaint. After an email has bounced an address must be
/// typed.
pub async fn ask_again(services: &Services, viewer: &Viewer, typed: &str) -> Result<(), ConsentError> {
    // What is no address is refused before the case is locked.
    form_checks::tenant_email(typed, false)?;
    let (mut case, me) = lock_as_person(services, viewer).await?;
    let Authority::Claimed(asked) = &me.authority else {
        return Err(ConsentError::NotAllowed);
    };
    if !consent_requests::can_ask(&case.file, &me) {
        return Err(ConsentError::NotAllowed);
    }
    let typed = form_checks::tenant_email(typed, me.consent_email_bounced)?;
    let answers = consent_requests::answers(&case)?;
    let to = typed.as_deref().or_else(|| consent_requests::asked_at(&answers));
    consent_requests::ask(services, &mut case, &actor_of(&me), &me, asked, to).await?;
    case.commit().await?;
    services.outbox().wake();
    Ok(())
}

fn require_tenant(me: &Participant, target: Result<Participant, ConsentError>) -> Result<Participant, ConsentError> {
    if me.role == ActorRole::Resident {
        target
    } else {
        Err(ConsentError::NotAllowed)
    }
}

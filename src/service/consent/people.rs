//! Who is on a case, as they see it, and what they say about each other.

use super::{
    ConsentError, asking, basis_of, by,
    giving::{self, Given},
    hold, is_tenant, representative,
};
use crate::complaint::{FieldError, Status};
use crate::complaint::{
    StepId,
    authority::{GivenBy, Rights, Scope},
    case_file::{Authority, CaseFile, PersonOnCase},
    event::{ActorRole, EventBody},
    fields::email,
    form::Choice,
    view::{
        Purpose,
        people::{AuthorityState, CasePeople, CasePerson, Missing},
    },
};
use crate::record::uploads::{self, Model as Upload, Owner, State};
use crate::service::{
    ServiceError, Services,
    people::{Viewer, viewer},
    sessions::Session,
    views,
};

/// Who is on the case. `None` when it is not theirs, the same as for one that does not exist.
///
/// # Errors
/// [`ServiceError`].
pub async fn view(services: &Services, session: &Session, reference: &str) -> Result<Option<CasePeople>, ServiceError> {
    let Some(viewer) = viewer(services, session, reference).await? else {
        return Ok(None);
    };
    let answers = views::answers(&viewer.case.answers)?;
    let waits = viewer.file.standing.status == Status::AwaitingAuthority;
    let files = uploads::list(&services.store().read, Owner::Case(viewer.case.id)).await?;
    let missing = waits.then(|| match answers.text(StepId::Authority, "how") {
        _ if papers(&files).next().is_some() => Missing::Check,
        _ if viewer.person.ask_came_back => Missing::CameBack,
        "ask_resident" => Missing::Answer,
        "upload" => Missing::Check,
        _ => Missing::Paper,
    });
    let tenant = is_tenant(&viewer.person);
    Ok(Some(CasePeople {
        reference: viewer.reference().to_owned(),
        me: viewer.person.number,
        may_manage: tenant,
        may_ask: !tenant && matches!(viewer.person.authority, Authority::Claimed(_)),
        may_hand_over: tenant || may_hand_over(&viewer.person, &viewer),
        may_add_paper: waits && matches!(viewer.person.authority, Authority::Claimed(_)) && viewer.may(Scope::Speak),
        missing,
        by: viewer.file.standing.due.filter(|_| waits),
        people: shown(&viewer.file, &viewer),
    }))
}

/// The papers among the files of a case that may show somebody's right to act: those that were not refused.
pub(in crate::service) fn papers(files: &[Upload]) -> impl Iterator<Item = &Upload> {
    let paper = |file: &&Upload| file.purpose == Purpose::Authority.code() && matches!(file.state, State::Scanning | State::Clean);
    files.iter().filter(paper)
}

fn may_hand_over(person: &PersonOnCase, viewer: &Viewer) -> bool {
    matches!(person.authority, Authority::Given(_)) && person.may(Scope::Speak, viewer.today)
}

fn shown(file: &CaseFile, viewer: &Viewer) -> Vec<CasePerson> {
    let one = |person: &PersonOnCase| {
        let (state, rights) = match &person.authority {
            Authority::Own => (AuthorityState::Own, Rights::full()),
            Authority::Claimed(rights) => (AuthorityState::Waiting, rights.clone()),
            Authority::Given(rights) if rights.until.is_some_and(|until| until < viewer.today) => (AuthorityState::Past, rights.clone()),
            Authority::Given(rights) => (AuthorityState::Given, rights.clone()),
            Authority::Ended => (AuthorityState::Ended, Rights::default()),
        };
        CasePerson {
            number: person.number,
            role: person.role,
            name: person.name.clone(),
            basis: person.basis,
            state,
            scopes: rights.scopes,
            until: rights.until,
            is_here: person.is_here,
        }
    };
    // Without the scope `see`, only the tenant and themselves.
    let (me, all) = (&viewer.person, viewer.person.sees_all(viewer.today));
    let shown = file
        .people
        .iter()
        .filter(|person| all || is_tenant(person) || person.number == me.number);
    shown.map(one).collect()
}

/// The tenant says what somebody may do for them from now on, and until when.
///
/// # Errors
/// [`ConsentError`].
pub async fn set_rights(services: &Services, session: &Session, reference: &str, person: u8, rights: Rights) -> Result<(), ConsentError> {
    let (mut case, me) = hold(services, session, reference).await?;
    let target = of_tenant(&me, representative(&case, person))?;
    let rights = super::rights(&rights.scopes, rights.until, case.today)?;
    match &target.authority {
        // The same again is no news.
        Authority::Given(before) if *before == rights => {}
        Authority::Given(_) => {
            let event = EventBody::AuthorityChanged {
                person,
                scopes: rights.scopes,
                until: rights.until,
            };
            case.append(services, &by(&me), &event).await?;
        }
        _ => {
            let given = Given {
                basis: basis_of(&target),
                by: GivenBy::Tenant,
                rights,
                own_device: false,
            };
            giving::give(services, &mut case, &by(&me), &target, given).await?;
        }
    }
    case.commit().await?;
    Ok(())
}

/// The tenant ends what somebody may do for them. Whoever acts for the tenant may go by themselves, too.
///
/// # Errors
/// [`ConsentError`].
pub async fn end(services: &Services, session: &Session, reference: &str, person: u8) -> Result<(), ConsentError> {
    let (mut case, me) = hold(services, session, reference).await?;
    let target = if me.number == person {
        representative(&case, person).map_err(|_| ConsentError::NotAllowed)?
    } else {
        of_tenant(&me, representative(&case, person))?
    };
    if target.authority != Authority::Ended {
        giving::end(services, &mut case, &by(&me), &target, None).await?;
    }
    case.commit().await?;
    Ok(())
}

/// The tenant goes on with it themselves.
///
/// # Errors
/// [`ConsentError`].
pub async fn take_over(services: &Services, session: &Session, reference: &str) -> Result<(), ConsentError> {
    let (mut case, me) = hold(services, session, reference).await?;
    if !is_tenant(&me) {
        return Err(ConsentError::NotAllowed);
    }
    giving::take_over(services, &mut case, &by(&me)).await?;
    case.commit().await?;
    Ok(())
}

/// Whoever waits for the tenant's answer has them asked again, by an address typed now or the one in the complaint. Once that came back it
/// has to be typed.
///
/// # Errors
/// [`ConsentError`].
pub async fn ask_again(services: &Services, session: &Session, reference: &str, typed: &str) -> Result<(), ConsentError> {
    if !typed.is_empty() && !email::is_plausible(typed) {
        return Err(ConsentError::Wrong(vec![FieldError::new("email", "email_not_plausible")]));
    }
    let (mut case, me) = hold(services, session, reference).await?;
    let Authority::Claimed(asked) = &me.authority else {
        return Err(ConsentError::NotAllowed);
    };
    if me.ask_came_back && typed.is_empty() {
        return Err(ConsentError::Wrong(vec![FieldError::new("email", "consent_email_came_back")]));
    }
    let answers = asking::answers(&case)?;
    let to = Some(typed).filter(|typed| !typed.is_empty()).or_else(|| asking::asked_at(&answers));
    asking::ask(services, &mut case, &by(&me), &me, asked, to).await?;
    case.commit().await?;
    services.outbox().wake();
    Ok(())
}

fn of_tenant(me: &PersonOnCase, target: Result<PersonOnCase, ConsentError>) -> Result<PersonOnCase, ConsentError> {
    if me.role == ActorRole::Resident {
        target
    } else {
        Err(ConsentError::NotAllowed)
    }
}

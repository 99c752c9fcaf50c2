//! Hearing about a case: who is told of an event, and how they are reached.
//!
//! A message is written in the transaction of the event, for everybody who is to hear of it. It says no more than that there is
//! something to read, and holds no address: by which way it goes is decided when it leaves, by the contact plan as it is then
//! ([`routes`]). A way that was not called safe is never used.

pub mod bounces;
pub(super) mod routes;
mod undelivered;

use time::{Date, Duration};
use uuid::Uuid;

use super::{
    ServiceError, Services, mailbox,
    open_case::{Acting, By},
};
use crate::complaint::{
    authority::Scope,
    case_file::{Authority, CaseFile, PersonOnCase},
    event::{ActorRole, EventBody},
};
use crate::notify::{NewNotice, Text};
use crate::record::{
    outbox::{
        State,
        people::{self as messages, NOTICE},
    },
    people::{self, Model as Row},
    sessions,
    store::Write,
};
use crate::text::Language;

pub(super) use routes::courier;
pub(super) use undelivered::undelivered;

/// After so many days nobody needs to be told any more that there was something to read.
const USELESS_AFTER: Duration = Duration::days(14);

/// For so long nobody else takes a message that is being delivered.
const ON_ITS_WAY: Duration = Duration::minutes(5);

/// A case in the transaction of an event that was just appended.
pub(super) struct Here<'a> {
    pub write: &'a Write,
    pub case_id: Uuid,
    /// With the event.
    pub file: &'a CaseFile,
    pub today: Date,
}

/// Does what follows from an event: whoever is to hear of it gets a message, and whose mail goes elsewhere is known by that.
/// Whether anybody on the case knows of it then; `false` only of what everybody is to hear.
pub(super) async fn follow(services: &Services, here: &Here<'_>, acting: Option<Acting>, event: &EventBody) -> Result<bool, ServiceError> {
    if let EventBody::ContactChanged { person, .. } | EventBody::ContactChangeConfirmed { person, .. } = event
        && let Some(moved) = here.file.person(*person)
    {
        move_mailbox(services, here, moved, acting.and_then(|acting| acting.session)).await?;
    }
    let told = told(event);
    if told == Told::Nobody {
        return Ok(true);
    }
    // A tenant who answered by a link, and has no way in, is told by nothing here.
    let is_there = |acting: Acting| here.file.person(acting.person).is_some_and(|person| person.is_here);
    let mut is_known = acting.is_some_and(is_there) || told != Told::Everybody;
    for row in people::list(&here.write.tx(), here.case_id).await? {
        let person = u8::try_from(row.number).ok().and_then(|number| here.file.person(number));
        let Some(person) = person.filter(|_| row.ended_at.is_none()) else {
            continue;
        };
        let did_it = acting.is_some_and(|acting| acting.person == person.number);
        let meant = told == Told::Everybody || told == Told::Only(person.number);
        if meant && !did_it && hears(person, here.today) {
            write_to(services, here, &row, event).await?;
            is_known = true;
        }
    }
    Ok(is_known)
}

/// Who acts, where only the name is known: the one of the case's people who is called that and has this role.
pub(super) fn by_name(file: &CaseFile, by: &By) -> Option<Acting> {
    let mut called = file
        .people
        .iter()
        .filter(|person| person.role == by.role && Some(&person.name) == by.name.as_ref());
    let one = called
        .next()
        .filter(|_| matches!(by.role, ActorRole::Resident | ActorRole::Representative))?;
    called.next().is_none().then_some(Acting {
        person: one.number,
        session: None,
    })
}

/// Who is told of an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Nobody,
    Everybody,
    /// The one with this number.
    Only(u8),
}

/// Who is told of it. Each new kind of event has to be decided here.
fn told(event: &EventBody) -> Told {
    match event {
        EventBody::StatusChanged { .. }
        | EventBody::MessageSent { .. }
        | EventBody::MessageReceived { .. }
        | EventBody::DiaryEntry { .. }
        | EventBody::InformationRequested { .. }
        | EventBody::InformationGiven { .. }
        | EventBody::IssueAdded { .. }
        | EventBody::Withdrawn { .. }
        | EventBody::WithdrawalUndone { .. }
        | EventBody::DecisionMade { .. }
        | EventBody::ReviewRequested { .. }
        | EventBody::OrdersMade { .. }
        | EventBody::OrderAnswered { .. }
        | EventBody::NeedActedOn { .. }
        | EventBody::PersonJoined { .. }
        | EventBody::AuthorityAsked { .. }
        | EventBody::AuthorityRequestExpired { .. }
        | EventBody::ConsentRequestBounced { .. }
        | EventBody::AuthorityGiven { .. }
        | EventBody::AuthorityChanged { .. }
        | EventBody::AuthorityEnded { .. }
        | EventBody::FileRefused { .. } => Told::Everybody,
        // Theirs alone: it may be somebody else who got the organisation to do it.
        EventBody::AccessCodeReplaced { person }
        | EventBody::ContactChangeConfirmed { person, .. }
        | EventBody::ContactChangeRefused { person, .. } => Told::Only(*person),
        // Said in the moment it happens, or nothing that others on the case need to know; a new address may be a secret.
        EventBody::Submitted { .. }
        | EventBody::ContactChanged { .. }
        | EventBody::ContactChangeAsked { .. }
        | EventBody::ContactChangeDropped { .. }
        | EventBody::FileReceived { .. }
        | EventBody::FileNotReceived { .. }
        | EventBody::Handover { .. }
        | EventBody::MessageBounced { .. }
        | EventBody::NotTold { .. }
        | EventBody::ContentsCommitted { .. }
        | EventBody::Note { .. } => Told::Nobody,
    }
}

/// Whether somebody gets messages about the case: they may see it, and get the tenant's letters or speak for them, who could not
/// answer what they do not know of.
fn hears(person: &PersonOnCase, today: Date) -> bool {
    let told = |scope| person.may(scope, today);
    let answers = !matches!(person.authority, Authority::Given(_)) || told(Scope::Letters) || told(Scope::Speak);
    told(Scope::See) && answers
}

/// Writes "you have a message". One that waits already will do; after one that has left, the next waits a while.
async fn write_to(services: &Services, here: &Here<'_>, row: &Row, event: &EventBody) -> Result<(), ServiceError> {
    let now = services.now();
    let gap = Duration::minutes(services.settings().notice_gap_minutes.into());
    let before = messages::newest_notice(here.write, row.id).await?;
    // One that waits for its hour, or for the mail server to be back, was taken before; one that is on its way now comes back sooner.
    let later = (now + ON_ITS_WAY).into();
    if before
        .as_ref()
        .is_some_and(|m| m.state == State::Waiting && (m.attempts == 0 || m.due_at > later))
    {
        return Ok(());
    }
    let due_at = before.map_or(now, |m| now.max(m.created_at.time() + gap));
    write_notice(services, here.write, row, event.kind(), due_at).await
}

async fn write_notice(
    services: &Services,
    write: &Write,
    row: &Row,
    about: &str,
    due_at: time::OffsetDateTime,
) -> Result<(), ServiceError> {
    let now = services.now();
    let language = row.language.as_deref().and_then(Language::of_tag).unwrap_or_default();
    let notice = NewNotice {
        channel: NOTICE,
        case_id: Some(row.case_id),
        person_id: row.id,
        language,
        text: Text::Notice { about: about.to_owned() },
        due_at,
        useless_from: now + USELESS_AFTER,
    };
    Ok(services.outbox().add_notice(write, services.entropy(), now, notice).await?)
}

/// Somebody's mail goes elsewhere, or nowhere safe. Whoever reads the old mailbox may have got in by it, with an address or with a
/// reference: every sign-in of theirs ends, but for the one they say it in.
async fn move_mailbox(services: &Services, here: &Here<'_>, person: &PersonOnCase, session: Option<Uuid>) -> Result<(), ServiceError> {
    let rows = people::list(&here.write.tx(), here.case_id).await?;
    let Some(row) = rows.into_iter().find(|row| row.number == i32::from(person.number)) else {
        return Ok(());
    };
    let mailbox = mailbox::of_plan(services, &person.contact);
    if mailbox == row.mailbox {
        return Ok(());
    }
    if row.mailbox.is_some() {
        sessions::remove_all(here.write, &[row.id], None, session).await?;
    }
    Ok(people::set_mailbox(here.write, row.id, mailbox).await?)
}

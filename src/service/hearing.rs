//! Hearing about a case: who is told of an event, and how they are reached.
//!
//! A message is written in the transaction of the event, for everybody who is to hear of it. It says no more than that there is
//! something to read, and holds no address: by which way it goes is decided when it leaves, by the contact plan as it is then
//! ([`routes`]). A way that was not called safe is never used.

pub mod bounces;
pub(super) mod routes;
pub(super) mod told;
mod undelivered;

use time::{Date, Duration};
use uuid::Uuid;

use super::{ServiceError, Services, mailbox, open_case::Acting};
use crate::complaint::{
    authority::Scope,
    case_file::{Authority, CaseFile, PersonOnCase, SENDER},
    event::{ActorRole, EventBody},
};
use crate::notify::{NewNotice, Text, letter};
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
/// Returns the number of a person whom the organisation has to tell, because no message can: where an event concerns everybody and no person
/// on the case knows of it, and where a representative decided something and the tenant has no way in.
pub(super) async fn follow(
    services: &Services,
    here: &Here<'_>,
    acting: Option<Acting>,
    event: &EventBody,
) -> Result<Option<u8>, ServiceError> {
    if let EventBody::ContactChanged { person, .. } | EventBody::ContactChangeConfirmed { person, .. } = event
        && let Some(moved) = here.file.person(*person)
    {
        move_mailbox(services, here, moved, acting.and_then(|acting| acting.session)).await?;
    }
    let told = told(event);
    if told == Told::Nobody {
        return Ok(None);
    }
    let brought_by = match event {
        EventBody::FileReceived { person, .. } => *person,
        _ => None,
    };
    let author = acting.map(|acting| acting.person).or(brought_by);
    // A tenant who answered by a link, and has no way in, is told by nothing here.
    let is_there = |number: u8| here.file.person(number).is_some_and(|person| person.is_here);
    let mut is_known = author.is_some_and(is_there) || told != Told::Everybody;
    for row in people::list(&here.write.tx(), here.case_id).await? {
        let person = u8::try_from(row.number).ok().and_then(|number| here.file.person(number));
        let Some(person) = person.filter(|_| row.ended_at.is_none()) else {
            continue;
        };
        let meant = match told {
            Told::Everybody => true,
            Told::Tenant => person.role == ActorRole::Resident,
            Told::Only(number) => person.number == number,
            Told::Nobody => false,
        };
        let is_news = meant && author != Some(person.number) && person.sees_event(event, author, here.today);
        if is_news && hears(person, here.today) {
            write_to(services, here, &row, person, event).await?;
            is_known = true;
        }
    }
    let tenant = here.file.tenant();
    let decided_for_them = decides(event) && author.is_some_and(|number| acts_for_another(here.file, number));
    if decided_for_them && tenant.is_some_and(|tenant| !tenant.is_here) {
        return Ok(tenant.map(|tenant| tenant.number));
    }
    Ok((!is_known).then(|| tenant.map_or(SENDER, |tenant| tenant.number)))
}

/// Whether an event is an act for which the tenant gave the scope `decide`.
fn decides(event: &EventBody) -> bool {
    matches!(
        event,
        EventBody::ReviewRequested { .. } | EventBody::IssueAdded { .. } | EventBody::Withdrawn { .. } | EventBody::WithdrawalUndone { .. }
    )
}

fn acts_for_another(file: &CaseFile, number: u8) -> bool {
    file.person(number).is_some_and(|person| person.role == ActorRole::Representative)
}

/// Who is told of an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Nobody,
    Everybody,
    /// The tenant, unless they did it.
    Tenant,
    /// The one with this number.
    Only(u8),
}

/// Who is told of it. Each new kind of event has to be decided here.
fn told(event: &EventBody) -> Told {
    match event {
        EventBody::StatusChanged { .. }
        | EventBody::DueChanged { .. }
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
        // It says itself to the person who brought it. The tenant hears what a representative brings.
        EventBody::FileReceived { .. } => Told::Tenant,
        // Theirs alone: it may be somebody else who got the organisation to do it.
        EventBody::AccessCodeReplaced { person }
        | EventBody::ContactChangeConfirmed { person, .. }
        | EventBody::ContactChangeRefused { person, .. } => Told::Only(*person),
        // Said in the moment it happens, or nothing that others on the case need to know; a new address may be a secret.
        EventBody::Submitted { .. }
        | EventBody::FileHeld { .. }
        | EventBody::FileReleased { .. }
        | EventBody::ContactChanged { .. }
        | EventBody::ContactChangeAsked { .. }
        | EventBody::ContactChangeDropped { .. }
        | EventBody::FileNotReceived { .. }
        | EventBody::Handover { .. }
        | EventBody::MessageBounced { .. }
        | EventBody::AuthorityAnswerDoubted { .. }
        | EventBody::NotTold { .. }
        | EventBody::ContentsCommitted { .. }
        | EventBody::ToldByOtherWay { .. }
        | EventBody::Note { .. } => Told::Nobody,
    }
}

/// Whether a person gets messages about the case: they may do something on it, and get the tenant's letters or speak for them, who could
/// not answer what they do not know of. Of which events they hear says what they see.
fn hears(person: &PersonOnCase, today: Date) -> bool {
    let told = |scope| person.may(scope, today);
    let answers = !matches!(person.authority, Authority::Given(_)) || told(Scope::Letters) || told(Scope::Speak);
    person.has_access(today) && answers
}

/// Writes "you have a message". One that waits already will do; after one that has left, the next waits a while.
async fn write_to(services: &Services, here: &Here<'_>, row: &Row, person: &PersonOnCase, event: &EventBody) -> Result<(), ServiceError> {
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
    let own_reference = own_reference(here.file, person);
    write_notice(services, here.write, row, own_reference, event.kind(), due_at).await
}

/// What a person calls the case in their own papers, as a message to them may carry it: nothing that names the tenant.
fn own_reference(file: &CaseFile, person: &PersonOnCase) -> Option<String> {
    let own = letter::in_a_sentence(person.own_reference.as_deref()?)?;
    let lower = own.to_lowercase();
    let tenant = file.tenant().map(|tenant| tenant.name.to_lowercase()).unwrap_or_default();
    let mut names = tenant.split(|c: char| !c.is_alphanumeric()).filter(|name| name.chars().count() > 2);
    (!names.any(|name| lower.contains(name))).then_some(own)
}

async fn write_notice(
    services: &Services,
    write: &Write,
    row: &Row,
    own_reference: Option<String>,
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
        text: Text::Notice {
            about: about.to_owned(),
            own_reference,
        },
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

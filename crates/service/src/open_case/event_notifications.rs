//! Who is notified of an event, in the transaction that appends it.
//!
//! A notification only says that there is something to read, and contains no address. The contact method is chosen when it is
//! sent ([`crate::notifications::routes`]).

use time::{Date, Duration};
use uuid::Uuid;

use crate::{
    ServiceError, Services, mailbox,
    open_case::{ActingParticipant, EventActor},
    stored,
};
use complaint::case::{
    event::{ActorRole, EventBody},
    person_number::{PersonNumber, SENDER},
    representation::Scope,
    state::{Authority, CaseProjection, Participant},
};
use notify::{MessageKind, NewCaseMessage, message};
use record::{
    outbox::{
        State,
        case_messages::{self, NOTICE},
    },
    people::{self, Model as Row},
    sessions,
    store::Write,
};
use text::Language;

/// How long a notification is worth sending.
pub(crate) const USELESS_AFTER: Duration = Duration::days(14);

/// How long a message is leased to the worker that delivers it.
const ON_ITS_WAY: Duration = Duration::minutes(5);

/// A case in the transaction of an event that was just appended.
pub(crate) struct AppendedEvent<'a> {
    pub write: &'a Write,
    pub case_id: Uuid,
    /// The projection of the case, including the event.
    pub file: &'a CaseProjection,
    pub today: Date,
}

/// Notifies the recipients of an event. If a contact plan has changed, also updates the person's mailbox.
///
/// Returns the number of a person whom the organisation has to tell, because no notification can. There are two such cases:
/// - The event concerns everyone, and no one on the case knows of it.
/// - A representative decided something, and the tenant has no access to the case.
pub(crate) async fn notify(
    services: &Services,
    here: &AppendedEvent<'_>,
    acting: Option<ActingParticipant>,
    event: &EventBody,
) -> Result<Option<PersonNumber>, ServiceError> {
    if let EventBody::ContactChanged { person, .. } | EventBody::ContactChangeConfirmed { person, .. } = event
        && let Some(moved) = here.file.person(*person)
    {
        move_mailbox(services, here, moved, acting.and_then(|acting| acting.session)).await?;
    }
    let told = recipients_of(event);
    if told == Recipients::Empty {
        return Ok(None);
    }
    let brought_by = match event {
        EventBody::FileReceived { person, .. } => *person,
        _ => None,
    };
    let author = acting.map(|acting| acting.person).or(brought_by);
    // Only an author with access knows of the event: a tenant who answered by a link without access is not notified here.
    let is_there = |number: PersonNumber| here.file.person(number).is_some_and(|person| person.has_joined);
    let mut is_known = author.is_some_and(is_there) || told != Recipients::AllParticipants;
    for row in people::list(&here.write.tx(), here.case_id).await? {
        let person = stored::participant(here.file, row.number);
        let Some(person) = person.filter(|_| row.ended_at.is_none()) else {
            continue;
        };
        let meant = match told {
            Recipients::AllParticipants => true,
            Recipients::Tenant => person.role == ActorRole::Resident,
            Recipients::Only(number) => person.number == number,
            Recipients::Empty => false,
        };
        let is_news = meant && author != Some(person.number) && person.sees_event(event, author, here.today);
        if is_news && receives_notifications(person, here.today) {
            write_to(services, here, &row, person, event).await?;
            is_known = true;
        }
    }
    let tenant = here.file.tenant();
    let decided_for_them = decides(event) && author.is_some_and(|number| acts_for_another(here.file, number));
    if decided_for_them && tenant.is_some_and(|tenant| !tenant.has_joined) {
        return Ok(tenant.map(|tenant| tenant.number));
    }
    Ok((!is_known).then(|| tenant.map_or(SENDER, |tenant| tenant.number)))
}

/// Returns whether an event is a case action that needs the scope `decide`.
fn decides(event: &EventBody) -> bool {
    matches!(
        event,
        EventBody::ReviewRequested { .. } | EventBody::IssueAdded { .. } | EventBody::Withdrawn { .. } | EventBody::WithdrawalUndone { .. }
    )
}

fn acts_for_another(file: &CaseProjection, number: PersonNumber) -> bool {
    file.person(number).is_some_and(|person| person.role == ActorRole::Representative)
}

/// The recipients of a notification.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Recipients {
    Empty,
    AllParticipants,
    /// The tenant, unless they are the author.
    Tenant,
    /// The person with this number.
    Only(PersonNumber),
}

/// Returns the recipients of an event's notification. Each new kind of event has to be decided here.
fn recipients_of(event: &EventBody) -> Recipients {
    match event {
        EventBody::StatusChanged { .. }
        | EventBody::DueChanged { .. }
        | EventBody::MessageSent { .. }
        | EventBody::MessageReceived { .. }
        | EventBody::DiaryEntry { .. }
        | EventBody::InformationRequested { .. }
        | EventBody::InformationGiven { .. }
        | EventBody::IssueAdded { .. }
        | EventBody::AnswerAdded { .. }
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
        | EventBody::FileRefused { .. } => Recipients::AllParticipants,
        // The uploader sees the result at once. The tenant is notified of what a representative uploads.
        EventBody::FileReceived { .. } => Recipients::Tenant,
        // For this person alone. They are notified even if they seem to have asked: a stranger may have persuaded the
        // organisation.
        EventBody::AccessCodeReplaced { person }
        | EventBody::ContactChangeConfirmed { person, .. }
        | EventBody::ContactChangeRefused { person, .. } => Recipients::Only(*person),
        // Shown to the author at once, or of no concern to other participants. A new address may be a secret.
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
        | EventBody::InformedOtherwise { .. }
        | EventBody::Note { .. } => Recipients::Empty,
    }
}

/// Returns whether a person gets notifications about the case.
///
/// The person must have access. A representative with authority must also get the tenant's letters or speak for the tenant,
/// because the speaker has to know what to answer. A person is notified only of events that they may see.
pub(crate) fn receives_notifications(person: &Participant, today: Date) -> bool {
    let told = |scope| person.has_scope(scope, today);
    let answers = !matches!(person.authority, Authority::Given(_)) || told(Scope::Letters) || told(Scope::Speak);
    person.has_access(today) && answers
}

/// Writes the notification "you have a message". If one waits already, no other is written; after one was sent, the next
/// waits a while.
async fn write_to(
    services: &Services,
    here: &AppendedEvent<'_>,
    row: &Row,
    person: &Participant,
    event: &EventBody,
) -> Result<(), ServiceError> {
    let now = services.now();
    let gap = Duration::minutes(services.settings().notice_gap_minutes.into());
    let before = case_messages::newest_notice(here.write, row.id).await?;
    // A waiting message that was put off, to a later hour or until the mail server answers, is due later than the lease. One
    // that is due sooner may be in delivery right now, too late for this event.
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

/// Returns the person's own reference for the case, for use in a message. `None` if it contains part of the tenant's name.
pub(crate) fn own_reference(file: &CaseProjection, person: &Participant) -> Option<String> {
    let own = message::clean_typed_name(person.own_reference.as_deref()?)?;
    let lower = own.to_lowercase();
    let tenant = file.tenant().map(|tenant| tenant.name.to_lowercase()).unwrap_or_default();
    let mut names = tenant.split(|c: char| !c.is_alphanumeric()).filter(|name| name.chars().count() > 2);
    (!names.any(|name| lower.contains(name))).then_some(own)
}

pub(crate) async fn write_notice(
    services: &Services,
    write: &Write,
    row: &Row,
    own_reference: Option<String>,
    about: &str,
    due_at: time::OffsetDateTime,
) -> Result<(), ServiceError> {
    let now = services.now();
    let language = row.language.as_deref().and_then(Language::of_tag).unwrap_or_default();
    let notice = NewCaseMessage {
        channel: NOTICE,
        case_id: Some(row.case_id),
        person_id: row.id,
        language,
        text: MessageKind::Notice {
            about: about.to_owned(),
            own_reference,
        },
        due_at,
        useless_from: now + USELESS_AFTER,
    };
    Ok(services.outbox().add_notice(write, services.entropy(), now, notice).await?)
}

/// Updates the mailbox of a person whose safe email address has changed.
///
/// A stranger who reads the old mailbox may have signed in through it. So all sessions of the person end, except the one in
/// which they made the change.
async fn move_mailbox(
    services: &Services,
    here: &AppendedEvent<'_>,
    person: &Participant,
    session: Option<Uuid>,
) -> Result<(), ServiceError> {
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

/// Returns the actor of events about messages that did not reach their recipient.
pub(crate) fn delivery_actor() -> EventActor {
    EventActor {
        role: ActorRole::System,
        name: Some("messages".to_owned()),
    }
}

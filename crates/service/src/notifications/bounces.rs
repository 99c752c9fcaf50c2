//! Bounced messages: refused by the mail server during delivery, or reported later by the organisation's mail system.

use uuid::Uuid;

use crate::notifications::{
    routes::{Recipient, asked_about},
    uninformed,
};
use crate::open_case::event_notifications::{delivery_actor, own_reference, write_notice};
use crate::{
    ServiceError, Services,
    access::caller::{self, Caller},
    open_case::{EventActor, OpenCase},
    stored,
};
use complaint::case::event::{ActorRole, EventBody};
use record::{
    RecordError, consents, desk_calls,
    outbox::{
        self, Model, State,
        case_messages::{self as messages, CODE, CONFIRM, CONFIRMATION},
    },
};

/// The recipient of a bounced message.
enum BouncedRecipient {
    /// A person on a case.
    Reader(Box<Recipient>),
    /// A tenant without access, who was asked for consent on the case with this reference.
    Tenant(String),
}

impl BouncedRecipient {
    /// Returns the recipient. `None` if the message concerns no case: a resume link, or a decoy that is never sent.
    async fn of(services: &Services, message: &Model) -> Result<Option<Self>, RecordError> {
        if message.person_id.is_none() {
            return Ok(asked_about(services, message).await?.map(Self::Tenant));
        }
        match Recipient::of(services, message).await {
            Ok(reader) => Ok(Some(Self::Reader(Box::new(reader)))),
            Err(_) if message.case_id.is_none() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn reference(&self) -> &str {
        match self {
            Self::Reader(reader) => &reader.reference,
            Self::Tenant(reference) => reference,
        }
    }
}

/// Handles a message that was refused for good. It ends, the bounce is recorded on the case, and another contact method is
/// tried.
pub(crate) async fn handle_refused(services: &Services, message: &Model, about: &str, way: &str, reason: &str) -> Result<(), ServiceError> {
    let no_case = || ServiceError::internal("the case of a message is missing");
    let to = BouncedRecipient::of(services, message).await?.ok_or_else(no_case)?;
    let mut case = OpenCase::lock(services, to.reference()).await?.ok_or_else(no_case)?;
    messages::set_contact_method(&case.write, message.id, way).await?;
    if outbox::end(&case.write, message, State::GivenUp, services.instant(), Some(reason)).await? {
        note(services, &mut case, &to, message, &delivery_actor(), (about, way, reason)).await?;
    }
    Ok(case.commit().await?)
}

/// Handles a message that is given up for any reason.
///
/// The case records that the person was not informed, which is a task for the desk. A message about no case only ends.
pub(crate) async fn handle_given_up(services: &Services, message: &Model, about: &str, reason: &str) -> Result<(), ServiceError> {
    let to = BouncedRecipient::of(services, message).await?;
    // The sender has the receipt, so a confirmation that is given up is no task either.
    let case = match to.filter(|_| message.channel != CONFIRMATION) {
        Some(to) => OpenCase::lock(services, to.reference()).await?.map(|case| (to, case)),
        None => None,
    };
    let Some((to, mut case)) = case else {
        let write = services.store().begin().await?;
        outbox::end(&write, message, State::GivenUp, services.instant(), Some(reason)).await?;
        return Ok(write.commit().await?);
    };
    if outbox::end(&case.write, message, State::GivenUp, services.instant(), Some(reason)).await? {
        match &to {
            BouncedRecipient::Tenant(_) => note(services, &mut case, &to, message, &delivery_actor(), (about, "email", reason)).await?,
            BouncedRecipient::Reader(reader) => {
                let person = stored::person_number(reader.row.number)?;
                let is_code = [CODE, CONFIRM].contains(&message.channel.as_str());
                // A person may ask for codes again and again: one open task says that none arrives.
                if !is_code || !uninformed::is_uninformed(&case.file, &case.events, person)? {
                    let about = about.to_owned();
                    case.append(services, &delivery_actor(), &EventBody::NotTold { person, about })
                        .await?;
                }
            }
        }
    }
    Ok(case.commit().await?)
}

/// Records a bounce on the case, and writes another notification for a different contact method.
///
/// A code is not sent by another method, because the person asked for it by this one.
async fn note(
    services: &Services,
    case: &mut OpenCase,
    to: &BouncedRecipient,
    message: &Model,
    by: &EventActor,
    (about, way, reason): (&str, &str, &str),
) -> Result<(), ServiceError> {
    let reader = match to {
        BouncedRecipient::Reader(reader) => reader,
        BouncedRecipient::Tenant(_) => {
            // A consent request that was sent again since, or is decided, no longer waits for this email.
            let waits = consents::find_requester_of_open(&case.write.tx(), message.consent_id, services.instant()).await?;
            if let Some(person) = waits {
                let person = stored::person_number(person)?;
                let reason = reason.to_owned();
                case.append(services, by, &EventBody::ConsentRequestBounced { person, reason })
                    .await?;
            }
            return Ok(());
        }
    };
    let event = EventBody::MessageBounced {
        person: stored::person_number(reader.row.number)?,
        way: way.to_owned(),
        reason: reason.to_owned(),
    };
    case.append(services, by, &event).await?;
    if ![CODE, CONFIRM].contains(&message.channel.as_str()) {
        let own_reference = reader.person().and_then(|person| own_reference(&reader.file, person));
        write_notice(services, &case.write, &reader.row, own_reference, about, services.now()).await?;
    }
    Ok(())
}

/// Parses the message id in a bounce report: the id alone, or the email's `Message-ID`, `<id@mail.example.org>`.
pub fn message_id(text: &str) -> Option<Uuid> {
    let inner = text.trim().trim_start_matches('<').trim_end_matches('>');
    Uuid::try_parse(inner.split('@').next().unwrap_or_default()).ok()
}

/// Records that a message bounced after it was sent, as the organisation's mail system or gateway reports.
///
/// Returns false if there is no such message. A repeated report changes nothing.
pub async fn report(services: &Services, caller: &Caller, message: Uuid, reason: &str) -> Result<bool, ServiceError> {
    let found = messages::lookup(&services.store().read, message).await?;
    let to = match &found {
        Some(found) => BouncedRecipient::of(services, found).await?,
        None => None,
    };
    let (Some(found), Some(to)) = (&found, to) else {
        caller::note(services, caller, "bounce", None).await?;
        return Ok(found.is_some());
    };
    let Some(mut case) = OpenCase::lock(services, to.reference()).await? else {
        return Ok(false);
    };
    if messages::mark_bounced(&case.write, found.id, services.instant()).await? {
        let by = EventActor {
            role: ActorRole::Organisation,
            name: Some(caller.name().to_owned()),
        };
        let way = found.way.as_deref().unwrap_or("email");
        note(services, &mut case, &to, found, &by, ("message_bounced", way, &reason_code(reason))).await?;
    }
    desk_calls::add(&case.write, services.instant(), caller.name(), "bounce", Some(to.reference())).await?;
    case.commit().await?;
    Ok(true)
}

/// Reduces a reason to a code such as `550` or `5.1.1`. The full text of a mail server may quote the address, so it is not
/// stored.
fn reason_code(reason: &str) -> String {
    let is_code = (1..=10).contains(&reason.len()) && reason.chars().all(|c| c.is_ascii_digit() || c == '.');
    let code = if is_code { reason } else { messages::BOUNCED };
    code.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_named_by_its_id_or_by_its_mail() {
        let id = "0193f5a0-0000-7000-8000-000000000000";
        for text in [id.to_owned(), format!("<{id}@mail.example.org>"), format!(" {id}@x ")] {
            assert_eq!(message_id(&text).map(|id| id.to_string()).as_deref(), Some(id), "{text}");
        }
        for text in ["", "<>", "wren@example.org"] {
            assert_eq!(message_id(text), None, "{text}");
        }
    }

    #[test]
    fn a_reason_keeps_no_address() {
        assert_eq!(reason_code("5.1.1"), "5.1.1");
        for other in ["550 <wren@example.org> unknown", "wren.example", "", &"5".repeat(500)] {
            assert_eq!(reason_code(other), "bounced");
        }
    }
}

//! Messages that came back: refused at the door of the mail server, or reported later by the organisation's mail system.

use uuid::Uuid;

use super::{
    routes::{Reader, courier},
    write_notice,
};
use crate::complaint::event::{ActorRole, EventBody};
use crate::record::{
    desk_calls,
    outbox::{
        self, Model, State,
        people::{self as messages, CODE, CONFIRM},
    },
};
use crate::service::{
    ServiceError, Services,
    desk::Caller,
    open_case::{By, OpenCase},
};

/// A message was refused for good on its way: it ends, the case says so, and the person is told by another way if there is one.
pub(super) async fn on_the_way(services: &Services, message: &Model, about: &str, way: &str, reason: &str) -> Result<(), ServiceError> {
    let reader = Reader::of(services, message).await?;
    let Some(mut case) = OpenCase::hold(services, &reader.reference).await? else {
        return Err(ServiceError::internal("a message about no case"));
    };
    let write = &case.write;
    messages::set_way(write, message.id, way).await?;
    if outbox::end(write, message, State::GivenUp, services.instant(), Some(reason)).await? {
        note(services, &mut case, &reader, message, &courier(), (about, way, reason)).await?;
    }
    Ok(case.commit().await?)
}

/// Puts it on the case. A code is not sent again by another way: it was asked for by this one.
async fn note(
    services: &Services,
    case: &mut OpenCase,
    reader: &Reader,
    message: &Model,
    by: &By,
    (about, way, reason): (&str, &str, &str),
) -> Result<(), ServiceError> {
    let event = EventBody::MessageBounced {
        person: u8::try_from(reader.row.number).unwrap_or_default(),
        way: way.to_owned(),
        reason: reason.to_owned(),
    };
    case.append(services, by, &event).await?;
    if ![CODE, CONFIRM].contains(&message.channel.as_str()) {
        write_notice(services, &case.write, &reader.row, about, services.now()).await?;
    }
    Ok(())
}

/// The message that a bounce is about: its id, alone or as the mail's `Message-ID` has it, `<id@mail.example.org>`.
#[must_use]
pub fn message_id(text: &str) -> Option<Uuid> {
    let inner = text.trim().trim_start_matches('<').trim_end_matches('>');
    Uuid::try_parse(inner.split('@').next().unwrap_or_default()).ok()
}

/// The organisation's mail system, or its gateway, says that a message came back after it had left. False when there is no such
/// message. The same again changes nothing.
///
/// # Errors
/// [`ServiceError`].
pub async fn report(services: &Services, caller: &Caller, message: Uuid, reason: &str) -> Result<bool, ServiceError> {
    let Some(found) = messages::lookup(&services.store().read, message).await? else {
        crate::service::desk::note(services, caller, "bounce", None).await?;
        return Ok(false);
    };
    if found.person_id.is_none() {
        // A link to a draft: there is no case to put it on.
        crate::service::desk::note(services, caller, "bounce", None).await?;
        return Ok(true);
    }
    let reader = match Reader::of(services, &found).await {
        Ok(reader) => reader,
        // One that nobody was to get.
        Err(_) if found.case_id.is_none() => {
            crate::service::desk::note(services, caller, "bounce", None).await?;
            return Ok(true);
        }
        Err(error) => return Err(error.into()),
    };
    let Some(mut case) = OpenCase::hold(services, &reader.reference).await? else {
        return Ok(false);
    };
    if messages::came_back(&case.write, found.id, services.instant()).await? {
        let by = By {
            role: ActorRole::Organisation,
            name: Some(caller.name().to_owned()),
        };
        let way = found.way.clone().unwrap_or_else(|| "email".to_owned());
        let reason = tidy(reason);
        note(services, &mut case, &reader, &found, &by, ("message_bounced", &way, &reason)).await?;
    }
    desk_calls::add(&case.write, services.instant(), caller.name(), "bounce", Some(&reader.reference)).await?;
    case.commit().await?;
    Ok(true)
}

/// A reason as it is kept: a code such as `550` or `5.1.1`. What a mail server wrote in full may quote the address, so nothing else
/// is.
fn tidy(reason: &str) -> String {
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
        assert_eq!(tidy("5.1.1"), "5.1.1");
        for other in ["550 <wren@example.org> unknown", "wren.example", "", &"5".repeat(500)] {
            assert_eq!(tidy(other), "bounced");
        }
    }
}

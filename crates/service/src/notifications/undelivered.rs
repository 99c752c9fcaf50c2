//! The undelivered messages of a case, as the desk sees them.

use uuid::Uuid;

use crate::{Services, stored};
use complaint::case::person_number::TENANT_BEHIND;
use contract::desk::Undelivered;
use record::{RecordError, outbox::case_messages as messages, people};

/// Lists the messages of a case that were given up.
pub(crate) async fn undelivered(services: &Services, case_id: Uuid) -> Result<Vec<Undelivered>, RecordError> {
    let db = &services.store().read;
    let rows = people::list(db, case_id).await?;
    let number = |person: Option<Uuid>| match person {
        Some(person) => {
            let row = rows.iter().find(|row| row.id == person);
            stored::person_number(
                row.ok_or_else(|| RecordError::corrupt("the recipient of a message is missing"))?
                    .number,
            )
        }
        // A message of a case to none of its people asks the tenant, who has no access yet.
        None => Ok(TENANT_BEHIND),
    };
    let given_up = messages::undelivered(db, case_id).await?;
    let shown = given_up.into_iter().map(|message| {
        Ok(Undelivered {
            message: message.id.to_string(),
            person: number(message.person_id)?,
            way: message.way,
            tries: message.attempts.unsigned_abs(),
            given_up_at: message.ended_at.unwrap_or(message.created_at).rfc3339(),
            reason: message.last_error.unwrap_or_default(),
        })
    });
    shown.collect()
}

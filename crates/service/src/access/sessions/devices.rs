//! Listing the devices on which a person is signed in, and ending those sessions.

use uuid::Uuid;

use crate::access::sessions::Session;
use crate::{ServiceError, Services, access::viewer, london::moment};
use contract::sessions::SignIn;
use record::sessions;

/// Returns the people and the mailbox whose sessions the caller may list and end.
///
/// The mailbox is included because sessions that it opened on other devices open the same cases.
async fn own(services: &Services, session: &Session) -> Result<(Vec<Uuid>, Option<Vec<u8>>), ServiceError> {
    let rows = viewer::people_of_session(services, session).await?;
    let shown = rows.iter().find(|row| row.mailbox_confirmed_at.is_some());
    let mailbox = session.mailbox.clone().or_else(|| shown.and_then(|row| row.mailbox.clone()));
    Ok((rows.into_iter().map(|row| row.id).collect(), mailbox))
}

/// Lists the sessions of the person, the last used first.
pub async fn list(services: &Services, session: &Session) -> Result<Vec<SignIn>, ServiceError> {
    let (people, mailbox) = own(services, session).await?;
    let live = sessions::list(&services.store().read, &people, mailbox.as_deref(), services.instant());
    let shown = live.await?.into_iter().map(|row| SignIn {
        here: row.id == session.id,
        id: row.id.to_string(),
        device: row.device,
        remembered: row.remembered,
        begun: moment(row.created_at),
        used: moment(row.seen_at),
        ends: moment(row.expires_at),
    });
    Ok(shown.collect())
}

/// Ends one of the person's sessions. Returns false if they have none with this id.
pub async fn end(services: &Services, session: &Session, id: Uuid) -> Result<bool, ServiceError> {
    let (people, mailbox) = own(services, session).await?;
    let write = services.store().begin().await?;
    let ended = sessions::remove(&write, &people, mailbox.as_deref(), id).await?;
    write.commit().await?;
    Ok(ended)
}

/// Ends all of the person's sessions but this one. Returns the number of sessions.
pub async fn end_others(services: &Services, session: &Session) -> Result<u64, ServiceError> {
    let (people, mailbox) = own(services, session).await?;
    let write = services.store().begin().await?;
    let ended = sessions::remove_all(&write, &people, mailbox.as_deref(), Some(session.id)).await?;
    write.commit().await?;
    Ok(ended)
}

impl Session {
    /// Returns whether this session has the id.
    pub fn is(&self, id: Uuid) -> bool {
        self.id == id
    }
}

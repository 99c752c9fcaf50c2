//! Messages to people on a case. They contain no address: the delivery worker asks for the recipient's current
//! contact method just before delivery.

use sea_orm::{
    ActiveValue::Set,
    QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{LockBehavior, LockType},
};
use uuid::Uuid;

use crate::outbox::{ActiveModel, Column, Entity, Model, State};
use crate::{Instant, RecordError, store::Write};

/// The channel of "you have a message".
pub const NOTICE: &str = "notice";

/// The channel of the confirmation that a complaint has arrived.
pub const CONFIRMATION: &str = "confirmation";

/// The channel of a sign-in code.
pub const CODE: &str = "code";

/// The channel of a code that confirms a change of contact details.
pub const CONFIRM: &str = "confirm";

/// The channel of a consent request by email to a tenant without access to the case. The representative gave the
/// address.
pub const CONSENT: &str = "consent";

/// The channel of a message without a recipient. It is written when an unknown person asks for a code, so that the
/// request takes as long as for a known one.
pub const NO_RECIPIENT: &str = "none";

/// The `last_error` codes of messages that are rightly not sent.
pub const NOT_SENT: [&str; 3] = [BY_CHOICE, NO_ACCESS, NO_CONTACT_METHOD];

/// The person chose to get no messages and to read everything after signing in.
pub const BY_CHOICE: &str = "by_choice";

/// The person may not see the case any more, or the consent request has been answered.
pub const NO_ACCESS: &str = "no_right";

/// The person has no safe contact method.
pub const NO_CONTACT_METHOD: &str = "no_way";

/// The `last_error` code of a message that bounced after it had been delivered.
pub const BOUNCED: &str = "bounced";

pub async fn lookup(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Lists the emails about a case that contain the links of these consent requests.
pub async fn list_consent_emails(db: &impl ConnectionTrait, case_id: Uuid, consents: &[Uuid]) -> Result<Vec<Model>, RecordError> {
    let asking = Entity::find()
        .filter(Column::CaseId.eq(case_id))
        .filter(Column::ConsentId.is_in(consents.iter().copied()));
    Ok(asking.all(db).await?)
}

/// Finds the newest notice to a person and locks it until the transaction ends. Delivery workers skip it meanwhile.
pub async fn newest_notice(write: &Write, person_id: Uuid) -> Result<Option<Model>, RecordError> {
    let notices = Entity::find()
        .filter(Column::PersonId.eq(person_id))
        .filter(Column::Channel.eq(NOTICE))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(1)
        // A notice that a delivery worker is taking right now counts as sent and is skipped.
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    Ok(notices.one(&write.tx()).await?)
}

/// Lists a case's given-up messages that should have been delivered, oldest first.
pub async fn undelivered(db: &impl ConnectionTrait, case_id: Uuid) -> Result<Vec<Model>, RecordError> {
    let given_up = Entity::find()
        .filter(Column::CaseId.eq(case_id))
        .filter(Column::State.eq(State::GivenUp))
        .filter(Column::LastError.is_not_in(NOT_SENT));
    Ok(given_up.order_by_asc(Column::Id).all(db).await?)
}

/// Records the contact method by which a message leaves.
pub async fn set_contact_method(write: &Write, id: Uuid, way: &str) -> Result<(), RecordError> {
    let way = ActiveModel {
        way: Set(Some(way.to_owned())),
        ..Default::default()
    };
    Entity::update_many().set(way).filter(Column::Id.eq(id)).exec(&write.tx()).await?;
    Ok(())
}

/// Records that a delivered message bounced. Returns false if that is recorded already or the message never left.
pub async fn mark_bounced(write: &Write, id: Uuid, at: Instant) -> Result<bool, RecordError> {
    let back = ActiveModel {
        state: Set(State::GivenUp),
        ended_at: Set(Some(at)),
        last_error: Set(Some(BOUNCED.to_owned())),
        ..Default::default()
    };
    let delivered = Entity::update_many()
        .set(back)
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Delivered));
    Ok(delivered.exec(&write.tx()).await?.rows_affected > 0)
}

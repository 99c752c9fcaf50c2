//! People who have, or had, access to a case.

use sea_orm::{
    ActiveValue::Set,
    IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Alias, Expr, ExprTrait},
};
use uuid::Uuid;

use crate::{Instant, RecordError, store::Write};

/// A person on one case. The case's events determine what the person may do there.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "people")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    /// The person number: the person's number on the case, from 1.
    pub number: i32,
    /// The access code hashed with argon2id, in PHC format; `None` if the person has no code.
    pub access_code_hash: Option<String>,
    /// A fingerprint of the email address that the person's messages go to.
    pub mailbox: Option<Vec<u8>>,
    /// When the person proved that they read this mailbox. Until then the address alone does not sign them in.
    pub mailbox_confirmed_at: Option<Instant>,
    /// The tag of the language that the person used last, if known.
    pub language: Option<String>,
    pub created_at: Instant,
    /// When the person lost access to the case.
    pub ended_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub async fn lookup(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Lists everyone on a case by person number.
pub async fn list(db: &impl ConnectionTrait, case_id: Uuid) -> Result<Vec<Model>, RecordError> {
    let people = Entity::find().filter(Column::CaseId.eq(case_id));
    Ok(people.order_by_asc(Column::Number).all(db).await?)
}

/// Finds the first person with access to a case who uses this mailbox, whether it is confirmed or not.
pub async fn find_by_mailbox(db: &impl ConnectionTrait, case_id: Uuid, mailbox: &[u8]) -> Result<Option<Model>, RecordError> {
    let people = Entity::find()
        .filter(Column::CaseId.eq(case_id))
        .filter(Column::Mailbox.eq(mailbox))
        .filter(Column::EndedAt.is_null());
    Ok(people.order_by_asc(Column::Number).one(db).await?)
}

/// Lists the people on all cases who have confirmed this mailbox and still have access, newest first.
pub async fn list_by_mailbox(db: &impl ConnectionTrait, mailbox: &[u8]) -> Result<Vec<Model>, RecordError> {
    let people = Entity::find()
        .filter(Column::Mailbox.eq(mailbox))
        .filter(Column::MailboxConfirmedAt.is_not_null())
        .filter(Column::EndedAt.is_null());
    Ok(people.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).all(db).await?)
}

/// Inserts a person.
///
/// # Errors
/// [`RecordError::Duplicate`] if the number is taken.
pub async fn add(write: &Write, person: Model) -> Result<(), RecordError> {
    Entity::insert(person.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Replaces a person's access code; the previous one stops working.
pub async fn set_access_code(write: &Write, id: Uuid, hash: &str) -> Result<(), RecordError> {
    change(
        write,
        id,
        ActiveModel {
            access_code_hash: Set(Some(hash.to_owned())),
            ..Default::default()
        },
    )
    .await
}

/// Sets the mailbox that a person's messages go to. The new mailbox is unconfirmed.
pub async fn set_mailbox(write: &Write, id: Uuid, mailbox: Option<Vec<u8>>) -> Result<(), RecordError> {
    change(
        write,
        id,
        ActiveModel {
            mailbox: Set(mailbox),
            mailbox_confirmed_at: Set(None),
            ..Default::default()
        },
    )
    .await
}

/// The column that marks a fingerprint made before addresses were normalised to one spelling.
///
/// It is not part of [`Model`], because rows added since then never have it set.
fn as_typed() -> Alias {
    Alias::new("mailbox_as_typed")
}

/// Lists people whose mailbox fingerprint was made from the address as typed.
pub async fn list_mailboxes_as_typed(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Model>, RecordError> {
    let typed = Entity::find()
        .filter(Expr::col(as_typed()).eq(true))
        .order_by_asc(Column::Id)
        .limit(limit);
    Ok(typed.all(db).await?)
}

/// Replaces a fingerprint made from the address as typed by that of the normalised address. The mailbox stays
/// confirmed.
pub async fn respell_mailbox(write: &Write, id: Uuid, mailbox: Option<Vec<u8>>) -> Result<(), RecordError> {
    Entity::update_many()
        .col_expr(Column::Mailbox, Expr::value(mailbox))
        .col_expr(as_typed(), Expr::value(false))
        .filter(Column::Id.eq(id))
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// Records that the person has proved that they read their mailbox.
pub async fn confirm_mailbox(write: &Write, id: Uuid, at: Instant) -> Result<(), RecordError> {
    change(
        write,
        id,
        ActiveModel {
            mailbox_confirmed_at: Set(Some(at)),
            ..Default::default()
        },
    )
    .await
}

pub async fn set_language(write: &Write, id: Uuid, language: &str) -> Result<(), RecordError> {
    change(
        write,
        id,
        ActiveModel {
            language: Set(Some(language.to_owned())),
            ..Default::default()
        },
    )
    .await
}

/// Ends a person's access to the case at `at`, or restores it with `None`.
pub async fn set_ended(write: &Write, id: Uuid, at: Option<Instant>) -> Result<(), RecordError> {
    change(
        write,
        id,
        ActiveModel {
            ended_at: Set(at),
            ..Default::default()
        },
    )
    .await
}

async fn change(write: &Write, id: Uuid, changed: ActiveModel) -> Result<(), RecordError> {
    Entity::update_many()
        .set(changed)
        .filter(Column::Id.eq(id))
        .exec(&write.tx())
        .await?;
    Ok(())
}

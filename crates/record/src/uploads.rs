//! What the server knows about uploaded files. The `evidence` module stores and inspects their bytes.

pub mod facts;
pub mod unsent;

use sea_orm::{ActiveValue::Set, Condition, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*, sea_query::Expr};
use uuid::Uuid;

use crate::{Instant, RecordError, store::Write, upload_progress};

/// The state of an uploaded file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// Bytes are arriving, or a crash interrupted the upload. It is never shown as a file.
    #[sea_orm(string_value = "receiving")]
    Receiving,
    /// Complete and safely stored. It cannot be opened before it is scanned.
    #[sea_orm(string_value = "scanning")]
    Scanning,
    /// Scanned; nothing was found.
    #[sea_orm(string_value = "clean")]
    Clean,
    /// Scanned and refused; `reason` says why.
    #[sea_orm(string_value = "refused")]
    Refused,
}

impl State {
    /// Returns the code that other systems see.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Scanning => "scanning",
            Self::Clean => "clean",
            Self::Refused => "refused",
        }
    }
}

/// The outcome of making a file's preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum PreviewState {
    #[sea_orm(string_value = "made")]
    Made,
    /// The file cannot be decoded, at least not within the limits.
    #[sea_orm(string_value = "undecodable")]
    Undecodable,
}

/// The draft or case that a file belongs to. A draft's files move to its case when the draft is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Draft(Uuid),
    Case(Uuid),
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "uploads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub draft_id: Option<Uuid>,
    pub case_id: Option<Uuid>,
    /// `evidence`, `landlord_letter` or `authority`.
    pub purpose: String,
    /// The name that the sender gave the file, for display; never a path.
    pub filename: String,
    /// Determined from the content, not from the name. Empty while receiving.
    pub media_type: String,
    /// Size in bytes; while receiving, the announced size, or 0 if none was announced.
    pub bytes: i64,
    /// SHA-256 of the content in lower-case hex; `None` while receiving.
    pub sha256: Option<String>,
    pub state: State,
    /// The code of the reason for refusing the file.
    pub reason: Option<String>,
    /// The storage key of the file's bytes.
    pub storage_key: String,
    /// While receiving, when the upload began; afterwards, when it was complete.
    pub received_at: Instant,
    /// When a picture was taken, by the camera's own clock; see `evidence::inspect::Facts`.
    pub taken_at: Option<String>,
    /// Whether the file contains the location where the picture or film was taken.
    pub has_place: bool,
    /// The caption that the sender gave the file.
    pub caption: Option<String>,
    /// What the file shows, in the sender's words.
    pub shows: Option<String>,
    /// For a copy without location metadata: the SHA-256 of the original in lower-case hex. `None` for an original.
    pub original_sha256: Option<String>,
    /// `None` until the server has tried to make a preview.
    pub preview_state: Option<PreviewState>,
    /// The storage key of the preview.
    pub preview_key: Option<String>,
    /// SHA-256 of the preview in lower-case hex.
    pub preview_sha256: Option<String>,
    /// The preview's size in bytes.
    pub preview_bytes: Option<i64>,
    /// A fingerprint of the network that the file came from, until the complaint is sent; see [`unsent::Source`].
    pub sent_near: Option<Vec<u8>>,
    pub sent_wide: Option<Vec<u8>>,
    /// What the scanner suspects in the file, in the scanner's words. While the state is `scanning`, the file is held
    /// for a decision by a person of the organisation.
    pub suspicion: Option<String>,
}

/// A stored preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub storage_key: String,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
}

impl Model {
    /// Returns the stored preview, if there is one.
    pub fn preview(&self) -> Option<Preview> {
        Some(Preview {
            storage_key: self.preview_key.clone()?,
            sha256: self.preview_sha256.clone()?,
            bytes: self.preview_bytes?.unsigned_abs(),
        })
    }

    /// Returns true if all bytes of the file have arrived.
    pub fn is_complete(&self) -> bool {
        self.state != State::Receiving
    }

    /// Returns true if the file is held for a decision by a person of the organisation.
    pub fn is_held(&self) -> bool {
        self.state == State::Scanning && self.suspicion.is_some()
    }

    /// Returns the network that the file came from, if known.
    pub fn source(&self) -> Option<unsent::Source> {
        Some(unsent::Source {
            near: self.sent_near.clone()?,
            wide: self.sent_wide.clone(),
        })
    }

    /// Returns every storage key that belongs to this file.
    pub fn storage_keys(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.storage_key.as_str()).chain(self.preview_key.as_deref())
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

fn owned_by(owner: Owner) -> Condition {
    Condition::all().add(match owner {
        Owner::Draft(id) => Column::DraftId.eq(id),
        Owner::Case(id) => Column::CaseId.eq(id),
    })
}

/// Finds the file with this id, in any state.
pub async fn lookup(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Lists the owner's complete files, oldest first.
pub async fn list(db: &impl ConnectionTrait, owner: Owner) -> Result<Vec<Model>, RecordError> {
    let files = Entity::find().filter(owned_by(owner)).filter(Column::State.ne(State::Receiving));
    Ok(files.order_by_asc(Column::Id).all(db).await?)
}

/// Lists every row of the owner, including files that are still arriving and uploads interrupted by a crash.
pub async fn list_all(db: &impl ConnectionTrait, owner: Owner) -> Result<Vec<Model>, RecordError> {
    Ok(Entity::find().filter(owned_by(owner)).all(db).await?)
}

/// Returns the number and total bytes of the owner's files, except `but`. Uploads under way count with their
/// announced size.
pub async fn totals(db: &impl ConnectionTrait, owner: Owner, but: Option<Uuid>) -> Result<(u64, u64), RecordError> {
    let mut files = list_all(db, owner).await?;
    files.retain(|f| Some(f.id) != but);
    let bytes = files.iter().map(|f| f.bytes.unsigned_abs()).sum();
    Ok((files.len() as u64, bytes))
}

/// Selects the ids of uploads that can be resumed, or that were and have completed recently.
fn resumable_ids() -> sea_orm::sea_query::SelectStatement {
    upload_progress::Entity::find()
        .select_only()
        .column(upload_progress::Column::UploadId)
        .into_query()
}

/// Lists up to `limit` uploads that began before `before` and cannot be resumed: a crash interrupted them.
pub async fn list_cut_off(db: &impl ConnectionTrait, before: Instant, limit: u64) -> Result<Vec<Model>, RecordError> {
    let rows = Entity::find()
        .filter(Column::State.eq(State::Receiving))
        .filter(Column::ReceivedAt.lt(before))
        .filter(Column::Id.not_in_subquery(resumable_ids()));
    Ok(rows.limit(limit).all(db).await?)
}

/// Lists up to `limit` files with ids after `after`, in id order; used to visit all files page by page.
pub async fn page(db: &impl ConnectionTrait, after: Uuid, limit: u64) -> Result<Vec<Model>, RecordError> {
    let rows = Entity::find().filter(Column::Id.gt(after)).order_by_asc(Column::Id);
    Ok(rows.limit(limit).all(db).await?)
}

pub async fn add(write: &Write, upload: Model) -> Result<(), RecordError> {
    Entity::insert(upload.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Completes a receiving row: stores the file's type, size, hash, facts and owner in one statement.
///
/// Returns false if the row is gone or no longer receiving.
pub async fn complete(write: &Write, upload: &Model) -> Result<bool, RecordError> {
    let changed = ActiveModel {
        media_type: Set(upload.media_type.clone()),
        bytes: Set(upload.bytes),
        sha256: Set(upload.sha256.clone()),
        state: Set(State::Scanning),
        received_at: Set(upload.received_at),
        taken_at: Set(upload.taken_at.clone()),
        has_place: Set(upload.has_place),
        draft_id: Set(upload.draft_id),
        case_id: Set(upload.case_id),
        sent_near: Set(upload.sent_near.clone().filter(|_| upload.case_id.is_none())),
        sent_wide: Set(upload.sent_wide.clone().filter(|_| upload.case_id.is_none())),
        ..Default::default()
    };
    let receiving = Entity::update_many()
        .set(changed)
        .filter(Column::Id.eq(upload.id))
        .filter(Column::State.eq(State::Receiving));
    Ok(receiving.exec(&write.tx()).await?.rows_affected > 0)
}

/// Moves a draft's files to the case that it became, including resumable uploads under way.
///
/// An unfinished upload that cannot be resumed stays with the draft.
pub async fn give_to_case(write: &Write, draft_id: Uuid, case_id: Uuid) -> Result<(), RecordError> {
    let goes_on = Condition::any()
        .add(Column::State.ne(State::Receiving))
        .add(Column::Id.in_subquery(resumable_ids()));
    Entity::update_many()
        .col_expr(Column::CaseId, Expr::value(case_id))
        .col_expr(Column::DraftId, Expr::value(Option::<Uuid>::None))
        .col_expr(Column::SentNear, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(Column::SentWide, Expr::value(Option::<Vec<u8>>::None))
        .filter(Column::DraftId.eq(draft_id))
        .filter(goes_on)
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// Deletes the row of an unfinished upload. Returns false if there was none.
pub async fn remove_unfinished(write: &Write, id: Uuid) -> Result<bool, RecordError> {
    let row = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Receiving));
    Ok(row.exec(&write.tx()).await?.rows_affected > 0)
}

/// Deletes the row. Returns false if there was none.
pub async fn remove(write: &Write, id: Uuid) -> Result<bool, RecordError> {
    Ok(Entity::delete_by_id(id).exec(&write.tx()).await?.rows_affected > 0)
}

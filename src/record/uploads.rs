//! Files people sent: what is known about them. The bytes are the business of `evidence`.

pub mod facts;
pub mod unsent;

use sea_orm::{ActiveValue::Set, Condition, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*, sea_query::Expr};
use uuid::Uuid;

use super::{Instant, RecordError, progress, store::Write};

/// How far a file has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// Bytes are arriving, or a crash left it so. Not a file anybody is shown.
    #[sea_orm(string_value = "receiving")]
    Receiving,
    /// All here and safely stored; nobody may open it before it was scanned.
    #[sea_orm(string_value = "scanning")]
    Scanning,
    /// Scanned, nothing found.
    #[sea_orm(string_value = "clean")]
    Clean,
    /// Scanned and not acceptable; `reason` says why.
    #[sea_orm(string_value = "refused")]
    Refused,
}

impl State {
    /// The code other systems see.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Scanning => "scanning",
            Self::Clean => "clean",
            Self::Refused => "refused",
        }
    }
}

/// What has become of a file's preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum PreviewState {
    #[sea_orm(string_value = "made")]
    Made,
    /// It cannot be decoded, or not within the limits.
    #[sea_orm(string_value = "undecodable")]
    Undecodable,
}

/// Whose file it is. A draft's files become the case's when it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Draft(Uuid),
    Case(Uuid),
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "uploads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub draft_id: Option<Uuid>,
    pub case_id: Option<Uuid>,
    /// `evidence`, `landlord_letter` or `authority`.
    pub purpose: String,
    /// The name its owner gave it, for showing; never a path.
    pub filename: String,
    /// Found from the content, not believed from the name. Empty while receiving.
    pub media_type: String,
    /// Size in bytes; while receiving, what was announced, or 0 when nothing was.
    pub bytes: i64,
    /// SHA-256 of the content in lower-case hex; none while receiving.
    pub sha256: Option<String>,
    pub state: State,
    /// Why it was refused.
    pub reason: Option<String>,
    /// Where the bytes are.
    pub storage_key: String,
    /// When it began to arrive, then when it was all there.
    pub received_at: Instant,
    /// When the camera says a picture was taken, by its own clock; see `evidence::examine::Facts`.
    pub taken_at: Option<String>,
    /// Whether it says where a picture or film was taken.
    pub has_place: bool,
    /// What its owner calls it.
    pub caption: Option<String>,
    /// What its owner says it shows.
    pub shows: Option<String>,
    /// For a copy that was made without the place: the SHA-256 of what was sent, in lower-case hex. None for an original.
    pub original_sha256: Option<String>,
    /// None as long as nobody has tried to make a preview.
    pub preview_state: Option<PreviewState>,
    /// Where the preview's bytes are.
    pub preview_key: Option<String>,
    /// SHA-256 of the preview in lower-case hex.
    pub preview_sha256: Option<String>,
    /// The preview's size in bytes.
    pub preview_bytes: Option<i64>,
    /// Where it came from, see [`unsent::Source`]. Kept until the complaint is sent.
    pub sent_near: Option<Vec<u8>>,
    pub sent_wide: Option<Vec<u8>>,
    /// What the scanner suspects in it, in the scanner's words. As long as the file is `scanning` it is held for a person of the
    /// organisation to decide about.
    pub suspicion: Option<String>,
}

/// A preview that is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub storage_key: String,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
}

impl Model {
    /// Its preview, when there is one.
    #[must_use]
    pub fn preview(&self) -> Option<Preview> {
        Some(Preview {
            storage_key: self.preview_key.clone()?,
            sha256: self.preview_sha256.clone()?,
            bytes: self.preview_bytes?.unsigned_abs(),
        })
    }

    /// Whether it waits for a person of the organisation to decide about it.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.state == State::Scanning && self.suspicion.is_some()
    }

    /// Where it came from, when that is known.
    #[must_use]
    pub fn source(&self) -> Option<unsent::Source> {
        Some(unsent::Source {
            near: self.sent_near.clone()?,
            wide: self.sent_wide.clone(),
        })
    }

    /// Every place in storage that holds something of this file.
    pub fn storage_keys(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.storage_key.as_str()).chain(self.preview_key.as_deref())
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::drafts::Entity", from = "Column::DraftId", to = "super::drafts::Column::Id")]
    Draft,
}

impl Related<super::drafts::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Draft.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

fn owned_by(owner: Owner) -> Condition {
    Condition::all().add(match owner {
        Owner::Draft(id) => Column::DraftId.eq(id),
        Owner::Case(id) => Column::CaseId.eq(id),
    })
}

/// The file with this id, in any state.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn lookup(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// The owner's files that are all here, oldest first.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list(db: &impl ConnectionTrait, owner: Owner) -> Result<Vec<Model>, RecordError> {
    let files = Entity::find().filter(owned_by(owner)).filter(Column::State.ne(State::Receiving));
    Ok(files.order_by_asc(Column::Id).all(db).await?)
}

/// Every row of the owner, those cut off by a crash too: for forgetting a draft.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list_all(db: &impl ConnectionTrait, owner: Owner) -> Result<Vec<Model>, RecordError> {
    Ok(Entity::find().filter(owned_by(owner)).all(db).await?)
}

/// How many files the owner has and their bytes together, those on their way with what they announced. `but` is left out.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn totals(db: &impl ConnectionTrait, owner: Owner, but: Option<Uuid>) -> Result<(u64, u64), RecordError> {
    let mut files = list_all(db, owner).await?;
    files.retain(|f| Some(f.id) != but);
    let bytes = files.iter().map(|f| f.bytes.unsigned_abs()).sum();
    Ok((files.len() as u64, bytes))
}

/// The ids of uploads that somebody may go on with, or has lately.
fn on_their_way() -> sea_orm::sea_query::SelectStatement {
    progress::Entity::find()
        .select_only()
        .column(progress::Column::UploadId)
        .into_query()
}

/// Up to `limit` uploads that began before `before` and that nobody can go on with: what a crash left of files that come
/// in one go.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list_cut_off(db: &impl ConnectionTrait, before: Instant, limit: u64) -> Result<Vec<Model>, RecordError> {
    let rows = Entity::find()
        .filter(Column::State.eq(State::Receiving))
        .filter(Column::ReceivedAt.lt(before))
        .filter(Column::Id.not_in_subquery(on_their_way()));
    Ok(rows.limit(limit).all(db).await?)
}

/// Up to `limit` files with ids after `after`, in their order: for going through all of them.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn page(db: &impl ConnectionTrait, after: Uuid, limit: u64) -> Result<Vec<Model>, RecordError> {
    let rows = Entity::find().filter(Column::Id.gt(after)).order_by_asc(Column::Id);
    Ok(rows.limit(limit).all(db).await?)
}

/// Adds a row.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn add(write: &Write, upload: Model) -> Result<(), RecordError> {
    Entity::insert(upload.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Turns a receiving row into a file: what it is, how big, its hash, whose it is, all at once. False when the row is no longer
/// there or no longer receiving.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn received(write: &Write, upload: &Model) -> Result<bool, RecordError> {
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

/// Gives a draft's files to the case it became, also those that are announced and on their way; the draft has them no longer.
/// What comes in one go and is not here yet stays the draft's: nobody can go on with it.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn give_to_case(write: &Write, draft_id: Uuid, case_id: Uuid) -> Result<(), RecordError> {
    let goes_on = Condition::any()
        .add(Column::State.ne(State::Receiving))
        .add(Column::Id.in_subquery(on_their_way()));
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

/// Removes the row of a file that is not all here. Whether there was such a one.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove_unfinished(write: &Write, id: Uuid) -> Result<bool, RecordError> {
    let row = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Receiving));
    Ok(row.exec(&write.tx()).await?.rows_affected > 0)
}

/// Removes the row. Whether it was there.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn remove(write: &Write, id: Uuid) -> Result<bool, RecordError> {
    Ok(Entity::delete_by_id(id).exec(&write.tx()).await?.rows_affected > 0)
}

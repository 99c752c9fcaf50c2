//! Marks of cases, by which a server notices that a case has changed: also through another server or the command line.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{QuerySelect, entity::prelude::*};
use uuid::Uuid;

use crate::{RecordError, events, uploads};

/// The mark of one case. It differs whenever the case has got an event or a file, or a file's scan or preview is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseMark {
    /// The number of the newest event.
    newest: i32,
    /// By state of files: how many there are, how many have been tried for a preview, and how many are suspected.
    files: BTreeMap<String, [i64; 3]>,
}

/// Returns the marks of these cases, by case id.
pub async fn list(db: &impl ConnectionTrait, cases: &[Uuid]) -> Result<HashMap<Uuid, CaseMark>, RecordError> {
    let mut marks: HashMap<Uuid, CaseMark> = HashMap::new();
    let newest = events::Entity::find()
        .select_only()
        .column(events::Column::CaseId)
        .column_as(events::Column::N.max(), "newest")
        .filter(events::Column::CaseId.is_in(cases.iter().copied()))
        .group_by(events::Column::CaseId);
    let newest: Vec<(Uuid, i32)> = newest.into_tuple().all(db).await?;
    for (case, newest) in newest {
        marks.entry(case).or_default().newest = newest;
    }
    let files = uploads::Entity::find()
        .select_only()
        .column(uploads::Column::CaseId)
        .column(uploads::Column::State)
        .column_as(uploads::Column::Id.count(), "files")
        .column_as(uploads::Column::PreviewState.count(), "previews")
        .column_as(uploads::Column::Suspicion.count(), "suspected")
        .filter(uploads::Column::CaseId.is_in(cases.iter().copied()))
        .group_by(uploads::Column::CaseId)
        .group_by(uploads::Column::State);
    let files: Vec<(Uuid, String, i64, i64, i64)> = files.into_tuple().all(db).await?;
    for (case, state, count, previews, suspected) in files {
        marks.entry(case).or_default().files.insert(state, [count, previews, suspected]);
    }
    Ok(marks)
}

//! The transparency log: one Merkle tree over the hashes of all events, in the order in which they were committed.
//!
//! A leaf is added by the transaction that adds its event, at the very end: see [`crate::store::Write::commit`]. Leaves and hashes
//! are only ever added, so the log at an earlier size can be read at any time and without a snapshot.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use proof::{
    Hash,
    checkpoint::Checkpoint,
    tiles::{self, Contents, Tile},
    tree::{self, Builder, TILE_WIDTH},
};
use sea_orm::{DbBackend, IntoActiveModel, QueryOrder, Statement, entity::prelude::*};
use uuid::Uuid;

use crate::RecordError;

pub mod hashes;
pub mod leaves;

/// The id of the PostgreSQL advisory lock under which leaves get their places.
const ADDING: i64 = 0x6f6e_7265_635f_6c6f;

/// Adds the leaves of events that a transaction has appended. The commit must follow.
///
/// On PostgreSQL one transaction at a time does so, until its commit. So the places have no gaps, and a leaf is visible only
/// after all leaves before it. No transaction waits for anything after this lock, so two cannot wait for each other. SQLite has one
/// writer.
pub(crate) async fn add(tx: &impl ConnectionTrait, entries: &[Vec<u8>]) -> Result<(), RecordError> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({ADDING})")).await?;
    }
    add_leaves(tx, entries).await
}

/// The number of rows that are inserted at once. Each has up to three values, and a statement may have 32,766.
const ROWS: usize = 5_000;

/// Adds leaves at the end, and the hashes of all subtrees that become full.
pub(crate) async fn add_leaves(db: &impl ConnectionTrait, entries: &[Vec<u8>]) -> Result<(), RecordError> {
    let first = size(db).await?;
    let rows: Vec<_> = (first..)
        .zip(entries)
        .map(|(position, entry)| {
            let entry = entry.clone();
            Ok(leaves::Model {
                position: stored_position(position)?,
                entry,
            }
            .into_active_model())
        })
        .collect::<Result<_, RecordError>>()?;
    for rows in rows.chunks(ROWS) {
        leaves::Entity::insert_many(rows.to_vec()).exec_without_returning(db).await?;
    }
    let (mut before, mut after) = (first, first + entries.len() as u64);
    for level in 1.. {
        (before, after) = (before / TILE_WIDTH, after / TILE_WIDTH);
        if before == after {
            break;
        }
        for position in before..after {
            let below = read(db, level - 1, position * TILE_WIDTH..(position + 1) * TILE_WIDTH).await?;
            let root = tree::root_of_full(below).ok_or_else(|| RecordError::corrupt("a tile of the log is not full"))?;
            let row = hashes::Model {
                level: level.into(),
                position: stored_position(position)?,
                hash: root.to_vec(),
            };
            hashes::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
        }
    }
    Ok(())
}

fn stored_position(position: u64) -> Result<i64, RecordError> {
    i64::try_from(position).map_err(RecordError::corrupt)
}

fn position(stored: i64) -> Result<u64, RecordError> {
    u64::try_from(stored).map_err(RecordError::corrupt)
}

fn hash(stored: &[u8]) -> Result<Hash, RecordError> {
    stored
        .try_into()
        .map_err(|_| RecordError::corrupt("a hash of the log does not have 32 bytes"))
}

/// Returns the number of leaves.
pub async fn size(db: &impl ConnectionTrait) -> Result<u64, RecordError> {
    let last = leaves::Entity::find().order_by_desc(leaves::Column::Position).one(db).await?;
    last.map_or(Ok(0), |last| Ok(position(last.position)? + 1))
}

/// Returns the place of the leaf with this data.
pub async fn find(db: &impl ConnectionTrait, entry: &[u8]) -> Result<Option<u64>, RecordError> {
    let found = leaves::Entity::find().filter(leaves::Column::Entry.eq(entry)).one(db).await?;
    found.map(|leaf| position(leaf.position)).transpose()
}

/// Returns the data of the leaves at these positions.
async fn entries(db: &impl ConnectionTrait, positions: Range<u64>) -> Result<Vec<Hash>, RecordError> {
    let (start, end) = (stored_position(positions.start)?, stored_position(positions.end)?);
    let rows = leaves::Entity::find()
        .filter(leaves::Column::Position.gte(start))
        .filter(leaves::Column::Position.lt(end))
        .order_by_asc(leaves::Column::Position);
    rows.all(db).await?.iter().map(|row| hash(&row.entry)).collect()
}

/// Returns the hashes of a level at these positions; level 0 has the hashes of the leaves.
async fn read(db: &impl ConnectionTrait, level: u8, positions: Range<u64>) -> Result<Vec<Hash>, RecordError> {
    let expected = positions.end - positions.start;
    let hashes: Vec<Hash> = if level == 0 {
        entries(db, positions).await?.iter().map(|entry| tree::leaf_hash(entry)).collect()
    } else {
        let (start, end) = (stored_position(positions.start)?, stored_position(positions.end)?);
        let rows = hashes::Entity::find()
            .filter(hashes::Column::Level.eq(i32::from(level)))
            .filter(hashes::Column::Position.gte(start))
            .filter(hashes::Column::Position.lt(end))
            .order_by_asc(hashes::Column::Position);
        rows.all(db).await?.iter().map(|row| hash(&row.hash)).collect::<Result<_, _>>()?
    };
    if hashes.len() as u64 == expected {
        Ok(hashes)
    } else {
        Err(RecordError::corrupt("hashes of the log are missing"))
    }
}

/// Returns the roots over ranges of leaves as [`tree::stored_in`] takes them.
async fn roots(db: &impl ConnectionTrait, ranges: Vec<Range<u64>>) -> Result<Vec<Hash>, RecordError> {
    let mut stored = HashMap::new();
    for part in ranges.iter().flat_map(|range| tree::stored_in(range.clone())) {
        let hashes = read(db, part.level, part.positions.clone()).await?;
        stored.extend(part.positions.map(|position| (part.level, position)).zip(hashes));
    }
    let root = |range| tree::range_hash(range, |level, position| stored.get(&(level, position)).copied());
    ranges
        .into_iter()
        .map(|range| root(range).ok_or_else(|| RecordError::corrupt("a hash of the log is missing")))
        .collect()
}

/// Returns the size and the root of the log now.
pub async fn checkpoint(db: &impl ConnectionTrait) -> Result<Checkpoint, RecordError> {
    let size = size(db).await?;
    let root = roots(db, vec![Range { start: 0, end: size }]).await?;
    Ok(Checkpoint {
        size,
        root: root.first().copied().unwrap_or_else(tree::empty_root),
    })
}

/// Returns the proof that the log of `size` leaves contains the leaf at `index`.
pub async fn inclusion_proof(db: &impl ConnectionTrait, index: u64, size: u64) -> Result<Vec<Hash>, RecordError> {
    roots(db, tree::inclusion(index, size)).await
}

/// Returns the bytes of a tile, or `None` if the log does not have it yet.
pub async fn tile(db: &impl ConnectionTrait, tile: Tile) -> Result<Option<Vec<u8>>, RecordError> {
    if !tile.exists_at(size(db).await?) {
        return Ok(None);
    }
    Ok(Some(match tile.contents {
        Contents::Hashes(level) => read(db, level, tile.positions()).await?.concat(),
        Contents::Entries => tiles::entry_bundle(&entries(db, tile.positions()).await?),
    }))
}

/// The result of comparing the log with the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogVerdict {
    /// Each event has one leaf, each leaf one event, and all stored hashes are right.
    Intact(Checkpoint),
    /// This event of a case has no leaf.
    NoLeaf { case_id: Uuid, n: i32 },
    /// The leaf at this place is the hash of no event.
    NoEvent { index: u64 },
    /// The places of the leaves have a gap before this one.
    Gap { index: u64 },
    /// The stored hash at this level and position is missing or wrong, or there should be none.
    WrongHash { level: u8, position: u64 },
}

/// The number of leaves that are read at once.
const PAGE: u64 = 16 * TILE_WIDTH;

/// Reads the first `size` leaves in order and passes each to `each`, with its place. Returns the place before which one is missing,
/// if there is one.
async fn for_each_leaf(db: &impl ConnectionTrait, size: u64, mut each: impl FnMut(u64, &Hash)) -> Result<Option<u64>, RecordError> {
    let mut index = 0;
    while index < size {
        let positions = index..size.min(index + PAGE);
        let (start, end) = (stored_position(positions.start)?, stored_position(positions.end)?);
        let rows = leaves::Entity::find()
            .filter(leaves::Column::Position.gte(start))
            .filter(leaves::Column::Position.lt(end))
            .order_by_asc(leaves::Column::Position)
            .all(db)
            .await?;
        for row in &rows {
            if position(row.position)? != index {
                return Ok(Some(index));
            }
            each(index, &hash(&row.entry)?);
            index += 1;
        }
        if index != positions.end {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// Recomputes the log from the events, all of which `db` reads from one snapshot.
pub(crate) async fn verify(db: &impl ConnectionTrait) -> Result<LogVerdict, RecordError> {
    let one = |sql: &str| db.query_one_raw(Statement::from_string(db.get_database_backend(), sql));
    let without_leaf = "SELECT case_id, n FROM case_events
        WHERE hash IN (SELECT hash FROM case_events EXCEPT SELECT entry FROM log_leaves) ORDER BY seq LIMIT 1";
    if let Some(event) = one(without_leaf).await? {
        return Ok(LogVerdict::NoLeaf {
            case_id: event.try_get("", "case_id")?,
            n: event.try_get("", "n")?,
        });
    }
    let without_event = "SELECT position FROM log_leaves
        WHERE entry IN (SELECT entry FROM log_leaves EXCEPT SELECT hash FROM case_events) ORDER BY position LIMIT 1";
    if let Some(leaf) = one(without_event).await? {
        return Ok(LogVerdict::NoEvent {
            index: position(leaf.try_get("", "position")?)?,
        });
    }
    let mut stored: BTreeMap<(u8, u64), Hash> = BTreeMap::new();
    for row in hashes::Entity::find().all(db).await? {
        let level = u8::try_from(row.level).map_err(RecordError::corrupt)?;
        stored.insert((level, position(row.position)?), hash(&row.hash)?);
    }
    let (mut builder, mut wrong) = (Builder::default(), None);
    let gap = for_each_leaf(db, size(db).await?, |_, entry| {
        builder.push(tree::leaf_hash(entry), |level, position, hash| {
            if stored.remove(&(level, position)) != Some(hash) {
                wrong.get_or_insert((level, position));
            }
        });
    });
    if let Some(index) = gap.await? {
        return Ok(LogVerdict::Gap { index });
    }
    Ok(match wrong.or(stored.into_keys().next()) {
        Some((level, position)) => LogVerdict::WrongHash { level, position },
        None => LogVerdict::Intact(Checkpoint {
            size: builder.size(),
            root: builder.root(),
        }),
    })
}

/// The log as it is now, up to an earlier size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogAtSize {
    /// The data of the leaf at the place in question now.
    pub entry: Option<Hash>,
    /// The root over the first leaves now; `None` if there are fewer.
    pub root: Option<Hash>,
}

/// Recomputes the log at an earlier size from its leaves, and reads the leaf at `index`.
pub async fn at_size(db: &impl ConnectionTrait, index: u64, size: u64) -> Result<LogAtSize, RecordError> {
    let (mut builder, mut found) = (Builder::default(), None);
    let gap = for_each_leaf(db, size, |place, entry| {
        if place == index {
            found = Some(*entry);
        }
        builder.push(tree::leaf_hash(entry), |_, _, _| {});
    });
    let gap = gap.await?;
    Ok(LogAtSize {
        entry: found,
        root: gap.is_none().then(|| builder.root()),
    })
}

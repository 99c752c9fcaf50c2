//! Several writers in one flush to disk (SQLite). A writer's failure must not affect the others, and no writer gets "saved"
//! for data that is not on disk.

use std::time::Duration;

use crate::world::{TestDatabase, World};
use record::{Instant, RecordError, drafts, store::Store};
use sea_orm::ConnectionTrait;
use tokio::task::JoinHandle;
use uuid::Uuid;

fn draft(n: u128) -> drafts::Model {
    let at = Instant::from_micros(0);
    drafts::Model {
        id: Uuid::from_u128(n),
        answers: "{}".into(),
        revision: 0,
        created_at: at,
        saved_at: at,
        expires_at: at,
        case_id: None,
        sent_by: None,
    }
}

/// The last step of a writer that holds its transaction.
#[derive(Clone, Copy)]
enum WriterEnding {
    Commit,
    /// Rolls back, as after an error or when the browser has disconnected.
    Drop,
    /// Makes SQLite roll back the whole transaction itself, as it does when the disk is full.
    RollBack,
}

fn writer(store: &Store, n: u128, then: WriterEnding) -> JoinHandle<Result<(), RecordError>> {
    let store = store.clone();
    tokio::spawn(async move {
        let write = store.begin().await?;
        drafts::add(&write, draft(n)).await?;
        match then {
            WriterEnding::Commit => write.commit().await,
            WriterEnding::Drop => {
                drop(write);
                Ok(())
            }
            WriterEnding::RollBack => {
                let taken = "INSERT OR ROLLBACK INTO drafts SELECT * FROM drafts LIMIT 1";
                write.tx().execute_unprepared(taken).await?;
                write.commit().await
            }
        }
    })
}

/// Queues the writers in this order behind a first one that then steps aside, so that they share one transaction. Returns for
/// each whether it was acknowledged.
async fn run_in_one_transaction(world: &World, writers: &[(u128, WriterEnding)]) -> Vec<bool> {
    let store = world.services.store();
    let first = store.begin().await.unwrap();
    let mut waiting = Vec::new();
    for (n, then) in writers {
        waiting.push(writer(store, *n, *then));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(first);
    let mut done = Vec::new();
    for writer in waiting {
        done.push(writer.await.unwrap().is_ok());
    }
    done
}

async fn kept(world: &World, n: u128) -> bool {
    drafts::lookup(&world.services.store().read, Uuid::from_u128(n))
        .await
        .unwrap()
        .is_some()
}

#[tokio::test]
async fn one_that_gives_up_does_not_touch_the_others() {
    let world = World::new(TestDatabase::Sqlite).await.unwrap();
    let done = run_in_one_transaction(
        &world,
        &[(1, WriterEnding::Commit), (2, WriterEnding::Drop), (3, WriterEnding::Commit)],
    )
    .await;
    assert_eq!(done, [true, true, true]);
    assert_eq!(
        [kept(&world, 1).await, kept(&world, 2).await, kept(&world, 3).await],
        [true, false, true]
    );
}

#[tokio::test]
async fn a_transaction_that_sqlite_undid_is_acknowledged_to_nobody() {
    let world = World::new(TestDatabase::Sqlite).await.unwrap();
    writer(world.services.store(), 1, WriterEnding::Commit).await.unwrap().unwrap();
    let done = run_in_one_transaction(
        &world,
        &[
            (2, WriterEnding::Commit),
            (3, WriterEnding::RollBack),
            (4, WriterEnding::Commit),
            (5, WriterEnding::RollBack),
        ],
    )
    .await;
    assert_eq!((done[1], done[3]), (false, false));
    for (acknowledged, n) in [(done[0], 2), (done[2], 4)] {
        assert!(!acknowledged || kept(&world, n).await, "{n} was acknowledged but not stored");
    }
    assert!(!done[0], "a write in the undone transaction must not be acknowledged");
    assert!(kept(&world, 1).await, "an earlier commit must stay");
    // The write queue still works after several such failures.
    for n in 10..15 {
        writer(world.services.store(), n, WriterEnding::RollBack)
            .await
            .unwrap()
            .unwrap_err();
        writer(world.services.store(), n, WriterEnding::Commit).await.unwrap().unwrap();
        assert!(kept(&world, n).await);
    }
}

#[tokio::test]
async fn a_commit_that_fails_is_told_to_everybody_in_it() {
    let world = World::new(TestDatabase::Sqlite).await.unwrap();
    let store = world.services.store();
    let first = store.begin().await.unwrap();
    let good = writer(store, 1, WriterEnding::Commit);
    tokio::time::sleep(Duration::from_millis(10)).await;
    let bad = tokio::spawn({
        let store = store.clone();
        async move {
            let write = store.begin().await?;
            // A broken foreign key that SQLite checks only at commit.
            write.tx().execute_unprepared("PRAGMA defer_foreign_keys = ON").await?;
            let orphan = drafts::Model {
                case_id: Some(Uuid::from_u128(99)),
                ..draft(2)
            };
            drafts::add(&write, orphan).await?;
            write.commit().await
        }
    });
    tokio::time::sleep(Duration::from_millis(10)).await;
    drop(first);
    good.await.unwrap().unwrap_err();
    bad.await.unwrap().unwrap_err();
    assert_eq!(world.count("drafts").await, 0);
    writer(store, 3, WriterEnding::Commit).await.unwrap().unwrap();
    assert!(kept(&world, 3).await);
}

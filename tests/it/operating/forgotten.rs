//! A deleted draft leaves no text in the files of the database.

use complaint::StepId;
use service::{drafts, record::housekeeping};

use crate::answers::{create_full_draft, save};
use crate::world::{TestDatabase, World};

const WORDS: &str = "The boiler of 14 Wren Court has a crack like a heron";

#[tokio::test]
async fn a_forgotten_draft_leaves_no_text_in_the_file_or_its_log() {
    let world = World::new(TestDatabase::Sqlite).await.unwrap();
    let services = &world.services;
    let in_files = || {
        let folder = std::fs::read_dir(world.folder.path()).unwrap();
        let files = folder.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        let holds = |path: &std::path::Path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(WORDS.len()).any(|window| window == WORDS.as_bytes())
        };
        files.filter(|path| holds(path)).collect::<Vec<_>>()
    };
    let token = create_full_draft(services).await;
    save(services, &token, StepId::WhatHappened, &format!(r#"{{"what_happened":"{WORDS}"}}"#)).await;
    assert!(services.store().checkpoint().await.unwrap());
    assert!(!in_files().is_empty(), "the text must be stored before the draft is forgotten");
    drafts::forget(services, &token).await.unwrap();
    housekeeping::clean_up(services).await.unwrap();
    assert!(services.store().checkpoint().await.unwrap());
    assert!(in_files().is_empty(), "{:?}", in_files());
}

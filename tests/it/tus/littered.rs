//! Stored bytes without a row, and rows without stored bytes.

use std::path::Path;
use std::time::{Duration, SystemTime};

use rstest::rstest;
use service::drafts;
use service::files::check::compare;

use super::photo;
use super::storage::{announced, send};
use crate::pages::program::{Program, command};
use crate::world::{START, TestDatabase, World};

/// Writes a file to storage, dated `minutes` before the world's time.
fn leave(folder: &Path, name: &str, minutes: u64) {
    let path = folder.join("files").join(name);
    std::fs::write(&path, b"12345").unwrap();
    let at: SystemTime = START.into();
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(at - Duration::from_mins(minutes)).unwrap();
}

#[rstest]
#[case::sqlite(TestDatabase::Sqlite)]
#[case::postgres(TestDatabase::Postgres)]
#[tokio::test]
async fn what_does_not_fit_together_is_found_and_only_litter_goes(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let file = photo(1000);
    let [whole, half, cut, gone, lost] = [(); 5].map(|()| announced(services, &token, 1000));
    let (whole, half, cut, gone, lost) = (whole.await, half.await, cut.await, gone.await, lost.await);
    for id in [whole, gone] {
        send(services, &token, id, 0, &file).await.unwrap();
    }
    for id in [half, cut, lost] {
        send(services, &token, id, 0, &file[..500]).await.unwrap();
    }
    let folder = world.folder.path();
    let files = folder.join("files");
    // The state after a crash between renaming the file and recording it: the next writer renames it back.
    std::fs::rename(files.join(format!("{cut}.part")), files.join(cut.to_string())).unwrap();
    std::fs::remove_file(files.join(gone.to_string())).unwrap();
    std::fs::write(files.join(format!("{lost}.part")), b"123").unwrap();
    let orphan = "01935fcc-2d60-7000-8000-000000000001";
    leave(folder, orphan, 61);
    leave(folder, &format!("{orphan}.part"), 61);
    leave(folder, &format!("{orphan}#1"), 61);
    leave(folder, &format!("{whole}.part"), 61);
    leave(folder, "01935fcc-2d60-7000-8000-000000000002", 0);
    leave(folder, "notes.txt", 1000);
    // A file that was moved to quarantine.
    let found_in = announced(services, &token, 1000).await;
    send(services, &token, found_in, 0, &file).await.unwrap();
    services.files().quarantine(&found_in.to_string()).await.unwrap();
    leave(folder, &format!("quarantine/{orphan}"), 61);

    let found = compare(services, false).await.unwrap();
    assert_eq!(
        (found.missing.len(), found.orphans.len()),
        (0, 5),
        "objects younger than an hour are not litter"
    );
    world.clock.advance(time::Duration::minutes(61));
    let found = compare(services, false).await.unwrap();
    assert_eq!((found.files, &found.foreign_keys), (6, &vec!["notes.txt".to_owned()]));
    let mut missing = vec![gone, lost];
    missing.sort();
    assert_eq!(found.missing, missing);
    let litter: Vec<_> = [
        orphan.to_owned(),
        format!("{orphan}#1"),
        format!("{orphan}.part"),
        format!("{whole}.part"),
    ]
    .into();
    let names = |litter: &[(String, u64)]| litter.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let mut expected = litter.clone();
    expected.push("01935fcc-2d60-7000-8000-000000000002".into());
    expected.push(format!("quarantine/{orphan}"));
    expected.sort();
    assert_eq!(names(&found.orphans), expected, "after 61 minutes the last object is litter too");
    assert!(found.orphans.iter().all(|(_, bytes)| *bytes == 5));

    let before = world.stored().len();
    compare(services, true).await.unwrap();
    assert_eq!(before - world.stored().len(), 5);
    let quarantined = |id: &str| files.join("quarantine").join(id).exists();
    assert!(quarantined(&found_in.to_string()) && !quarantined(orphan));
    let found = compare(services, true).await.unwrap();
    assert_eq!((found.orphans.len(), found.missing), (0, missing));
    send(services, &token, cut, 500, &file[500..]).await.unwrap();
    send(services, &token, half, 500, &file[500..]).await.unwrap();
}

#[test]
fn the_command_line_says_it_and_its_exit_code_too() {
    let folder = tempfile::tempdir().unwrap();
    crate::pages::phone::site(&folder.path().join("site"));
    Program::start(folder.path()).kill();
    let said = command(folder.path(), &["evidence", "check"]);
    assert!(said.status.success());
    assert!(String::from_utf8_lossy(&said.stdout).contains("0 files checked, 0 missing"));
    let orphan = "01935fcc-2d60-7000-8000-000000000001";
    leave(&folder.path().join("data"), orphan, 60 * 24 * 365 * 10);
    let said = command(folder.path(), &["evidence", "check"]);
    assert_eq!(said.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&said.stdout).contains(&format!("{orphan}  LITTER: 5 bytes")));
    assert!(command(folder.path(), &["evidence", "check", "--remove"]).status.success());
    assert!(command(folder.path(), &["evidence", "check"]).status.success());
}

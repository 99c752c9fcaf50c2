//! Previews: who may see them, and when.

use ::evidence::{Scanner, preview};
use bytes::Bytes;
use futures::TryStreamExt;
use rstest::rstest;
use service::cases::desk::{self, Caller};
use service::files::download::{ReadError, Readable, preview as reading};
use service::{access::sessions, cases::submission, drafts, files};
use sha2::{Digest, Sha256};

use crate::answers::{create_full_draft, key, send_complaint};
use crate::file_facts::{row, scanned, stored};
use crate::file_types::{sample, send};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_preview_is_shown_to_the_pictures_own_people_and_where_there_is_none_there_is_nothing(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (token, stranger) = (create_full_draft(services).await, create_full_draft(services).await);
    let mut ids = Vec::new();
    for name in ["place.jpg", "plain.pdf", "plain.gif"] {
        ids.push(send(&world, &token, name, sample(name)).await.unwrap().id.parse().unwrap());
    }
    let [photo, letter, turned_bad] = ids[..] else { panic!() };
    let none = |found: Result<Readable, ReadError>| assert!(matches!(found, Err(ReadError::NotFound)), "{found:?}");
    none(reading::for_holder(services, &token, photo).await);
    scanned(&world).await;
    none(reading::for_holder(services, &token, photo).await);
    files::make_previews(services, 9).await.unwrap();
    world
        .sql("UPDATE uploads SET state = 'refused', reason = 'virus' WHERE media_type = 'image/gif'")
        .await
        .unwrap();

    let shown = reading::for_holder(services, &token, photo).await.unwrap();
    assert_eq!((shown.media_type, shown.name.as_str()), ("image/jpeg", "place.jpg"));
    let pieces: Vec<Bytes> = shown.part(services, 0..shown.bytes).await.unwrap().try_collect().await.unwrap();
    let row = row(&world, &photo.to_string()).await;
    let jpeg = stored(&world, &row.preview_key.unwrap());
    assert!(pieces.concat() == jpeg && shown.sha256 == hex::encode(Sha256::digest(&jpeg)));
    none(reading::for_holder(services, &token, letter).await);
    none(reading::for_holder(services, &token, turned_bad).await);
    none(reading::for_holder(services, &stranger, photo).await);
    let draft = drafts::open(services, &token).await.unwrap().unwrap();
    assert_eq!(
        draft.files.iter().map(|file| file.has_preview).collect::<Vec<_>>(),
        [true, false, false]
    );

    let receipt = submission::submit(services, &token, &key("k")).await.unwrap();
    let session = async |reference: &str, code: &str| {
        let token = sessions::sign_in(services, reference, code).await.unwrap().unwrap().token;
        sessions::session(services, &token.to_string()).await.unwrap().unwrap()
    };
    let own = session(&receipt.reference, &receipt.access_code).await;
    let (_, other) = send_complaint(services).await;
    let others = session(&other.reference, &other.access_code).await;
    none(reading::for_holder(services, &token, photo).await);
    none(reading::for_session(services, &others, photo).await);
    none(reading::for_session(services, &own, letter).await);
    assert_eq!(reading::for_session(services, &own, photo).await.unwrap().sha256, shown.sha256);
    let desk = Caller::at_command_line("ash");
    none(reading::for_desk(services, &desk, &other.reference, photo).await);
    none(reading::for_desk(services, &desk, &receipt.reference, letter).await);
    let at_desk = reading::for_desk(services, &desk, &receipt.reference, photo).await.unwrap();
    assert_eq!(at_desk.sha256, shown.sha256);
    let noted = async |action: String| world.count(&format!("desk_calls WHERE action = '{action}'")).await;
    assert_eq!(noted(format!("preview {photo}")).await, 1);
    assert_eq!(
        noted(format!("preview {letter}")).await,
        1,
        "a call for a missing preview must be recorded"
    );
    assert_eq!(noted("preview".into()).await, 1, "a call for an unknown file must be recorded");
    let case = desk::case(services, &desk, &receipt.reference).await.unwrap().unwrap();
    assert_eq!(case.files.iter().filter(|file| file.has_preview).count(), 1);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn with_scanning_off_a_picture_has_a_preview_as_it_can_be_opened(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let off = world.scanned_by(Scanner::Off).await;
    let token = create_full_draft(&off).await;
    let file = send(&world, &token, "place.jpg", sample("place.jpg")).await.unwrap();
    let id = file.id.parse().unwrap();
    assert_eq!(
        files::make_previews(&world.services, 9).await.unwrap().made,
        0,
        "no preview may be made before the scan"
    );
    assert_eq!(files::make_previews(&off, 9).await.unwrap().made, 1);
    assert!(files::lookup(&off, &token, id).await.unwrap().unwrap().has_preview);
    assert!(reading::for_holder(&off, &token, id).await.is_ok());
    // With scanning switched on, the preview of a file that can no longer be opened is hidden.
    assert!(matches!(
        reading::for_holder(&world.services, &token, id).await,
        Err(ReadError::NotFound)
    ));
}

#[tokio::test]
async fn a_preview_that_is_not_all_there_is_not_given_out() {
    let world = World::new(Sqlite).await.unwrap();
    let services = world.scanned_by(Scanner::Off).await;
    let token = create_full_draft(&services).await;
    let file = send(&world, &token, "place.jpg", sample("place.jpg")).await.unwrap();
    scanned(&world).await;
    files::make_previews(&services, 9).await.unwrap();
    let shown = reading::for_holder(&services, &token, file.id.parse().unwrap()).await.unwrap();
    let path = world.folder.path().join("files").join(preview::key(&file.id));
    std::fs::write(path, "half").unwrap();
    assert!(shown.part(&services, 0..shown.bytes).await.is_err());
}

use bytes::Bytes;
use onrecord::complaint::view::Purpose;
use onrecord::evidence::resumable::Part;
use onrecord::record::uploads::{self, Owner};
use onrecord::service::evidence::arriving::{self, Arriving};
use onrecord::service::evidence::{FileError, Incoming, resumable};
use onrecord::service::token::DraftToken;
use onrecord::service::{drafts, submission};
use rstest::rstest;
use time::Duration;
use uuid::Uuid;

use crate::answers::{filled, key};
use crate::world::{
    On::{self, Postgres, Sqlite},
    World,
};

const LETTER: &[u8] = b"The landlord wrote that nothing was wrong.";

async fn announce(world: &World, token: &DraftToken) -> Result<Uuid, FileError> {
    let file = Incoming {
        filename: "letter.txt".into(),
        purpose: Purpose::Evidence,
        declared_len: Some(LETTER.len() as u64),
    };
    let standing = resumable::announce(&world.services, token, file, String::new()).await?;
    Ok(standing.file.id.parse().expect("an id"))
}

async fn bring(world: &World, token: &DraftToken, upload: Uuid, from: usize, to: usize) {
    let part = Part {
        upload,
        offset: from as u64,
        length: None,
        checksum: None,
    };
    let stream = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(&LETTER[from..to]))]);
    let appended = resumable::append(&world.services, token, part, stream).await;
    assert_eq!(appended.result.expect("taken").offset, to as u64);
}

/// Nobody has to wait with Send until the last byte is here.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn files_go_on_arriving_after_the_complaint_was_sent(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = filled(services).await;
    let begun = announce(&world, &token).await.unwrap();
    bring(&world, &token, begun, 0, 10).await;
    submission::submit(services, &token, &key("first")).await.unwrap();
    let arriving = async || arriving::of_sent(services, &token).await.unwrap();
    assert_eq!(arriving().await, Some(Arriving { here: 0, all: 1 }));

    let chosen_before = announce(&world, &token).await.unwrap();
    assert_eq!(arriving().await, Some(Arriving { here: 0, all: 2 }));
    bring(&world, &token, begun, 10, LETTER.len()).await;
    assert_eq!(arriving().await, Some(Arriving { here: 1, all: 2 }));
    bring(&world, &token, chosen_before, 0, LETTER.len()).await;
    assert_eq!(arriving().await, Some(Arriving { here: 2, all: 2 }));
    let case = drafts::open(services, &token).await.unwrap().expect("still shown");
    assert_eq!(case.files.len(), 2);
    let db = &services.store().read;
    let rows = [uploads::lookup(db, begun).await.unwrap(), uploads::lookup(db, chosen_before).await.unwrap()];
    let case_id = rows[0].as_ref().and_then(|row| row.case_id).expect("the case's");
    assert!(rows.iter().flatten().all(|row| row.case_id == Some(case_id) && row.draft_id.is_none()));
    assert_eq!(uploads::list(db, Owner::Case(case_id)).await.unwrap().len(), 2);

    // Another draft brings nothing into it, and once the receipt is gone its own does not either.
    let other = filled(services).await;
    assert_eq!(arriving::of_sent(services, &other).await.unwrap(), None);
    let part = Part {
        upload: announce(&world, &token).await.unwrap(),
        offset: 0,
        length: None,
        checksum: None,
    };
    let none = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::new())]);
    let refused = resumable::append(services, &other, part, none).await.result;
    assert!(matches!(refused, Err(FileError::NotFound)), "{refused:?}");
    world.clock.advance(Duration::days(2));
    let late = announce(&world, &token).await;
    assert!(matches!(late, Err(FileError::NotFound)), "{late:?}");
}

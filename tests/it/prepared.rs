//! Files that are made to keep the server busy.

use std::io;
use std::net::IpAddr;

use crate::world::{TestDatabase::Sqlite, World};
use bytes::Bytes;
use complaint::questionnaire::question::Purpose;
use futures::future::{Either, join_all, select};
use futures::stream;
use service::drafts;
use service::files::{self, FileTarget, Incoming};

/// A PDF that says it is encrypted. Each of its objects begins with an unterminated string, so a reader that repairs broken
/// files reads to the end once for each object.
fn prepared() -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n/Encrypt\n".to_vec();
    bytes.extend(b"1 0 obj(\n".repeat(200_000));
    bytes
}

fn pieces(bytes: Vec<u8>) -> impl futures::Stream<Item = io::Result<Bytes>> + Send + use<> {
    stream::iter([Ok(Bytes::from(bytes))])
}

fn named(filename: &str) -> Incoming {
    Incoming {
        filename: filename.into(),
        purpose: Purpose::Evidence,
        declared_len: None,
    }
}

#[tokio::test]
async fn prepared_documents_hold_up_no_other_and_are_taken_without_an_answer() {
    let world = World::new(Sqlite).await.unwrap();
    let services = &world.services;
    let attacker = drafts::create(services).await.unwrap().token;
    let six = (0..6).map(|n| {
        let from = IpAddr::from([192, 0, 2, n]);
        files::add_file(
            services,
            FileTarget::Draft(&attacker, Some(from)),
            named("letter.pdf"),
            pieces(prepared()),
        )
    });
    let resident = drafts::create(services).await.unwrap().token;
    let honest = async {
        // The honest upload starts after the six prepared ones.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let letter = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/no-printing.pdf")).unwrap();
        let from = IpAddr::from([198, 51, 100, 1]);
        files::add_file(
            services,
            FileTarget::Draft(&resident, Some(from)),
            named("letter.pdf"),
            pieces(letter),
        )
        .await
    };
    let (honest, six) = (std::pin::pin!(honest), std::pin::pin!(join_all(six)));
    match select(honest, six).await {
        Either::Left((honest, six)) => {
            assert_eq!(honest.unwrap().media_type, "application/pdf");
            let six: Result<Vec<_>, _> = six.await.into_iter().collect();
            assert_eq!(six.unwrap().len(), 6, "a PDF without a check result must be accepted");
        }
        Either::Right(_) => panic!("the honest upload must not wait for the prepared ones"),
    }
}

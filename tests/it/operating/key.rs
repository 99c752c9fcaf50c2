//! The server key that belongs to the database.

use onrecord::server::{
    Config,
    services::{OpenError, open_and_migrate, open_existing, signing_key_path},
};
use record::{clock::SystemClock, entropy::SeededEntropy};
use rstest::rstest;
use service::record::{installation::KeyError, log_keys::LogKeys};
use std::os::unix::fs::PermissionsExt;

use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    database,
};

const OTHER: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Returns the configuration of a new installation, and the folder that it is in. `None` if there is no such database.
async fn installation(on: TestDatabase) -> Option<(tempfile::TempDir, Config)> {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let url = database(on, &data).await?;
    let config = Config {
        database_url: (on == Postgres).then(|| url.into()),
        data,
        ..Config::default()
    };
    Some((folder, config))
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn another_key_and_none_are_refused_and_none_is_made(#[case] on: TestDatabase) {
    let Some((_folder, config)) = installation(on).await else { return };
    let key = config.data.join("secret.key");
    let (services, done) = open_and_migrate(&config).await.unwrap();
    assert!(done.iter().any(|step| step == "m0001_first"));
    services.store().clone().close().await.unwrap();
    let own = std::fs::read_to_string(&key).unwrap();

    std::fs::write(&key, OTHER).unwrap();
    for refused in [open_and_migrate(&config).await.err(), open_existing(&config).await.err()] {
        assert!(matches!(refused, Some(OpenError::Key(KeyError::Other { .. }))), "{refused:?}");
    }
    std::fs::remove_file(&key).unwrap();
    for refused in [open_and_migrate(&config).await.err(), open_existing(&config).await.err()] {
        assert!(matches!(refused, Some(OpenError::Key(KeyError::Missing { .. }))), "{refused:?}");
    }
    assert!(!key.exists(), "no key may be created for a database that has one");

    std::fs::write(&key, own).unwrap();
    let (services, done) = open_and_migrate(&config).await.unwrap();
    assert!(done.is_empty());
    services.store().clone().close().await.unwrap();
    open_existing(&config).await.unwrap().store().clone().close().await.unwrap();
}

/// The same of the key that signs the log. A key that has replaced another is accepted, and the one before it no longer is.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn another_signing_key_and_none_are_refused(#[case] on: TestDatabase) {
    let Some((_folder, config)) = installation(on).await else { return };
    let open = async || match open_and_migrate(&config).await {
        Ok((services, _)) => {
            services.store().clone().close().await.unwrap();
            Ok(services.log_keys().current.public())
        }
        Err(error) => Err(error),
    };
    let path = signing_key_path(&config);
    let first_key = open().await.unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let first = std::fs::read_to_string(&path).unwrap();

    std::fs::write(&path, format!("{OTHER} 2026-11-01T00:00:00Z\n")).unwrap();
    for refused in [open().await.err(), open_existing(&config).await.err()] {
        assert!(
            matches!(refused, Some(OpenError::Key(KeyError::SigningOther { .. }))),
            "{refused:?}"
        );
    }
    std::fs::remove_file(&path).unwrap();
    for refused in [open().await.err(), open_existing(&config).await.err()] {
        assert!(
            matches!(refused, Some(OpenError::Key(KeyError::SigningMissing { .. }))),
            "{refused:?}"
        );
    }
    assert!(!path.exists(), "no key may be created for a database that has one");

    std::fs::write(&path, &first).unwrap();
    let second = LogKeys::replace(&path, &SeededEntropy::new(1), &SystemClock).unwrap();
    assert_eq!(open().await.unwrap(), second.current.public());
    assert_eq!(second.earlier[0].key, first_key);
    std::fs::write(&path, &first).unwrap();
    let refused = open().await.err();
    assert!(
        matches!(refused, Some(OpenError::Key(KeyError::SigningOther { .. }))),
        "{refused:?}"
    );
}

/// A database with complaints from before it stored the key's fingerprint: a missing key is still an error.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn complaints_without_their_key_are_not_opened(#[case] on: TestDatabase) {
    let Some(world) = crate::world::World::new(on).await else { return };
    crate::answers::send_complaint(&world.services).await;
    let config = Config {
        database_url: Some(world.url.clone().into()),
        data: world.folder.path().to_owned(),
        ..Config::default()
    };
    let refused = open_and_migrate(&config).await.err();
    assert!(matches!(refused, Some(OpenError::Key(KeyError::Missing { .. }))), "{refused:?}");
    assert!(!world.folder.path().join("secret.key").exists());
}

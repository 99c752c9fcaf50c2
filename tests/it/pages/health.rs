//! The health check when something cannot be written.

use axum::http::StatusCode;
use onrecord::server::Config;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use service::Settings;

use super::bad_luck::impatient;
use super::phone::{Phone, Portal};
use crate::world::{TestDatabase, World};

async fn ready(phone: &mut Phone) -> (StatusCode, Value) {
    let page = phone.get("/readyz").await;
    (
        page.status,
        serde_json::from_str(&page.html).unwrap_or_else(|e| panic!("{e}: {}", page.html)),
    )
}

/// Waits longer than a readiness report is cached.
async fn later() {
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
}

#[tokio::test]
async fn each_component_is_named_and_nothing_that_was_written_stays() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let (status, report) = ready(&mut phone).await;
    assert_eq!((status, report["status"].as_str()), (StatusCode::OK, Some("ready")));
    let components = &report["components"];
    assert_eq!(components["database"]["status"], "ok");
    assert_eq!(components["files"]["status"], "ok");
    assert_eq!(components["space"]["status"], "ok");
    let free = components["space"]["free"].as_array().unwrap();
    let folders: Vec<_> = free.iter().map(|free| free["folder"].as_str().unwrap()).collect();
    assert_eq!(folders, ["database", "files"]);
    assert!(free.iter().all(|free| free["bytes"].as_u64().unwrap() > 0));
    assert_eq!(portal.world.count("health_probes").await, 0);
    assert!(portal.world.stored().is_empty());
}

#[tokio::test]
async fn many_that_ask_at_once_share_one_answer() {
    let portal = Portal::new().await;
    let phones = (0..50).map(|_| {
        let mut phone = portal.phone();
        async move { ready(&mut phone).await }
    });
    let answers = futures::future::join_all(phones).await;
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == StatusCode::OK));
}

#[tokio::test]
async fn a_locked_database_and_a_folder_that_takes_no_file_are_not_ready() {
    let portal = impatient().await;
    let mut phone = portal.phone();
    let other = sea_orm::Database::connect(&portal.world.url).await.unwrap();
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    let (status, report) = ready(&mut phone).await;
    assert_eq!(
        status,
        StatusCode::SERVICE_UNAVAILABLE,
        "a database that cannot be written is not ready: {report}"
    );
    assert_eq!(report["components"]["database"]["status"], "failing");
    assert_eq!(report["components"]["files"]["status"], "ok");
    other.execute_unprepared("ROLLBACK").await.unwrap();

    later().await;
    let files = portal.world.folder.path().join("files");
    std::fs::remove_dir(&files).unwrap();
    std::fs::write(&files, "no folder").unwrap();
    let (status, report) = ready(&mut phone).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{report}");
    assert_eq!(report["components"]["database"]["status"], "ok");
    assert_eq!(report["components"]["files"]["status"], "failing");

    later().await;
    std::fs::remove_file(&files).unwrap();
    std::fs::create_dir(&files).unwrap();
    assert_eq!(ready(&mut phone).await.0, StatusCode::OK);
}

#[tokio::test]
async fn little_space_is_told_and_is_no_reason_to_send_people_elsewhere() {
    let mut settings = Settings::default();
    settings.space.reserve_bytes = u64::MAX;
    let world = World::with(
        TestDatabase::Sqlite,
        settings,
        std::sync::Arc::new(record::entropy::SeededEntropy::new(7)),
    )
    .await;
    let portal = Portal::on(world.unwrap(), Config::default());
    let (status, report) = ready(&mut portal.phone()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(report["components"]["space"]["status"], "files_refused");
    assert!(report["warnings"].to_string().contains("reserve_bytes"), "{report}");
}

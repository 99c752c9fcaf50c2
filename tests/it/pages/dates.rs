//! The next dates as a calendar file, and the warning before the bank holidays end.

use axum::http::StatusCode;
use onrecord::server::Config;
use record::entropy::SeededEntropy;
use service::Settings;
use std::sync::Arc;
use time::macros::datetime;

use super::phone::{Portal, RESIDENT};
use super::program::{command, run_successfully};
use crate::world::{TestDatabase, World};

#[tokio::test]
async fn the_next_dates_are_a_file_that_tells_nothing() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    phone
        .post(
            "/complaint/dates",
            &[
                ("complained_on-day", "16"),
                ("complained_on-month", "11"),
                ("complained_on-year", "2026"),
            ],
        )
        .await;
    phone.get("/complaint/dates.ics").await.reads(StatusCode::NOT_FOUND);
    phone.upload("/complaint/evidence", &[], "continue").await;
    phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    let receipt = phone.get("/complaint/sent").await.reads(StatusCode::OK);
    assert!(receipt.contains("href=\"/complaint/dates.ics?draft=draft\""), "{receipt}");

    let file = phone.get("/complaint/dates.ics").await;
    assert_eq!(
        (file.status, file.header("content-type")),
        (StatusCode::OK, "text/calendar; charset=utf-8")
    );
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"dates.ics\"");
    assert_eq!(file.header("cache-control"), "no-store");
    let days: Vec<&str> = file
        .html
        .split("\r\n")
        .filter_map(|line| line.strip_prefix("DTSTART;VALUE=DATE:"))
        .collect();
    assert_eq!(days, ["20261130", "20261207", "20261208"]);
    let titles = file.html.matches("SUMMARY:A date to remember\r\n").count();
    assert_eq!(titles, 3, "{}", file.html);
    let lower = file.html.to_lowercase();
    for telling in ["rc-", "complain", "landlord", "record", "answer", "example"] {
        assert!(!lower.contains(telling), "{telling}: {lower}");
    }
    portal.phone().get("/complaint/dates.ics").await.reads(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn readiness_warns_before_the_holidays_run_out() {
    let portal = Portal::new().await;
    let before = portal.phone().get("/readyz").await.html;
    assert!(before.contains("\"status\":\"ready\"") && !before.contains("holidays"), "{before}");
    let world = World::with(TestDatabase::Sqlite, Settings::default(), Arc::new(SeededEntropy::new(7))).await;
    let world = world.expect("SQLite");
    world.clock.set(datetime!(2028-01-10 09:00 UTC));
    let page = Portal::on(world, Config::default()).phone().get("/readyz").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.html.contains("\"warnings\":[\"bank holidays are known up to 2028-12-26"),
        "{}",
        page.html
    );
}

#[test]
fn the_check_of_the_configuration_warns_too_and_reads_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let old = r#"{"england-and-wales":{"events":[{"date":"2020-12-25"}]}}"#;
    std::fs::write(path("days.json"), old).unwrap();
    std::fs::write(path("rules.json"), run_successfully(folder.path(), &["config", "clock-rules"])).unwrap();
    let config = format!(
        "[service]\nbank_holidays_file = {:?}\nclock_rules_file = {:?}\n",
        path("days.json"),
        path("rules.json")
    );
    std::fs::write(path("onrecord.toml"), config).unwrap();
    let check = ["config", "check", "--offline", "--config", &path("onrecord.toml")].map(str::to_owned);
    let check: Vec<&str> = check.iter().map(String::as_str).collect();
    let said = run_successfully(folder.path(), &check);
    assert!(
        said.contains("bank holidays are known up to 2020-12-25") && said.contains("good"),
        "{said}"
    );
    std::fs::write(path("rules.json"), "{}").unwrap();
    let output = command(folder.path(), &check);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && said.contains("rules.json"), "{output:?}");
}

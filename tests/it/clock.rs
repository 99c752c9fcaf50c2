//! The complaint clock's dates for a complaint that was sent, and rules that the organisation sets.

use complaint::StepId;
use complaint::clock::{ClockInput, Duty};
use complaint::fields::iso_date;
use record::entropy::SeededEntropy;
use rstest::rstest;
use service::{
    Settings,
    cases::{complaint_clock, submission},
    drafts,
};
use std::sync::Arc;
use time::Duration;

use crate::answers::{create_full_draft, key, save};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_days_ahead_of_a_complaint_are_known_once_it_is_sent(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = create_full_draft(services).await;
    save(services, &token, StepId::Dates, r#"{"complained_on":"2026-11-16"}"#).await;
    assert_eq!(
        complaint_clock::days_ahead(services, &token).await.unwrap(),
        None,
        "the complaint is not sent yet"
    );
    submission::submit(services, &token, &key("first")).await.expect("sent");

    let days = complaint_clock::days_ahead(services, &token).await.unwrap().expect("sent");
    let dates: Vec<String> = days.iter().map(|day| iso_date::format(day.date)).collect();
    assert_eq!(
        dates,
        ["2026-11-30", "2026-12-07", "2026-12-08"],
        "the organisation's contact, the landlord's deadline, the next route"
    );
    assert_eq!(
        complaint_clock::days_ahead(services, &token).await.unwrap(),
        Some(days.clone()),
        "a second call returns the same days"
    );
    world.clock.advance(Duration::hours(12));
    let later = complaint_clock::days_ahead(services, &token).await.unwrap();
    assert_eq!(later, Some(days), "a later call returns the same days");
    let other = drafts::create(services).await.expect("made").token;
    assert_eq!(
        complaint_clock::days_ahead(services, &other).await.unwrap(),
        None,
        "another draft has no days"
    );
    world.clock.advance(Duration::hours(12));
    assert_eq!(
        complaint_clock::days_ahead(services, &token).await.unwrap(),
        None,
        "the days are not shown after the receipt has expired"
    );
}

#[tokio::test]
async fn the_organisation_sets_other_limits_and_holidays() {
    let folder = tempfile::tempdir().expect("a folder");
    let (rules, holidays) = (folder.path().join("rules.json"), folder.path().join("days.json"));
    let mut other = complaint::clock::Rules::default();
    other.limits.iter_mut().for_each(|limit| limit.count += 1);
    std::fs::write(&rules, serde_json::to_string(&other).expect("the result can be serialized as JSON")).expect("written");
    let day = r#"{"england-and-wales":{"events":[{"date":"2026-11-24","title":"A holiday nobody knew of"}]}}"#;
    std::fs::write(&holidays, day).expect("written");
    let settings = Settings {
        clock_rules_file: Some(rules),
        bank_holidays_file: Some(holidays),
        ..Settings::default()
    };
    let world = World::with(Sqlite, settings, Arc::new(SeededEntropy::new(7)))
        .await
        .expect("SQLite");
    let input: ClockInput = serde_json::from_str(r#"{"stage":"waiting_stage_1","complained_on":"2026-11-23"}"#).expect("an input");
    let said = complaint_clock::clock(&world.services, &input);
    let due = said.deadline(Duty::AcknowledgeStage1).and_then(|deadline| deadline.due);
    assert_eq!(
        due.map(|due| iso_date::format(due.latest)).as_deref(),
        Some("2026-12-02"),
        "six working days, of which one is a holiday"
    );
    assert_eq!(iso_date::format(said.today), "2026-11-23");
}

//! The complaint clock's dates for a complaint that was sent, and rules that the organisation sets.

use complaint::StepId;
use complaint::clock::{ClockInput, Duty};
use complaint::fields::iso_date;
use record::entropy::SeededEntropy;
use rstest::rstest;
use service::{Settings, clock, drafts, submission};
use std::sync::Arc;
use time::Duration;

use crate::answers::{filled, key, save};
use crate::world::{
    On::{self, Postgres, Sqlite},
    World,
};

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_days_ahead_of_a_complaint_are_known_once_it_is_sent(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = filled(services).await;
    save(services, &token, StepId::Dates, r#"{"complained_on":"2026-11-16"}"#).await;
    assert_eq!(clock::days_ahead(services, &token).await.unwrap(), None, "nothing is sent");
    submission::submit(services, &token, &key("first")).await.expect("sent");

    let days = clock::days_ahead(services, &token).await.unwrap().expect("sent");
    let dates: Vec<String> = days.iter().map(|day| iso_date::format(day.date)).collect();
    assert_eq!(
        dates,
        ["2026-11-30", "2026-12-07", "2026-12-08"],
        "we write, the answer is due, we can ask for it"
    );
    assert_eq!(
        clock::days_ahead(services, &token).await.unwrap(),
        Some(days.clone()),
        "the same again"
    );
    world.clock.advance(Duration::hours(12));
    let later = clock::days_ahead(services, &token).await.unwrap();
    assert_eq!(later, Some(days), "and again later");
    let other = drafts::create(services).await.expect("made").token;
    assert_eq!(clock::days_ahead(services, &other).await.unwrap(), None, "and not for anybody else");
    world.clock.advance(Duration::hours(12));
    assert_eq!(
        clock::days_ahead(services, &token).await.unwrap(),
        None,
        "for as long as the receipt is shown"
    );
}

#[tokio::test]
async fn the_organisation_sets_other_limits_and_holidays() {
    let folder = tempfile::tempdir().expect("a folder");
    let (rules, holidays) = (folder.path().join("rules.json"), folder.path().join("days.json"));
    let mut other = complaint::clock::Rules::default();
    other.limits.iter_mut().for_each(|limit| limit.count += 1);
    std::fs::write(&rules, serde_json::to_string(&other).expect("plain data")).expect("written");
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
    let said = clock::clock(&world.services, &input);
    let due = said.deadline(Duty::AcknowledgeStage1).and_then(|deadline| deadline.due);
    assert_eq!(
        due.map(|due| iso_date::format(due.latest)).as_deref(),
        Some("2026-12-02"),
        "six working days, one of them gone"
    );
    assert_eq!(iso_date::format(said.today), "2026-11-23");
}

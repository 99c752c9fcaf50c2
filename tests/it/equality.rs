use crate::answers::{create_full_draft, key, send_complaint};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};
use rstest::rstest;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use service::cases::desk::Caller;
use service::cases::equality::{self, TotalsError};
use service::cases::submission;
use time::Duration;

/// Returns the total of an answer in November. The test's clock is in December.
async fn total(world: &World, question: &str, answer: &str) -> Option<u64> {
    let totals = equality::totals(&world.services, &Caller::at_command_line("ash"), "2026-11")
        .await
        .unwrap();
    let question = totals.questions.into_iter().find(|q| q.question == question).expect("a question");
    question.answers.into_iter().find(|a| a.answer == answer).expect("an answer").total
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn answers_are_counted_once_and_small_totals_are_kept_back(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    for person in 0..6 {
        let token = create_full_draft(services).await;
        let given: &[_] = if person < 5 {
            &[("sex", "female"), ("age", "25_34")]
        } else {
            &[("sex", "male")]
        };
        assert!(
            !equality::is_open(services, &token).await.unwrap(),
            "the questions open only after sending"
        );
        assert!(!equality::answer(services, &token, given).await.unwrap());
        submission::submit(services, &token, &key(&format!("key-{person}"))).await.unwrap();
        assert!(equality::is_open(services, &token).await.unwrap());
        assert!(
            !equality::answer(services, &token, &[]).await.unwrap(),
            "an empty form is not counted"
        );
        assert!(equality::answer(services, &token, given).await.unwrap());
        assert!(
            !equality::answer(services, &token, given).await.unwrap(),
            "a second answer is not counted"
        );
        assert!(!equality::is_open(services, &token).await.unwrap());
    }
    let early = equality::totals(services, &Caller::at_command_line("ash"), "2026-11").await;
    assert!(matches!(early, Err(TotalsError::NotOver)), "{early:?}");
    for wrong in ["2026-13", "november", "", "2026-11-01", "+026-11"] {
        let answer = equality::totals(services, &Caller::at_command_line("ash"), wrong).await;
        assert!(matches!(answer, Err(TotalsError::NotAMonth)), "{wrong}: {answer:?}");
    }
    world.clock.advance(Duration::days(8));
    assert_eq!(total(&world, "sex", "female").await, Some(5));
    assert_eq!(total(&world, "age", "25_34").await, Some(5));
    assert_eq!(total(&world, "sex", "male").await, None, "a total of one person is not shown");
    assert_eq!(
        total(&world, "religion", "sikh").await,
        None,
        "a total of zero looks like a small total"
    );
    assert_eq!(world.count("desk_calls WHERE action = 'equality_totals'").await, 4);
}

/// A reader of the database finds totals and which drafts have answered, but not the answers or their times.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn nothing_leads_from_an_answer_to_a_person(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let (token, _) = send_complaint(&world.services).await;
    assert!(equality::answer(&world.services, &token, &[("religion", "sikh")]).await.unwrap());
    let db = &world.services.store().read;
    let columns = async |table: &str| -> Vec<String> {
        let sql = match db.get_database_backend() {
            DbBackend::Postgres => format!(
                "SELECT column_name AS name FROM information_schema.columns WHERE table_name = '{table}' AND table_schema = current_schema() ORDER BY 1"
            ),
            _ => format!("SELECT name FROM pragma_table_info('{table}') ORDER BY 1"),
        };
        let rows = db
            .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
            .await
            .unwrap();
        rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
    };
    assert_eq!(columns("equality_totals").await, ["answer", "month", "question", "total"]);
    assert_eq!(columns("equality_answered").await, ["draft_id"]);
    assert_eq!(world.count("equality_answered").await, 1);
    assert_eq!(world.count("equality_totals").await, 1);
    assert_eq!(world.count("case_events WHERE body LIKE '%sikh%'").await, 0);
    assert_eq!(world.count("cases WHERE answers LIKE '%sikh%'").await, 0);
}

//! Failures that are no fault of the resident: expired drafts, forged cookies, and a database that is unavailable.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use onrecord::http::limits::Quota;
use onrecord::server::Config;
use record::{entropy::SeededEntropy, store::Store};
use rstest::rstest;
use sea_orm::ConnectionTrait;
use service::Settings;

use super::phone::{PNG, Portal, RESIDENT};
use crate::world::{TestDatabase, World, database};

#[tokio::test]
async fn a_cookie_of_another_draft_opens_nothing_and_what_was_typed_is_kept() {
    let portal = Portal::new().await;
    let mut mine = portal.phone();
    mine.answer(&RESIDENT).await;
    let mut other = portal.phone();
    other.answer(&RESIDENT[..1]).await;
    // The id of one draft with the secret of another.
    let (id, _) = mine.cookies["draft"].split_once('.').unwrap();
    let (_, secret) = other.cookies["draft"].split_once('.').unwrap();
    let forged = format!("{id}.{secret}");
    other.cookies.insert("draft".into(), forged.clone());
    let page = other.get("/complaint/check-answers").await.reads(StatusCode::OK);
    assert!(!page.contains("Siân"), "{page}");
    let page = other.post("/complaint/landlord", &[("name", "Other Homes")]).await;
    assert_eq!(page.leads_to(), "/complaint/who-are-you?kept=1");
    assert_ne!(other.cookies["draft"], forged);
    assert!(other.get("/complaint/landlord").await.reads(StatusCode::OK).contains("Other Homes"));
    let mine = mine.get("/complaint/landlord").await.reads(StatusCode::OK);
    assert!(mine.contains("Example Homes") && !mine.contains("Other Homes"));
}

#[rstest]
#[case("what-happened", &[("what_happened", "It started in March.")], "It started in March.")]
#[case("about-you", &[("full_name", "Ada Example"), ("organisation", ""), ("connection", "friend")], "Ada Example")]
#[case(
    "dates",
    &[("complained_on-day", ""), ("complained_on-month", "5"), ("complained_on-year", "2026"),
      ("refused_on-day", "7"), ("refused_on-month", "6"), ("refused_on-year", "2026")],
    "value=\"07\""
)]
#[tokio::test]
async fn an_answer_to_a_draft_that_has_expired_is_kept(#[case] slug: &str, #[case] fields: &[(&str, &str)], #[case] kept: &str) {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..6]).await;
    let old = phone.cookies["draft"].clone();
    portal.world.clock.advance(time::Duration::days(29));
    let path = format!("/complaint/{slug}");
    let page = phone.post(&path, fields).await;
    let to = page.leads_to().to_owned();
    assert!(to.ends_with("?kept=1"), "{to}");
    assert_ne!(phone.cookies["draft"], old);
    assert!(phone.get(&to).await.reads(StatusCode::OK).contains("kept the answer"));
    let page = phone.get(&path).await.reads(StatusCode::OK);
    assert!(page.contains(kept), "{page}");
}

#[tokio::test]
async fn a_rule_still_holds_for_an_answer_whose_draft_has_gone() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let fields = [
        ("complained_on-day", "31"),
        ("complained_on-month", "2"),
        ("complained_on-year", "2025"),
    ];
    let page = phone
        .post("/complaint/dates", &fields)
        .await
        .reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("value=\"31\""), "{page}");
    assert_eq!(portal.world.count("drafts").await, 0);
}

#[tokio::test]
async fn a_receipt_that_is_no_longer_shown_gives_way_to_a_new_complaint() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = super::questionnaire::sent(&portal).await;
    portal.world.clock.advance(time::Duration::hours(25));
    let page = phone.get("/complaint/sent").await.reads(StatusCode::OK);
    assert!(!page.contains(&receipt.access_code), "{page}");
    let page = phone.post("/complaint/who-are-you", &[("role", "resident")]).await;
    assert_eq!(page.leads_to(), "/complaint/name");
}

#[tokio::test]
async fn too_many_drafts_from_one_place_wait_with_their_words() {
    let portal = Portal::with(7, |config| config.limits.draft_creation = Quota::new(2, 1)).await;
    for _ in 0..2 {
        portal.phone().answer(&RESIDENT[..1]).await;
    }
    let page = portal.phone().post("/complaint/landlord", &[("name", "Example Homes")]).await;
    assert!(page.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert!(page.reads(StatusCode::TOO_MANY_REQUESTS).contains("Example Homes"));
    let page = portal.phone().upload("/complaint/evidence", &[("mould.png", PNG)], "upload").await;
    page.reads(StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(portal.world.count("drafts").await, 2);
}

/// A portal that waits only a moment for its database.
pub async fn impatient() -> Portal {
    let folder = tempfile::tempdir().unwrap();
    let url = database(TestDatabase::Sqlite, folder.path()).await.unwrap();
    let store = Store::connect_with(&url, Duration::from_millis(300)).await.unwrap();
    store.migrate().await.unwrap();
    let world = World::on_store(store, folder, url, Settings::default(), Arc::new(SeededEntropy::new(7)));
    Portal::on(world, Config::default())
}

#[tokio::test]
async fn a_database_that_cannot_be_written_keeps_no_word_from_the_page() {
    let portal = impatient().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    let other = sea_orm::Database::connect(&portal.world.url).await.unwrap();
    other.execute_unprepared("BEGIN EXCLUSIVE").await.unwrap();

    let typed = "Mould, and now the ceiling too.";
    let page = phone.post("/complaint/what-happened", &[("what_happened", typed)]).await;
    let shown = page.reads(StatusCode::SERVICE_UNAVAILABLE);
    assert!(shown.contains(typed) && shown.contains("could not save"), "{shown}");
    let page = portal.phone().post("/complaint/what-happened", &[("what_happened", typed)]).await;
    assert!(
        page.reads(StatusCode::SERVICE_UNAVAILABLE).contains(typed),
        "the page keeps the typed text without a draft too"
    );
    let page = phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    page.reads(StatusCode::SERVICE_UNAVAILABLE);
    let page = phone.upload("/complaint/evidence", &[("mould.png", PNG)], "continue").await;
    assert!(page.status == StatusCode::SERVICE_UNAVAILABLE || page.status == StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(phone.get("/livez").await.status, StatusCode::OK);

    other.execute_unprepared("ROLLBACK").await.unwrap();
    let page = phone.post("/complaint/what-happened", &[("what_happened", typed)]).await;
    assert_eq!(page.leads_to(), "/complaint/the-home-now");
    let page = phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    assert_eq!(page.leads_to(), "/complaint/sent");
    assert_eq!(portal.world.count("cases").await, 1);
}

#[tokio::test]
async fn a_database_that_is_gone_gives_pages_that_say_so() {
    let portal = impatient().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    portal.world.services.store().clone().close().await.unwrap();
    assert_eq!(phone.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    for path in ["/complaint/landlord", "/complaint/check-answers", "/complaint/sent"] {
        let page = phone.get(path).await.reads(StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.contains("problem with the service"), "{path}: {page}");
    }
    let typed = "Mould, and now the ceiling too.";
    let page = phone.post("/complaint/what-happened", &[("what_happened", typed)]).await;
    assert!(page.reads(StatusCode::SERVICE_UNAVAILABLE).contains(typed));
    // Pages that need no database still work.
    phone.get("/help").await.reads(StatusCode::OK);
    phone.get("/sign-in").await.reads(StatusCode::OK);
    let typed = [("reference", "RC-7K3M-92Q5"), ("access_code", "AAAA-BBBB-CCCC")];
    let page = phone.post("/sign-in", &typed).await.reads(StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.contains("RC-7K3M-92Q5"), "{page}");
}

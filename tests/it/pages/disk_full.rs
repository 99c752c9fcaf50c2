//! Files when there is no disk space for them: the page says so, and the text stays.

use axum::http::StatusCode;

use super::case_actions;
use super::phone::{PNG, Portal, RESIDENT};

#[tokio::test]
async fn the_page_says_that_there_is_no_room_and_the_complaint_is_sent_without_the_file() {
    let portal = Portal::with(7, |config| config.service.space.reserve_bytes = u64::MAX).await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    let page = phone.upload("/complaint/evidence", &[("mould.png", PNG)], "continue").await;
    let shown = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        shown.contains("mould.png was not added: we have no room for more files at the moment"),
        "{shown}"
    );
    assert!(portal.world.stored().is_empty());
    let page = phone.upload("/complaint/evidence", &[], "continue").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    let page = phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    assert_eq!(page.leads_to(), "/complaint/sent");
}

#[tokio::test]
async fn words_that_come_with_a_file_to_a_case_come_back() {
    let portal = Portal::with(7, |config| config.service.space.reserve_bytes = u64::MAX).await;
    let (mut phone, receipt) = case_actions::signed_in(&portal).await;
    let address = format!("/cases/{}/message", receipt.reference);
    let key = case_actions::key(&phone.get(&address).await.reads(StatusCode::OK));
    let typed = "The ceiling came down last night.";
    let words = [("key", &*key), ("message", typed)];
    let page = case_actions::posts(&mut phone, &address, &words, &[("ceiling.png", PNG)]).await;
    let shown = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.contains(typed) && shown.contains("we have no room for more files"), "{shown}");
    // Without the file the message is sent.
    case_actions::posts(&mut phone, &address, &words, &[]).await.leads_to();
}

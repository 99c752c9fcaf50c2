//! The equality questions, without JavaScript.

use axum::http::StatusCode;

use super::phone::{Portal, RESIDENT};

#[tokio::test]
async fn they_come_after_the_receipt_and_can_be_left_alone() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    assert_eq!(
        phone.get("/equality").await.leads_to(),
        "/complaint/sent",
        "the questions need a sent complaint"
    );
    phone.answer(&RESIDENT).await;
    assert_eq!(phone.get("/equality/questions").await.leads_to(), "/complaint/sent");
    phone.upload("/complaint/evidence", &[], "continue").await;
    phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    let receipt = phone.get("/complaint/sent").await.reads(StatusCode::OK);
    assert!(receipt.contains("href=\"/equality"), "{receipt}");
    phone.get("/equality").await.reads(StatusCode::OK);

    // Nothing was chosen: nothing is counted, and the questions stay open.
    assert_eq!(phone.post("/equality/questions", &[]).await.leads_to(), "/complaint/sent");
    assert_eq!(portal.world.count("equality_answered").await, 0);
    let page = phone.get("/equality/questions").await.reads(StatusCode::OK);
    assert!(page.contains("I prefer not to say"), "{page}");
    let chosen = [("sex", "female"), ("religion", "not_said"), ("age", "<script>"), ("shoe_size", "5")];
    assert_eq!(phone.post("/equality/questions", &chosen).await.leads_to(), "/complaint/sent");
    assert_eq!(portal.world.count("equality_totals").await, 2);
    let receipt = phone.get("/complaint/sent").await.reads(StatusCode::OK);
    assert!(!receipt.contains("/equality"), "{receipt}");
    assert_eq!(phone.get("/equality").await.leads_to(), "/complaint/sent");
    assert_eq!(
        phone.post("/equality/questions", &[("sex", "male")]).await.leads_to(),
        "/complaint/sent"
    );
    assert_eq!(portal.world.count("equality_totals").await, 2, "answers are counted only once");
}

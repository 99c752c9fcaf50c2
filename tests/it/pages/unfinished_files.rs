//! Files that are still arriving when the complaint is sent, on pages without JavaScript.

use axum::http::StatusCode;
use complaint::questionnaire::question::Purpose;
use service::files::{Incoming, resumable};
use service::{cases::submission, record::housekeeping};
use text::Language;
use time::Duration;

use super::phone::{PNG, Portal, RESIDENT};

fn received(here: u64, all: u64) -> String {
    let values = [("here", here.to_string()), ("all", all.to_string())];
    Language::default().say_with("upload_progress.received", &values)
}

#[tokio::test]
async fn receipt_and_case_say_what_is_here_what_is_coming_and_what_never_came() {
    let portal = Portal::new().await;
    let services = &portal.world.services;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    phone.upload("/complaint/evidence", &[("here.png", PNG)], "upload").await;
    let token = phone.cookies["draft"].parse().unwrap();
    let file = Incoming {
        filename: "<coming>.png".into(),
        purpose: Purpose::Evidence,
        declared_len: Some(500),
    };
    resumable::announce(services, &token, file, String::new()).await.unwrap();
    let sent = phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    assert_eq!(sent.leads_to(), "/complaint/sent");

    let say = |key: &str| Language::default().say(key);
    let receipt = phone.get("/complaint/sent").await;
    assert!(
        receipt.html.contains("/assets/uploads-en-0.js"),
        "the page loads the script that resumes uploads"
    );
    let receipt = receipt.reads(StatusCode::OK);
    assert!(
        receipt.contains(&received(1, 2)) && receipt.contains(&say("files_progress.elsewhere")),
        "{receipt}"
    );
    assert!(receipt.contains("<coming>.png") && !receipt.contains(&say("files_progress.missing")));

    let receipt = submission::receipt(services, &token).await.unwrap().unwrap();
    portal.world.clock.advance(Duration::hours(25));
    housekeeping::clean_up(services).await.unwrap();
    let mut later = portal.phone();
    let fields = [("reference", &*receipt.reference), ("access_code", &*receipt.access_code)];
    let case = later.post("/sign-in", &fields).await.leads_to().to_owned();
    let page = later.get(&case).await;
    assert!(page.html.contains("/assets/uploads-en-0.js"));
    let page = page.reads(StatusCode::OK);
    assert!(
        page.contains(&received(1, 2)) && page.contains(&say("files_progress.missing")),
        "{page}"
    );
    assert!(page.contains(&say("timeline.file_not_received")) && page.contains("<coming>.png"));
    assert!(!page.contains(&say("files_progress.elsewhere")));

    for (path, sends) in [
        ("/complaint/evidence", true),
        ("/complaint/name", false),
        ("/help", false),
        ("/", false),
    ] {
        let mut phone = portal.phone();
        phone.answer(&RESIDENT[..1]).await;
        let html = phone.get(path).await.html;
        assert_eq!(
            html.contains("src=\"/assets/uploads-en-0.js\""),
            sends,
            "{path}: only pages that choose or await files load the script"
        );
    }
}

//! The devices on which a draft is open, without JavaScript.

use axum::http::StatusCode;

use super::phone::{PNG, Phone, Portal, RESIDENT};
use crate::mail::{delivered, link};

/// Makes a resume code and returns it as the page shows it.
async fn code(phone: &mut Phone) -> String {
    let page = phone.post("/save-and-return", &[("action", "code")]).await.reads(StatusCode::OK);
    let shown = page.split("or-reference__code").nth(1).and_then(|rest| rest.split('>').nth(1));
    shown.and_then(|rest| rest.split('<').next()).expect("a code").to_owned()
}

/// Opens the draft of this phone on another phone, with a resume code.
async fn elsewhere(portal: &Portal, phone: &mut Phone) -> Phone {
    let code = code(phone).await;
    let mut other = portal.phone();
    let opened = other.post("/return", &[("code", &code), ("open", "yes")]).await;
    assert_eq!(opened.leads_to(), "/complaint/tasks");
    other
}

/// Returns the main part of a page.
fn main(page: &str) -> &str {
    let main = page.split_once("<main").expect("a page").1;
    main.split_once("</main>").expect("its end").0
}

/// Returns the values of the buttons that end a device.
fn ids(page: &str) -> Vec<String> {
    let values = page.split("name=\"end\" value=\"").skip(1);
    values.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_device_is_ended_and_nothing_written_there_is_lost_without_a_word() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..5]).await;
    let alone = phone.get("/open-devices").await.reads(StatusCode::OK);
    assert!(alone.contains("Started there on 23 November 2026 at 09:30"), "{alone}");
    assert_eq!(ids(&alone), [""; 0], "the only device cannot be closed");
    let mut other = elsewhere(&portal, &mut phone).await;

    let page = phone.get("/open-devices").await.reads(StatusCode::OK);
    assert!(page.contains("Opened there with a code on 23 November 2026"), "{page}");
    let ids = ids(&page);
    assert_eq!(ids.len(), 3);
    let other_id = ids
        .iter()
        .zip(page.split("or-file-list__item").skip(1))
        .find(|(_, item)| !item.contains("This one"));
    let ended = phone.post("/open-devices", &[("end", other_id.unwrap().0)]).await;
    assert_eq!(ended.leads_to(), "/open-devices?done=yes");
    let done = phone.get("/open-devices?done=yes").await.reads(StatusCode::OK);
    assert!(done.contains("Your answers are now closed there."), "{done}");

    let before = portal.world.count("drafts").await;
    let typed = [("what_happened", "Mould behind <b>the bed</b>.\r\nSince March.")];
    let page = other.post("/complaint/what-happened", &typed).await.reads(StatusCode::GONE);
    assert!(page.contains("closed on this phone or computer"), "{page}");
    assert!(
        page.contains("Mould behind <b>the bed</b>.") && page.contains("Get a new link or code"),
        "{page}"
    );
    let page = other
        .post("/complaint/stage", &[("stage", "waiting_stage_1")])
        .await
        .reads(StatusCode::GONE);
    assert!(
        !main(&page).contains("waiting_stage_1") && page.contains("What you just wrote"),
        "the answer is shown in words: {page}"
    );
    for secret in ["Siân", "Example Homes", "Test Court"] {
        assert!(!page.contains(secret), "{secret}");
    }
    other
        .upload("/complaint/evidence", &[("mould.png", PNG)], "upload")
        .await
        .reads(StatusCode::GONE);
    assert_eq!(
        portal.world.count("drafts").await,
        before,
        "no other draft is made behind the person's back"
    );
    for there in [
        "/",
        "/complaint/tasks",
        "/complaint/name",
        "/complaint/check-answers",
        "/save-and-return",
    ] {
        assert_eq!(other.get(there).await.leads_to(), "/closed-here", "{there}");
    }
    other.get("/closed-here").await.reads(StatusCode::OK);
    assert_eq!(other.post("/closed-here", &[]).await.leads_to(), "/");
    assert!(other.cookies.is_empty());
    assert!(other.get("/").await.reads(StatusCode::OK).contains("Start now"));
    // That page and its button exist only for a device that was closed.
    assert_eq!(phone.get("/closed-here").await.leads_to(), "/");
    assert_eq!(phone.post("/closed-here", &[]).await.leads_to(), "/");
    assert!(
        phone.get("/complaint/name").await.reads(StatusCode::OK).contains("Siân O'Neill"),
        "this device keeps its answers"
    );
}

#[tokio::test]
async fn stopping_links_offers_to_close_the_answers_elsewhere_too() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..3]).await;
    code(&mut phone).await;
    let page = phone.get("/save-and-return").await.reads(StatusCode::OK);
    assert!(
        page.contains("Stop all links") && !page.contains("everywhere except here"),
        "there is no other device: {page}"
    );
    let mut other = elsewhere(&portal, &mut phone).await;
    let page = phone.get("/save-and-return").await.reads(StatusCode::OK);
    assert!(page.contains("close my answers everywhere except here"), "{page}");
    let stopped = phone.post("/save-and-return", &[("action", "stop_all")]).await;
    assert_eq!(stopped.leads_to(), "/save-and-return?done=stop_all");
    let page = phone.get("/save-and-return?done=stop_all").await.reads(StatusCode::OK);
    assert!(
        page.contains("They are only open here.") && !page.contains("Stop all links"),
        "{page}"
    );
    assert_eq!(other.get("/complaint/tasks").await.leads_to(), "/closed-here");
    // A browser on which the resident closes the draft keeps nothing.
    let mut other = elsewhere(&portal, &mut phone).await;
    let page = other.get("/open-devices").await.reads(StatusCode::OK);
    let own = ids(&page)
        .into_iter()
        .zip(page.split("or-file-list__item").skip(1))
        .find(|(_, item)| item.contains("This one"));
    let ended = other.post("/open-devices", &[("end", &own.unwrap().0)]).await;
    assert_eq!((ended.leads_to(), ended.header("clear-site-data")), ("/", "\"storage\""));
    assert!(other.cookies.is_empty());
}

/// The other phone opened the draft once, with a code. The resident ends all codes and sends.
#[tokio::test]
async fn another_device_is_told_that_it_was_sent_and_no_more() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    let mut other = elsewhere(&portal, &mut phone).await;
    phone.post("/save-and-return", &[("action", "stop")]).await;
    phone.upload("/complaint/evidence", &[], "continue").await;
    let sent = phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    assert_eq!(sent.leads_to(), "/complaint/sent");
    let receipt = phone.get("/complaint/sent").await.reads(StatusCode::OK);
    assert!(receipt.contains("or-reference__code"), "{receipt}");
    let page = phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    assert_eq!(page.leads_to(), "/complaint/sent", "a repeated submission leads to the receipt");
    let again = phone.get("/complaint/sent").await.reads(StatusCode::OK);
    assert_eq!(main(&again), main(&receipt), "the receipt must be the same");

    let again = other.post("/complaint/declaration", &[("agreed", "yes")]).await;
    assert_eq!(again.leads_to(), "/complaint/sent");
    for there in ["/complaint/sent", "/"] {
        let page = other.get(there).await.reads(StatusCode::OK);
        assert!(
            page.contains("sent from another phone or computer") && page.contains("/sign-in"),
            "{page}"
        );
        for secret in ["or-reference__code", "Siân", "Example Homes", "dates.ics", "See your reference"] {
            assert!(!main(&page).contains(secret), "{there}: {secret}");
        }
    }
    assert_eq!(other.get("/complaint/tasks").await.leads_to(), "/complaint/sent");
    assert_eq!(other.get("/open-devices").await.leads_to(), "/complaint/sent");
    assert_ne!(other.get("/complaint/dates.ics").await.status, StatusCode::OK);
}

/// An attacker has the server send the link of the attacker's own draft to a person with answers of their own.
#[tokio::test]
async fn a_link_that_somebody_else_asked_for_says_what_it_opens_and_replaces_nothing_unasked() {
    let portal = Portal::new().await;
    let mut attacker = portal.phone();
    attacker.answer(&RESIDENT[..3]).await;
    portal.world.clock.advance(time::Duration::days(1));
    attacker
        .post("/save-and-return", &[("email", "wren@example.org"), ("action", "email")])
        .await;
    let messages = delivered(&portal.world.services, portal.world.folder.path()).await;
    let message = messages.last().expect("a message");
    assert!(
        message.contains("Someone entered this email address") && message.contains("you do not need to do anything"),
        "{message}"
    );
    let link = link(message);

    let mut victim = portal.phone();
    victim.answer(&RESIDENT[..5]).await;
    let cookies = victim.cookies.clone();
    let page = victim.get(&link).await.reads(StatusCode::OK);
    let said = main(&page);
    assert!(said.contains("23 November 2026") && said.contains("Anytown"), "{said}");
    assert!(said.contains("If these are not your answers, do not open them."), "{said}");
    assert!(!said.contains("Siân") && !said.contains("Test Court"), "{said}");
    assert_eq!(victim.cookies, cookies, "opening the link page must not replace the draft");
    assert!(
        victim
            .get("/complaint/landlord")
            .await
            .reads(StatusCode::OK)
            .contains("Example Homes")
    );

    // If the victim opens it anyway, the draft is open on two devices, and the victim can see and end that.
    let opened = victim.post(&link, &[]).await;
    assert_eq!(opened.leads_to(), "/complaint/tasks");
    let devices = format!("/open-devices?draft={}", opened.number());
    let page = victim.get(&devices).await.reads(StatusCode::OK);
    assert!(
        page.contains("Opened there with a link") && page.contains("Started there on 23 November"),
        "{page}"
    );
    victim.post(&devices, &[("end", "others")]).await;
    assert_eq!(attacker.get("/complaint/tasks").await.leads_to(), "/closed-here");
    assert_eq!(attacker.get(&link).await.status, StatusCode::NOT_FOUND, "the link has ended too");
}

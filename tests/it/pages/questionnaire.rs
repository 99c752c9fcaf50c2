//! The whole questionnaire, from the first page to the organisation's answer.

use axum::http::StatusCode;
use complaint::Status;
use complaint::case::recordable_event::RecordableEvent;
use contract::Receipt;
use service::cases::desk::{self, Caller};
use service::{access::token::DraftToken, cases::submission};

use super::phone::{EXTRAS, PNG, Phone, Portal, RESIDENT, SHARED_PAGES};

/// Returns the receipt of a phone that has sent its complaint.
pub async fn receipt(portal: &Portal, phone: &Phone) -> Receipt {
    let token: DraftToken = phone.cookies["draft"].parse().unwrap();
    submission::receipt(&portal.world.services, &token)
        .await
        .unwrap()
        .expect("a receipt")
}

/// Sends a complaint. Returns the phone and the receipt.
pub async fn sent(portal: &Portal) -> (Phone, Receipt) {
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    let page = phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    assert_eq!(page.leads_to(), "/complaint/sent");
    let receipt = receipt(portal, &phone).await;
    (phone, receipt)
}

#[tokio::test]
async fn a_resident_files_a_complaint_and_follows_it() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.get("/").await.reads(StatusCode::OK);
    let mut next = "/complaint/who-are-you".to_owned();
    let mut seen = Vec::new();
    while next != "/complaint/evidence" {
        let slug = next.strip_prefix("/complaint/").unwrap().to_owned();
        let page = phone.get(&next).await.reads(StatusCode::OK);
        let (_, fields) = SHARED_PAGES
            .iter()
            .chain(&RESIDENT)
            .find(|(s, _)| *s == slug)
            .expect("a known page");
        for (name, _) in *fields {
            assert!(page.contains(&format!("name=\"{name}\"")), "{name} on {slug}");
        }
        assert!(page.contains("part ") && page.contains(" of 9"), "{slug}");
        next = phone.post(&next, fields).await.leads_to().to_owned();
        seen.push(slug);
    }
    assert_eq!(seen.len(), 12, "{seen:?}");
    let tasks = phone.get("/complaint/tasks").await.reads(StatusCode::OK);
    for (slug, fields) in EXTRAS {
        let path = format!("/complaint/{slug}");
        assert!(tasks.contains(&format!("href=\"{path}?")), "{slug}");
        phone.get(&path).await.reads(StatusCode::OK);
        assert_eq!(phone.post(&path, fields).await.leads_to(), "/complaint/tasks");
    }
    let letters = "/complaint/letters";
    assert_eq!(phone.upload(letters, &[("", b"")], "continue").await.leads_to(), "/complaint/tasks");
    phone.get(&next).await.reads(StatusCode::OK);
    let page = phone.upload(&next, &[("mould.png", PNG)], "upload").await;
    assert_eq!(page.leads_to(), "/complaint/evidence");
    assert!(phone.get(&next).await.reads(StatusCode::OK).contains("mould.png"));
    let page = phone.upload(&next, &[("", b"")], "continue").await;
    assert_eq!(page.leads_to(), "/complaint/check-answers");
    let check = phone.get("/complaint/check-answers").await.reads(StatusCode::OK);
    for told in [
        "Siân O'Neill",
        "4 Test Court",
        "ZZ1 1AA",
        "Example Homes",
        "Mould in the bedroom since March.",
        "I rent from a council",
        "Safe to use: No",
        "Times: Morning",
        "Damp or mould",
        "Started: March 2026",
        "My son coughs at night.",
        "Please do not rush me.",
    ] {
        assert!(check.contains(told), "{told} in {check}");
    }
    phone.get("/complaint/declaration").await.reads(StatusCode::OK);
    let page = phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    assert_eq!(page.leads_to(), "/complaint/sent");
    let shown = phone.get("/complaint/sent").await;
    assert_eq!(shown.header("cache-control"), "no-store");
    let receipt = receipt(&portal, &phone).await;
    let shown = shown.reads(StatusCode::OK);
    assert!(
        shown.contains(&receipt.reference) && shown.contains(&receipt.access_code),
        "{shown}"
    );

    let mut at_home = portal.phone();
    let credentials = [("reference", &*receipt.reference), ("access_code", &*receipt.access_code)];
    let page = at_home.post("/sign-in", &credentials).await;
    let case = format!("/cases/{}", receipt.reference);
    assert_eq!(page.leads_to(), case);
    let before = at_home.get(&case).await.reads(StatusCode::OK);
    assert!(before.contains(&receipt.reference) && before.contains("mould.png"), "{before}");
    let moved = RecordableEvent::StatusChanged {
        status: Status::Assessment,
        due: None,
        reason: None,
        message: Some("We are reading what you sent.".into()),
    };
    let services = &portal.world.services;
    desk::add_event(services, &Caller::at_command_line("ash"), &receipt.reference, moved, None)
        .await
        .unwrap();
    let after = at_home.get(&case).await.reads(StatusCode::OK);
    assert!(after.contains("We are reading what you sent."), "{after}");
    assert_eq!(at_home.post("/sign-out", &[]).await.leads_to(), "/");
    assert_eq!(at_home.get(&case).await.leads_to(), "/sign-in");
}

#[tokio::test]
async fn a_changed_answer_leads_straight_back_to_the_check() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    let page = phone.post("/complaint/landlord?from=check", &[("name", "Other Homes")]).await;
    assert_eq!(page.leads_to(), "/complaint/check-answers");
    // The changed answer makes a new question apply, which also leads back to the check page in the end.
    let page = phone.post("/complaint/who-are-you?from=check", &[("role", "representative")]).await;
    assert_eq!(page.leads_to(), "/complaint/why-you?from=check");
    let page = phone.post("/complaint/why-you?from=check", &[("why", "permission")]).await;
    assert_eq!(page.leads_to(), "/complaint/about-you?from=check");
    let about = [("full_name", "Ada Example"), ("organisation", ""), ("connection", "friend")];
    let page = phone.post("/complaint/about-you?from=check", &about).await;
    assert_eq!(page.leads_to(), "/complaint/permission?from=check");
    let page = phone.post("/complaint/permission?from=check", &[("how", "later")]).await;
    assert_eq!(page.leads_to(), "/complaint/what-you-may-do?from=check");
    let page = phone.post("/complaint/what-you-may-do?from=check", &[("scope", "see")]).await;
    assert_eq!(page.leads_to(), "/complaint/check-answers");
}

#[tokio::test]
async fn sending_twice_is_sending_once() {
    let portal = Portal::new().await;
    let (mut phone, first) = sent(&portal).await;
    let mut other_tab = phone.clone();
    for phone in [&mut phone, &mut other_tab] {
        let again = phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
        assert_eq!(again.leads_to(), "/complaint/sent");
        // Going back and changing a page does not change what was sent.
        let changed = phone.post("/complaint/landlord", &[("name", "Other Homes")]).await;
        assert_eq!(changed.leads_to(), "/complaint/sent");
        assert_eq!(phone.get("/complaint/landlord").await.leads_to(), "/complaint/sent");
        assert_eq!(receipt(&portal, phone).await, first);
    }
    assert_eq!(portal.world.count("cases").await, 1);
    assert_eq!(portal.world.count("case_events").await, 1);
}

#[tokio::test]
async fn a_complaint_with_a_gap_is_not_sent() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..4]).await;
    let page = phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    assert_eq!(page.leads_to(), "/complaint/check-answers");
    assert_eq!(portal.world.count("cases").await, 0);
}

#[tokio::test]
async fn starting_again_forgets_what_was_not_sent() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    phone.upload("/complaint/evidence", &[("mould.png", PNG)], "upload").await;
    assert_eq!(phone.post("/complaint/start-again?draft=draft", &[]).await.leads_to(), "/");
    assert!(phone.cookies.is_empty());
    assert_eq!((portal.world.count("drafts").await, portal.world.count("uploads").await), (0, 0));
    assert!(portal.world.stored().is_empty());

    let (mut phone, receipt) = sent(&portal).await;
    let before = phone.clone();
    phone.post("/complaint/start-again?draft=draft", &[]).await;
    assert_eq!(
        phone.cookies, before.cookies,
        "starting again must keep the cookies of a sent complaint"
    );
    assert_eq!(super::questionnaire::receipt(&portal, &before).await, receipt, "the receipt stays");
    let number = phone.get("/complaint/new").await.number();
    let page = phone
        .post(&format!("/complaint/who-are-you?draft={number}"), &[("role", "resident")])
        .await;
    assert_eq!(page.leads_to(), "/complaint/name", "a second complaint can be started");
}

#[tokio::test]
async fn one_of_several_things_is_taken_out_after_a_look_at_it() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    let only = phone.get("/remove-thing/1").await;
    assert_eq!(only.header("location"), "/complaint/check-answers", "the only issue stays");
    phone.post("/complaint/anything-else", &[("more", "yes")]).await;
    phone.post("/complaint/category-2", &[("category", "staff")]).await;
    let second = [("what_happened", "They shouted at me.")];
    phone.post("/complaint/what-happened-2", &second).await;
    let page = phone.get("/complaint/anything-else").await.reads(StatusCode::OK);
    assert!(page.contains("we will delete what you told us"), "{page}");
    let page = phone.get("/remove-thing/1").await.reads(StatusCode::OK);
    assert!(
        page.contains("Mould in the bedroom since March.") && !page.contains("shouted"),
        "{page}"
    );
    assert_eq!(phone.post("/remove-thing/1", &[]).await.leads_to(), "/complaint/check-answers");
    let check = phone.get("/complaint/check-answers").await.reads(StatusCode::OK);
    assert!(
        check.contains("They shouted at me.") && !check.contains("Mould in the bedroom"),
        "{check}"
    );
    for nonsense in ["/remove-thing/9", "/remove-thing/x"] {
        assert!(phone.post(nonsense, &[]).await.status.as_u16() < 500);
    }
}

#[tokio::test]
async fn what_another_device_saved_is_not_written_over() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..5]).await;
    let mut laptop = phone.clone();
    let seen = |html: &str| {
        let (_, rest) = html.split_once("name=\"seen\" value=\"").expect("the mark of the answer");
        rest.split('"').next().unwrap().to_owned()
    };
    let on_phone = seen(&phone.get("/complaint/landlord").await.html);
    let on_laptop = seen(&laptop.get("/complaint/landlord").await.html);
    assert_eq!(on_phone, on_laptop);
    let page = laptop
        .post("/complaint/landlord", &[("seen", &on_laptop), ("name", "Laptop Homes")])
        .await;
    assert_eq!(page.leads_to(), "/complaint/stage");
    let page = phone
        .post("/complaint/landlord", &[("seen", &on_phone), ("name", "Phone Homes")])
        .await;
    let both = page.reads(StatusCode::CONFLICT);
    assert!(both.contains("Laptop Homes") && both.contains("value=\"Phone Homes\""), "{both}");
    let check = phone.get("/complaint/check-answers").await.reads(StatusCode::OK);
    assert!(check.contains("Laptop Homes") && !check.contains("Phone Homes"), "{check}");
    let theirs = [("seen", &*seen(&both)), ("name", "Phone Homes"), ("action", "theirs")];
    assert_eq!(phone.post("/complaint/landlord", &theirs).await.leads_to(), "/complaint/tasks");
    assert!(
        phone
            .get("/complaint/landlord")
            .await
            .reads(StatusCode::OK)
            .contains("value=\"Laptop Homes\"")
    );
    // Pressing Continue again on that page confirms the person's choice.
    let page = phone
        .post("/complaint/landlord", &[("seen", &seen(&both)), ("name", "Phone Homes")])
        .await;
    assert_eq!(page.leads_to(), "/complaint/stage");
    // An answer to another question is no conflict, and neither is the same answer again.
    let page = laptop
        .post("/complaint/name", &[("seen", "0"), ("full_name", "Siân O'Neill")])
        .await;
    assert_eq!(page.leads_to(), "/complaint/your-home");
}

#[tokio::test]
async fn what_is_left_open_is_said_and_danger_is_asked_before_sending() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let (hazard, _) = RESIDENT[9];
    let without: Vec<_> = RESIDENT.into_iter().filter(|(slug, _)| *slug != hazard).collect();
    phone.answer(&without).await;
    let check = phone.get("/complaint/check-answers").await.reads(StatusCode::OK);
    let (_, open) = check.split_once("You have not answered these questions:").expect("what is open");
    let (open, _) = open.split_once("</ul>").unwrap();
    for slug in ["your-home", "about-email", "about-phone", "since", "the-home-now", "your-needs"] {
        assert!(open.contains(&format!("/complaint/{slug}?")), "{slug} in {open}");
    }
    assert!(!open.contains("/complaint/more-about-this?"), "{open}");
    // Continue leads to the question, like its two other links.
    assert_eq!(check.matches("/complaint/the-home-now?").count(), 3, "{check}");
    let page = phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    assert_eq!(page.leads_to(), "/complaint/the-home-now?from=check");
    assert_eq!(portal.world.count("cases").await, 0);
    let page = phone.post("/complaint/the-home-now?from=check", &[("hazard", "no_heating")]).await;
    assert_eq!(page.leads_to(), "/complaint/what-to-do-next?from=check");
    let page = phone.post("/complaint/what-to-do-next?from=check", &[]).await;
    assert_eq!(page.leads_to(), "/complaint/check-answers");
    let page = phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    assert_eq!(page.leads_to(), "/complaint/sent");
}

#[tokio::test]
async fn each_question_of_a_page_is_checked_and_nothing_is_lost() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..2]).await;
    let page = [
        ("tenure", "leaseholder"),
        ("home_address_seen", ""),
        ("line_1", "4 Test Court"),
        ("town", ""),
        ("postcode", "nowhere"),
    ];
    let shown = phone
        .post("/complaint/your-home", &page)
        .await
        .reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.contains("href=\"#town\"") && shown.contains("href=\"#postcode\""), "{shown}");
    assert!(
        shown.contains("value=\"4 Test Court\"") && shown.contains("value=\"nowhere\""),
        "{shown}"
    );
    let contact = [
        ("email", "sian@example.org"),
        ("email_safety_seen", ""),
        ("email_who_else", "My sister"),
        ("phone_safety_seen", ""),
    ];
    let shown = phone
        .post("/complaint/contact", &contact)
        .await
        .reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.contains("href=\"#email_safe\"") && !shown.contains("#phone_safe"), "{shown}");
    assert!(shown.contains("value=\"My sister\""), "{shown}");
}

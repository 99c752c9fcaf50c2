//! Resuming a draft on another phone, without JavaScript.

use axum::http::StatusCode;
use onrecord::http::limits::Quota;

use super::phone::{PNG, Phone, Portal, RESIDENT};
use crate::mail::{delivered, link};

/// A phone that has answered some questions and sent a photo.
async fn begun(portal: &Portal) -> Phone {
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..5]).await;
    phone.upload("/complaint/evidence", &[("mould.png", PNG)], "upload").await;
    phone
}

/// Returns the path of the link in the newest message.
async fn newest_link(portal: &Portal) -> String {
    link(
        delivered(&portal.world.services, portal.world.folder.path())
            .await
            .last()
            .expect("a message"),
    )
}

/// Returns the main part of a page.
fn main(page: &str) -> &str {
    let main = page.split_once("<main").expect("a page").1;
    main.split_once("</main>").expect("its end").0
}

/// Returns the code on a page.
fn code(page: &str) -> String {
    let at = page.find("or-reference__code").expect("a code");
    let shown = page[at..].split_once('>').expect("an element").1;
    shown.split('<').next().expect("its text").to_owned()
}

#[tokio::test]
async fn a_link_is_looked_at_without_being_used_and_its_button_opens_the_answers() {
    let portal = Portal::new().await;
    let mut phone = begun(&portal).await;
    let page = phone.get("/save-and-return").await.reads(StatusCode::OK);
    assert!(page.contains("21 December 2026"), "the page must show the expiry: {page}");
    assert!(
        page.contains("value=\"sian@example.org\""),
        "the page must contain the known address: {page}"
    );
    assert!(!page.contains("Stop all links"), "there is no link to stop");
    let sent = phone
        .post("/save-and-return", &[("email", "sian@example.org"), ("action", "email")])
        .await;
    assert_eq!(sent.leads_to(), "/save-and-return?done=email");
    let page = phone.get("/save-and-return?done=email").await.reads(StatusCode::OK);
    assert!(
        page.contains("you will get a link shortly") && page.contains("Stop all links"),
        "{page}"
    );
    assert!(!page.contains("<title>Complain"), "{page}");

    let link = newest_link(&portal).await;
    let mut tablet = portal.phone();
    for _ in 0..2 {
        let page = tablet.get(&link).await;
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.headers.get("set-cookie").is_none(), "opening the link page must set no cookie");
        let page = page.reads(StatusCode::OK);
        let page = main(&page);
        assert!(
            page.contains("23 November 2026") && page.contains("Example Homes"),
            "the page must identify the answers: {page}"
        );
        for told in ["Siân", "Test Court", "Anytown", "omplain"] {
            assert!(!page.contains(told), "{told}");
        }
    }
    let opened = tablet.post(&link, &[]).await;
    assert_eq!(opened.leads_to(), "/complaint/tasks");
    let cookie = opened.header("set-cookie");
    assert!(cookie.contains("Max-Age=2419200") && cookie.contains("HttpOnly"), "{cookie}");
    assert_ne!(tablet.cookies, phone.cookies, "each device has its own key");
    let clears = |page: &super::phone::Page| page.header("clear-site-data").to_owned();
    assert_eq!(clears(&opened), "", "the browser's stored data must not be cleared");
    let page = tablet.get("/complaint/evidence").await.reads(StatusCode::OK);
    assert!(page.contains("mould.png"), "the files must be listed");
    assert!(tablet.get("/complaint/name").await.reads(StatusCode::OK).contains("Siân O'Neill"));
    // The connection broke, so the link is opened once more.
    assert_eq!(portal.phone().post(&link, &[]).await.leads_to(), "/complaint/tasks");

    let stopped = phone.post("/save-and-return", &[("action", "stop")]).await;
    assert_eq!(stopped.leads_to(), "/save-and-return?done=stop");
    let page = portal.phone().post(&link, &[]).await;
    assert!(page.headers.get("set-cookie").is_none());
    assert!(page.reads(StatusCode::NOT_FOUND).contains("no longer works"));
    let ended = portal.phone().get(&link).await.reads(StatusCode::NOT_FOUND);
    let never = portal.phone().get("/return/nonsense").await.reads(StatusCode::NOT_FOUND);
    assert_eq!(main(&ended), main(&never));
}

#[tokio::test]
async fn a_code_is_read_out_and_typed_elsewhere() {
    let portal = Portal::new().await;
    let mut phone = begun(&portal).await;
    let page = phone.post("/save-and-return", &[("action", "code")]).await.reads(StatusCode::OK);
    let code = code(&page);
    assert!(page.contains("24 November 2026"), "the page must show the expiry: {page}");

    let mut tablet = portal.phone();
    tablet.get("/return").await.reads(StatusCode::OK);
    let mut answers = Vec::new();
    for wrong in ["000-000-000", "9ZZ-M92-QFA", "9ZZ", "🏠"] {
        let page = tablet.post("/return", &[("code", wrong)]).await;
        assert!(page.headers.get("set-cookie").is_none());
        let page = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains(wrong), "the page keeps the typed code");
        answers.push(main(&page).replace(wrong, "CODE"));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let empty = tablet
        .post("/return", &[("code", " ")])
        .await
        .reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.contains("Enter your code"), "{empty}");

    let typed = code.replace('-', " ").to_lowercase();
    let asks = tablet.post("/return", &[("code", &typed)]).await;
    assert!(
        asks.headers.get("set-cookie").is_none(),
        "the page must ask before it opens the draft"
    );
    let asks = asks.reads(StatusCode::OK);
    assert!(asks.contains("Example Homes") && asks.contains("23 November 2026"), "{asks}");
    assert!(asks.contains(&format!("name=\"code\" value=\"{typed}\"")), "{asks}");
    let opened = tablet.post("/return", &[("code", &typed), ("open", "yes")]).await;
    assert_eq!(opened.leads_to(), "/complaint/tasks");
    assert_ne!(tablet.cookies, phone.cookies);
    // Both phones go on, and each sees what the other saved.
    tablet.answer(&RESIDENT[5..6]).await;
    assert!(phone.get("/complaint/stage").await.reads(StatusCode::OK).contains("checked"));
}

#[tokio::test]
async fn a_link_opens_beside_what_is_there() {
    let portal = Portal::new().await;
    let mut phone = begun(&portal).await;
    phone.post("/save-and-return", &[("email", "sian@example.org")]).await;
    let link = newest_link(&portal).await;
    let mut other = portal.phone();
    other.answer(&RESIDENT[..1]).await;
    other.post("/complaint/name", &[("full_name", "Robin Example")]).await;
    other.upload("/complaint/evidence", &[("stairs.png", PNG)], "upload").await;
    let opened = other.post(&link, &[]).await;
    let number = opened.number();
    assert_eq!((opened.leads_to(), opened.header("clear-site-data")), ("/complaint/tasks", ""));
    let name = other.get(&format!("/complaint/name?draft={number}")).await.reads(StatusCode::OK);
    assert!(name.contains("Siân O'Neill") && !name.contains("Robin Example"), "{name}");
    let name = other.get("/complaint/name?draft=draft").await.reads(StatusCode::OK);
    assert!(name.contains("Robin Example"), "{name}");
    let files = other.get("/complaint/evidence?draft=draft").await.reads(StatusCode::OK);
    assert!(files.contains("stairs.png"), "{files}");
    // The same link leads to the same draft again, and so does the link of the browser's own draft.
    assert_eq!(other.post(&link, &[]).await.number(), number);
    assert_eq!(phone.post(&link, &[]).await.number(), "draft");
    assert_eq!((other.cookies.len(), phone.cookies.len()), (2, 1));
}

#[tokio::test]
async fn an_address_that_is_none_comes_back_with_what_was_typed() {
    let portal = Portal::new().await;
    let mut phone = begun(&portal).await;
    for (typed, said) in [("", "Enter the email address"), ("sian.example.org", "Enter an email address like")] {
        let page = phone.post("/save-and-return", &[("email", typed), ("action", "email")]).await;
        let page = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains(said) && page.contains("<title>Error: "), "{page}");
        assert!(page.contains(&format!("value=\"{typed}\"")), "{page}");
    }
    assert_eq!(portal.world.count("outbox").await, 0);
    // Without answers there is nothing to resume.
    let mut nobody = portal.phone();
    assert!(
        nobody
            .get("/save-and-return")
            .await
            .reads(StatusCode::OK)
            .contains("There are no answers")
    );
    assert_eq!(
        nobody.post("/save-and-return", &[("action", "code")]).await.leads_to(),
        "/save-and-return"
    );
}

#[tokio::test]
async fn trying_codes_is_slowed_down() {
    let portal = Portal::with(7, |config| config.limits.return_try = Quota::new(2, 1)).await;
    let mut phone = begun(&portal).await;
    let page = phone.post("/save-and-return", &[("action", "code")]).await.reads(StatusCode::OK);
    let code = code(&page);
    let mut thief = portal.phone();
    // Text that cannot be a code does not count as a try.
    for typed in ["7K3", "7K3-M92-QFA", "000-000-000", "000-000-000"] {
        thief
            .post("/return", &[("code", typed)])
            .await
            .reads(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let page = thief.post("/return", &[("code", &code)]).await;
    assert!(!page.header("retry-after").is_empty());
    assert!(page.reads(StatusCode::TOO_MANY_REQUESTS).contains(&code));

    let portal = Portal::with(7, |config| config.limits.return_ticket = Quota::new(1, 1)).await;
    let mut phone = begun(&portal).await;
    phone.post("/save-and-return", &[("action", "code")]).await.reads(StatusCode::OK);
    let page = phone.post("/save-and-return", &[("email", "sian@example.org")]).await;
    assert!(page.reads(StatusCode::TOO_MANY_REQUESTS).contains("sian@example.org"));
}

#[tokio::test]
async fn answers_that_will_go_soon_are_kept_by_one_button() {
    let portal = Portal::with(7, |config| config.service.draft_days = 20).await;
    assert!(portal.phone().get("/").await.reads(StatusCode::OK).contains("within 20 days"));
    assert!(portal.phone().get("/help").await.reads(StatusCode::OK).contains("for 20 days"));
    let mut phone = begun(&portal).await;
    let warning = "We will delete your answers soon";
    portal.world.clock.advance(time::Duration::days(12));
    for page in ["/", "/save-and-return"] {
        assert!(!phone.get(page).await.reads(StatusCode::OK).contains(warning));
    }
    portal.world.clock.advance(time::Duration::days(1));
    for page in ["/", "/save-and-return"] {
        let page = phone.get(page).await.reads(StatusCode::OK);
        assert!(page.contains(warning) && page.contains("13 December 2026"), "{page}");
        assert!(page.contains("Keep my answers for 20 more days"), "{page}");
    }
    let kept = phone.post("/complaint/keep", &[]).await;
    assert_eq!(kept.leads_to(), "/");
    assert!(
        kept.header("set-cookie").contains("Max-Age=1728000"),
        "the cookie must live as long as the draft"
    );
    let page = phone.get("/").await.reads(StatusCode::OK);
    assert!(!page.contains(warning) && page.contains("26 December 2026"), "{page}");
    assert_eq!(portal.phone().post("/complaint/keep", &[]).await.leads_to(), "/");
}

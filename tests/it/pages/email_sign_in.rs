//! Signing in with a code by email, the list of devices, and the real program killed while it sends notifications.

use std::time::Duration;

use axum::http::StatusCode;

use super::phone::{Portal, site};
use super::program::{Program, fill_in, get, post, reference, run_successfully};
use crate::mail::delivered;
use crate::people::{BY_MAIL, sent};
use onrecord::http::limits::Quota;

/// Removes what differs between two renderings of a page.
fn same(html: &str) -> String {
    // Each page has its own nonce and its own draft number.
    let without = |html: String, before: &str, end: &[char]| {
        let mut parts = html.split(before);
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |out, part| out + part.trim_start_matches(|c: char| !end.contains(&c)))
    };
    let html = without(html.to_owned(), "nonce=\"", &['"']);
    let html = without(html, "data-draft=\"", &['"']);
    without(html, "draft=", &['"', '&', '#'])
}

/// Returns the sealed value on the page where a code is entered.
fn sealed(html: &str) -> &str {
    let rest = html.split("name=\"for\" value=\"").nth(1).expect("the field");
    rest.split('"').next().unwrap()
}

fn code(letter: &str) -> &str {
    let is_code = |line: &&str| line.len() == 9 && line.as_bytes()[4] == b' ';
    letter.lines().find(is_code).expect("a code")
}

#[tokio::test]
async fn a_code_by_email_opens_the_case_and_whoever_asks_learns_nothing() {
    let portal = Portal::new().await;
    let receipt = sent(&portal.world.services, BY_MAIL).await;
    let unknown = complaint::fields::reference::Reference::from_draw([3; 7]).to_string();
    let mut pages = Vec::new();
    for (email, reference) in [
        ("wren@example.org", receipt.reference.as_str()),
        ("wren@example.org", ""),
        ("else@example.org", &receipt.reference),
        ("else@example.org", &unknown),
    ] {
        let mut phone = portal.phone();
        let asked = phone.post("/sign-in/email", &[("email", email), ("reference", reference)]).await;
        let to = asked.leads_to().to_owned();
        assert!(!to.contains("wren") && !to.contains(reference) | reference.is_empty(), "{to}");
        let page = phone.get(&to).await;
        assert!(!page.html.contains(email) && page.html.contains("autocomplete=\"one-time-code\""));
        let sealed = sealed(&page.html).to_owned();
        pages.push((same(&page.html).replace(&sealed, ""), phone, sealed));
    }
    assert!(
        pages.iter().all(|(html, ..)| *html == pages[0].0),
        "the page must not show whether the address is known"
    );

    let letters = delivered(&portal.world.services, portal.world.folder.path()).await;
    let [letter] = &letters[..] else { panic!("{letters:?}") };
    let code = code(letter);
    // A program that opens every link of a message uses up no code.
    for link in letter.split_whitespace().filter(|word| word.starts_with("http")) {
        portal.phone().get(link.trim_start_matches("http://portal.test")).await;
    }
    let mut wrong = Vec::new();
    for (_, phone, sealed) in &mut pages {
        let page = phone.post("/sign-in/code", &[("for", sealed), ("email_code", "0000 0000")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.push(same(&page.html).replace(sealed.as_str(), ""));
    }
    assert!(wrong.iter().all(|html| *html == wrong[0]));
    let (_, phone, sealed) = &mut pages[0];
    let fields = [("for", sealed.as_str()), ("email_code", code), ("remember", "yes")];
    let opened = phone.post("/sign-in/code", &fields).await;
    assert_eq!(opened.leads_to(), format!("/cases/{}", receipt.reference));
    assert!(opened.header("set-cookie").contains("Max-Age=2592000"), "remembered for 30 days");

    // The same code a second time, and a value that this server never sealed.
    let again = phone.post("/sign-in/code", &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(phone.get("/sign-in/code?for=AAAA").await.leads_to(), "/sign-in/email");
    let page = phone.post("/sign-in/code", &[("for", "AAAA"), ("email_code", code)]).await;
    assert_eq!(page.leads_to(), "/sign-in/email");
}

#[tokio::test]
async fn what_cannot_be_right_is_said_at_once_and_asking_is_slowed_down() {
    let portal = Portal::with(7, |config| config.limits.sign_in_code = Quota::new(1, 1)).await;
    let mut phone = portal.phone();
    let page = phone.post("/sign-in/email", &[("email", " "), ("reference", "RC-1")]).await;
    let page = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("Enter your email address") && page.contains("Check the reference"),
        "{page}"
    );
    let fields = [("email", "wren@example.org"), ("reference", "")];
    assert!(phone.post("/sign-in/email", &fields).await.leads_to().starts_with("/sign-in/code"));
    let page = phone.post("/sign-in/email", &fields).await;
    assert!(!page.header("retry-after").is_empty());
    let page = page.reads(StatusCode::TOO_MANY_REQUESTS);
    assert!(page.contains("Wait 1 minute") && page.contains("wren@example.org"), "{page}");
}

#[tokio::test]
async fn devices_are_shown_and_signed_out() {
    let portal = Portal::new().await;
    let receipt = sent(&portal.world.services, BY_MAIL).await;
    let typed = [("reference", &*receipt.reference), ("access_code", &*receipt.access_code)];
    let (mut here, mut there) = (portal.phone(), portal.phone());
    assert_eq!(here.get("/signed-in-devices").await.leads_to(), "/sign-in");
    here.post("/sign-in", &typed).await;
    there.post("/sign-in", &[typed[0], typed[1], ("remember", "yes")]).await;
    let case = here.get(&format!("/cases/{}", receipt.reference)).await.reads(StatusCode::OK);
    assert!(case.contains("href=\"/signed-in-devices\""));
    let page = here.get("/signed-in-devices").await.reads(StatusCode::OK);
    assert!(
        page.contains("This one") && page.contains("Signed in until 23 December 2026"),
        "{page}"
    );
    let asked = here.post("/signed-in-devices", &[("end", "others")]).await.reads(StatusCode::OK);
    assert!(asked.contains("Do you want to sign out everywhere else?"), "{asked}");
    let case = format!("/cases/{}", receipt.reference);
    assert_eq!(there.get(&case).await.status, StatusCode::OK, "one tap must not end a session");
    let done = here.post("/signed-in-devices", &[("end", "others"), ("sure", "yes")]).await;
    let page = here.get(done.leads_to()).await.reads(StatusCode::OK);
    assert!(
        page.contains("You are signed out there.") && !page.contains("Sign out everywhere"),
        "{page}"
    );
    assert_eq!(there.get("/cases").await.leads_to(), "/sign-in");
    let own = page
        .split("name=\"end\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    assert_eq!(here.post("/signed-in-devices", &[("end", own)]).await.leads_to(), "/");
    assert_eq!(here.get("/cases").await.leads_to(), "/sign-in");

    // On a shared phone the box is not offered, and posting it anyway remembers nothing.
    let mut shared = portal.phone();
    assert!(shared.get("/sign-in").await.html.contains("name=\"remember\""));
    shared.post("/this-phone", &[("shared", "on"), ("from", "/sign-in")]).await;
    assert!(!shared.get("/sign-in").await.html.contains("name=\"remember\""));
    let page = shared.post("/sign-in", &[typed[0], typed[1], ("remember", "yes")]).await;
    assert!(
        page.headers
            .get_all("set-cookie")
            .iter()
            .all(|line| !line.to_str().unwrap().contains("Max-Age=2592000"))
    );
    let page = shared.get("/signed-in-devices").await.reads(StatusCode::OK);
    assert!(page.contains("Signs out on its own on 23 November 2026"), "{page}");
}

#[test]
fn killed_at_any_moment_an_event_is_there_if_and_only_if_its_message_is() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let folder = folder.path();
    let mut program = Program::start(folder);
    let key = run_successfully(folder, &["keys", "add", "--name", "desk", "--scope", "desk"]);
    let key = key
        .split_whitespace()
        .find(|word| word.starts_with("ork_"))
        .expect("a key")
        .to_owned();
    let mut references = Vec::new();
    for _ in 0..6 {
        let cookie = fill_in(&program);
        program.request(&post("/complaint/declaration", &cookie, &[("agreed", "yes")]));
        let page = program.request(&get("/complaint/sent", &cookie));
        references.push(reference(&page).expect("a reference").to_owned());
    }
    for (n, delay) in [0, 2, 5, 9, 14, 30].into_iter().enumerate() {
        let body = r#"{"type":"message_sent","message":"We have begun."}"#;
        let request = format!(
            "POST /api/v1/desk/cases/{}/events HTTP/1.1\r\nHost: portal.test\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n\
             Idempotency-Key: k{n}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            references[n],
            body.len()
        );
        let connection = program.open(&request);
        std::thread::sleep(Duration::from_millis(delay));
        program.kill();
        drop(connection);
        program = Program::start(folder);
    }
    program.kill();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        use record::{cases, events, outbox, store::Store};
        let store = Store::connect(&Store::embedded(&folder.join("data"))).await.unwrap();
        let messages = outbox::list(&store.read).await.unwrap();
        for reference in &references {
            let case = cases::find_by_reference(&store.read, reference).await.unwrap().unwrap();
            let events = events::list(&store.read, case.id, 0, 100, &[]).await.unwrap();
            let told = events.iter().filter(|event| event.kind == "message_sent").count();
            let written = messages.iter().filter(|message| message.case_id == Some(case.id)).count();
            assert_eq!(told, written, "{reference}");
        }
        store.close().await.unwrap();
    });
}

//! Signing in with a reference and an access code.

use axum::http::StatusCode;
use onrecord::http::limits::Quota;

use super::phone::Portal;
use super::questionnaire::sent;

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

#[tokio::test]
async fn a_reference_is_read_the_way_people_write_it() {
    let mut seed = 1;
    // Looks for a seed that gives a reference with a zero in it.
    let (portal, receipt) = loop {
        let portal = Portal::with(seed, |_| {}).await;
        let (_, receipt) = sent(&portal).await;
        if receipt.reference.contains('0') {
            break (portal, receipt);
        }
        seed += 1;
    };
    let sloppy = |text: &str| text.replace('0', "O").replace('1', "l").replace('-', " ").to_lowercase();
    let typed = [sloppy(&receipt.reference), sloppy(&receipt.access_code)];
    let page = portal
        .phone()
        .post("/sign-in", &[("reference", &typed[0]), ("access_code", &typed[1])])
        .await;
    assert_eq!(page.leads_to(), format!("/cases/{}", receipt.reference));
}

#[tokio::test]
async fn nobody_learns_whether_a_reference_exists() {
    let portal = Portal::new().await;
    let (_, receipt) = sent(&portal).await;
    let unknown = "RC-AAAA-AAA7";
    let mut answers = Vec::new();
    for reference in [&*receipt.reference, unknown, "nothing like it"] {
        let fields = [("reference", reference), ("access_code", "AAAA-BBBB-CCCC")];
        let page = portal.phone().post("/sign-in", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.headers.get("set-cookie").is_none());
        answers.push(same(&page.html).replace(reference, "REFERENCE"));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // The same for addresses: a case that exists and one that does not.
    for reference in [&*receipt.reference, unknown] {
        let page = portal.phone().get(&format!("/cases/{reference}")).await;
        assert_eq!((page.leads_to(), page.html.len()), ("/sign-in", 0));
    }
}

#[tokio::test]
async fn one_session_sees_its_own_case_only() {
    let portal = Portal::new().await;
    let (_, mine) = sent(&portal).await;
    let (_, theirs) = sent(&portal).await;
    let mut phone = portal.phone();
    let typed = [("reference", &*mine.reference), ("access_code", &*mine.access_code)];
    phone.post("/sign-in", &typed).await;
    assert_eq!(phone.get(&format!("/cases/{}", theirs.reference)).await.leads_to(), "/sign-in");
    // With one case there is no list to choose from.
    let list = phone.get("/cases").await;
    assert!(list.status.is_redirection(), "{}", list.html);
    assert_eq!(list.header("location"), format!("/cases/{}", mine.reference));
    let case = phone.get(&format!("/cases/{}", mine.reference)).await.reads(StatusCode::OK);
    assert!(case.contains(&mine.reference) && !case.contains(&theirs.reference), "{case}");
    portal.world.clock.advance(time::Duration::minutes(61));
    assert_eq!(phone.get("/cases").await.leads_to(), "/sign-in", "the session must end");
}

#[tokio::test]
async fn what_is_empty_is_asked_for() {
    let portal = Portal::new().await;
    let page = portal
        .phone()
        .post("/sign-in", &[("reference", "RC-7K3M"), ("access_code", "  ")])
        .await;
    let page = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("Enter your access code") && !page.contains("Enter your reference"),
        "{page}"
    );
    assert!(page.contains("RC-7K3M"));
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_right_code_waits_too() {
    let portal = Portal::with(7, |config| config.limits.sign_in = Quota::new(2, 1)).await;
    let (_, receipt) = sent(&portal).await;
    let wrong = [("reference", &*receipt.reference), ("access_code", "AAAA-BBBB-CCCC")];
    for _ in 0..2 {
        let page = portal.phone().post("/sign-in", &wrong).await;
        page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let right = [("reference", &*receipt.reference), ("access_code", &*receipt.access_code)];
    let page = portal.phone().post("/sign-in", &right).await;
    assert!(!page.header("retry-after").is_empty());
    assert!(page.reads(StatusCode::TOO_MANY_REQUESTS).contains(&receipt.reference));
}

//! Input that the forms refuse.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use complaint::fields::text;
use rstest::rstest;

use super::phone::{Portal, RESIDENT};

const NASTY: [&str; 5] = [
    "</textarea><script>alert(1)</script>",
    "\" onfocus=alert(1) x=\"",
    "שלום עולם e\u{301}\u{327} \u{202e}abc",
    "👩‍👩‍👧‍👦 🏚️",
    "&lt;b&gt; & \r\n new line",
];

#[tokio::test]
async fn an_empty_page_comes_back_saying_what_is_missing() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    for slug in RESIDENT.map(|(slug, _)| slug).into_iter().chain(["declaration"]) {
        let path = format!("/complaint/{slug}");
        let empty = phone.post(&path, &[]).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            empty.contains("There is a problem") && empty.contains("<title>Error:"),
            "{slug}: {empty}"
        );
        assert!(!empty.contains("errors."), "{slug}: a sentence is missing in {empty}");
    }
}

#[tokio::test]
async fn every_typed_word_comes_back_and_none_of_it_runs() {
    let portal = Portal::new().await;
    for typed in NASTY {
        let mut phone = portal.phone();
        phone.answer(&RESIDENT[..2]).await;
        let fields = [("line_1", typed), ("line_2", typed), ("town", ""), ("postcode", "nonsense")];
        let page = phone.post("/complaint/address", &fields).await;
        assert!(
            !page.html.contains("<script>alert") && !page.html.contains("value=\"\" onfocus"),
            "{}",
            page.html
        );
        let shown = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
        // The text is shown as it would be stored: letters composed, and without the invisible characters of pasted text.
        let line = text::line(typed.split("\r\n").next().unwrap());
        assert!(shown.contains(&line) && shown.contains("nonsense"), "{typed} in {shown}");
        // Once saved, the text reads the same on the page itself.
        let long = typed.repeat(3);
        let page = phone.post("/complaint/what-happened", &[("what_happened", &long)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        let page = phone.get("/complaint/what-happened").await;
        assert!(!page.html.contains("<script>alert"), "{}", page.html);
        assert!(page.reads(StatusCode::OK).contains(&text::block(&long)), "{typed}");
    }
}

#[tokio::test]
async fn ten_thousand_characters_are_taken_or_refused_with_every_one_of_them() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..2]).await;
    let long = "é".repeat(10_000);
    let page = phone.post("/complaint/what-happened", &[("what_happened", &long)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    for (slug, field) in [
        ("name", "full_name"),
        ("landlord", "name"),
        ("contact", "email"),
        ("address", "line_1"),
    ] {
        let page = phone.post(&format!("/complaint/{slug}"), &[(field, &long)]).await;
        assert!(page.reads(StatusCode::UNPROCESSABLE_ENTITY).contains(&long), "{slug}");
    }
    let too_long = "é".repeat(30_001);
    let page = phone.post("/complaint/put-right", &[("put_right", &too_long)]).await;
    assert!(page.reads(StatusCode::UNPROCESSABLE_ENTITY).contains(&too_long));
}

#[tokio::test]
async fn a_nul_is_left_out_and_the_rest_kept() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..1]).await;
    let page = phone.post("/complaint/name", &[("full_name", "Siân\0 O'Neill")]).await;
    assert_eq!(page.leads_to(), "/complaint/your-home");
    assert!(phone.get("/complaint/name").await.reads(StatusCode::OK).contains("Siân O'Neill"));
}

#[rstest]
#[case(("31", "2", "2025"), false)]
#[case(("3", "March", "2025"), true)]
#[case(("3", "3", "25"), false)]
#[case(("", "march", "2025"), true)]
#[case(("x", "y", "z"), false)]
#[case(("1", "1", "2999"), false)]
#[tokio::test]
async fn dates_as_people_write_them(#[case] (day, month, year): (&str, &str, &str), #[case] good: bool) {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..6]).await;
    let fields = [
        ("complained_on-day", day),
        ("complained_on-month", month),
        ("complained_on-year", year),
    ];
    let page = phone.post("/complaint/dates", &fields).await;
    if good {
        assert_eq!(page.leads_to(), "/complaint/category");
    } else {
        let shown = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
        for typed in [day, month, year] {
            assert!(shown.contains(&format!("value=\"{typed}\"")), "{typed} in {shown}");
        }
    }
}

#[tokio::test]
async fn a_choice_that_is_not_on_the_page_is_no_answer() {
    let portal = Portal::new().await;
    let page = portal.phone().post("/complaint/who-are-you", &[("role", "landlord")]).await;
    page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(portal.world.count("drafts").await, 0, "an invalid choice must not create a draft");
}

#[tokio::test]
async fn a_form_that_is_too_long_is_told_so_in_words() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let long = "a".repeat(1_100_000);
    let page = phone.post("/complaint/what-happened", &[("what_happened", &long)]).await;
    assert!(page.reads(StatusCode::PAYLOAD_TOO_LARGE).contains("too much"));
    // The body is not a form.
    let request = Request::post("/complaint/name").header("content-type", "image/png");
    let page = phone.send(request, Body::from(vec![0xff, 0xfe, 0x00])).await;
    page.reads(StatusCode::UNPROCESSABLE_ENTITY);
}

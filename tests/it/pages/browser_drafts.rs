//! Several drafts in one browser: each page stays with the draft it was made from.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rstest::rstest;

use super::phone::{PNG, Phone, Portal, RESIDENT};

/// Returns the address of a page for the draft with this number.
fn draft_address(number: &str, page: &str) -> String {
    format!("{page}?draft={number}")
}

/// Starts another complaint through its pages, for a resident of this name. Returns the draft's number.
async fn begin(phone: &mut Phone, name: &str) -> String {
    let number = phone.get("/complaint/new").await.number();
    let next = phone
        .post(&draft_address(&number, "/complaint/who-are-you"), &[("role", "resident")])
        .await;
    assert_eq!((next.leads_to(), next.number()), ("/complaint/name", number.clone()));
    let next = phone.post(&draft_address(&number, "/complaint/name"), &[("full_name", name)]).await;
    assert_eq!(next.number(), number);
    number
}

/// Returns the name that the name page shows.
async fn named(phone: &mut Phone, number: &str) -> String {
    let page = phone.get(&draft_address(number, "/complaint/name")).await.reads(StatusCode::OK);
    let field = page.split("id=\"full_name\"").nth(1).expect("the field");
    field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// Returns every link and form target of a page that leads to a page of a draft.
fn draft_links(html: &str) -> Vec<&str> {
    ["href=\"", "action=\""]
        .iter()
        .flat_map(|attribute| html.split(attribute).skip(1))
        .map(|rest| rest.split('"').next().unwrap())
        .filter(|to| {
            ["/complaint/", "/save-and", "/open-dev", "/about-file", "/remove-thing"]
                .iter()
                .any(|start| to.starts_with(start))
        })
        .collect()
}

#[tokio::test]
async fn a_page_names_its_draft_in_every_link_and_form() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let one = begin(&mut phone, "Robin Example").await;
    let two = begin(&mut phone, "Sam Example").await;
    for page in [
        "/complaint/name",
        "/complaint/tasks",
        "/complaint/check-answers",
        "/complaint/evidence",
        "/save-and-return",
        "/open-devices",
    ] {
        for (number, other) in [(&one, &two), (&two, &one)] {
            let html = phone.get(&draft_address(number, page)).await.reads(StatusCode::OK);
            let ways = draft_links(&html);
            assert!(
                !ways.is_empty() && ways.iter().all(|to| to.contains(&format!("?draft={number}"))),
                "{page}: {ways:?}"
            );
            assert!(!html.contains(other.as_str()), "{page} must not name the other draft");
        }
    }
    // On a first visit the form creates the draft that its page names, however often it is sent.
    let mut first = portal.phone();
    let html = first.get("/complaint/who-are-you").await.reads(StatusCode::OK);
    let form = draft_links(&html)
        .into_iter()
        .find(|to| to.starts_with("/complaint/who-are-you?draft="))
        .expect("a form")
        .to_owned();
    for _ in 0..2 {
        first.post(&form, &[("role", "resident")]).await;
    }
    assert_eq!(first.cookies.len(), 1);
    assert!(first.get("/").await.reads(StatusCode::OK).contains("You have already started"));
}

#[rstest]
#[case::one_after_the_other(&[0, 0, 1, 1])]
#[case::in_turn(&[0, 1, 0, 1])]
#[case::the_later_first(&[1, 0, 0, 1])]
#[tokio::test]
async fn another_draft_is_never_written_to(#[case] order: &[usize]) {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let drafts = [begin(&mut phone, "Robin Example").await, begin(&mut phone, "Sam Example").await];
    let names = ["Robin Example", "Sam Example"];
    let towns = ["Anytown", "Otherton"];
    let mut asked = [0, 0];
    for at in order {
        let number = &drafts[*at];
        asked[*at] += 1;
        if asked[*at] == 1 {
            let address = [("line_1", "4 Test Court"), ("town", towns[*at]), ("postcode", "ZZ1 1AA")];
            phone.post(&draft_address(number, "/complaint/address"), &address).await.leads_to();
        } else {
            phone
                .upload(
                    &draft_address(number, "/complaint/evidence"),
                    &[(&format!("{}.png", towns[*at]), PNG)],
                    "upload",
                )
                .await
                .leads_to();
        }
    }
    for (at, number) in drafts.iter().enumerate() {
        assert_eq!(named(&mut phone, number).await, names[at]);
        let other = 1 - at;
        let address = phone.get(&draft_address(number, "/complaint/address")).await.reads(StatusCode::OK);
        assert!(address.contains(towns[at]) && !address.contains(towns[other]), "{address}");
        let files = phone.get(&draft_address(number, "/complaint/evidence")).await.reads(StatusCode::OK);
        assert!(
            files.contains(&format!("{}.png", towns[at])) && !files.contains(&format!("{}.png", towns[other])),
            "{files}"
        );
        // Each page says whose complaint it is.
        assert!(files.contains(&format!("Complaint for {}.", names[at])), "{files}");
    }
    assert_eq!(portal.world.count("drafts").await, 2);
}

#[tokio::test]
async fn what_names_no_draft_is_not_guessed_to_be_for_one_of_several() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let drafts = [begin(&mut phone, "Robin Example").await, begin(&mut phone, "Sam Example").await];
    for page in ["/complaint/name", "/complaint/tasks", "/save-and-return", "/complaint/evidence"] {
        assert_eq!(phone.get(page).await.leads_to(), "/unfinished", "{page}");
    }
    for page in ["/complaint/name", "/complaint/start-again", "/complaint/keep", "/open-devices"] {
        phone.post(page, &[("full_name", "Alex Example")]).await;
    }
    // A page from before drafts had numbers: its draft is none of these.
    let request = Request::post("/complaint/name")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    phone.clone().send(request, Body::from("full_name=Alex+Example")).await;
    assert_eq!(named(&mut phone, &drafts[0]).await, "Robin Example");
    assert_eq!(named(&mut phone, &drafts[1]).await, "Sam Example");
    let list = phone.get("/unfinished").await.reads(StatusCode::OK);
    assert!(
        list.contains("Complaint for Robin Example") && list.contains("Complaint for Sam Example"),
        "{list}"
    );
    assert!(list.contains("at "), "the list shows when each draft was begun: {list}");
    assert!(phone.get("/").await.reads(StatusCode::OK).contains("Your unfinished complaints"));
}

#[tokio::test]
async fn deleting_asks_and_takes_the_one_that_was_meant() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let drafts = [begin(&mut phone, "Robin Example").await, begin(&mut phone, "Sam Example").await];
    let asked = phone.post("/unfinished", &[("number", &drafts[0])]).await.reads(StatusCode::OK);
    assert!(
        asked.contains("Complaint for Robin Example") && asked.contains("Yes, delete it"),
        "{asked}"
    );
    assert_eq!(
        portal.world.count("drafts").await,
        2,
        "the confirmation page must not delete the draft"
    );
    for wrong in ["", "draft", "zzzzzzzzzz", "<b>"] {
        let page = phone.post("/unfinished", &[("number", wrong), ("sure", "yes")]).await;
        assert_eq!(page.leads_to(), "/unfinished", "{wrong}");
    }
    let done = phone.post("/unfinished", &[("number", &drafts[0]), ("sure", "yes")]).await;
    assert_eq!(done.leads_to(), "/unfinished?done=yes");
    assert_eq!((portal.world.count("drafts").await, phone.cookies.len()), (1, 1));
    // A page of the deleted draft is sent again. Its text is kept, and not in the other draft.
    phone
        .post(&draft_address(&drafts[0], "/complaint/name"), &[("full_name", "Robin Again")])
        .await;
    assert_eq!(named(&mut phone, &drafts[1]).await, "Sam Example");
    assert_eq!(named(&mut phone, &drafts[0]).await, "Robin Again");
}

#[tokio::test]
async fn an_old_button_deletes_nothing_but_the_draft_of_its_page() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    let number = begin(&mut phone, "Sam Example").await;
    for old in [
        "/complaint/start-again",
        "/complaint/start-again?draft=draft",
        "/complaint/start-again?draft=zzz",
    ] {
        assert_eq!(phone.post(old, &[]).await.leads_to(), "/", "{old}");
        assert_eq!(named(&mut phone, &number).await, "Sam Example");
    }
    let mut other = portal.phone();
    other.answer(&RESIDENT[..2]).await;
    assert_eq!(other.post("/complaint/start-again", &[]).await.leads_to(), "/");
    assert_eq!(other.cookies.len(), 1, "a page that names no draft deletes none");
}

#[tokio::test]
async fn a_browser_holds_eight_and_says_so() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let mut last = String::new();
    for at in 0..8 {
        last = begin(&mut phone, &format!("Robin {at}")).await;
    }
    assert_eq!(phone.get("/complaint/new").await.leads_to(), "/unfinished?full=yes");
    assert_eq!(
        phone.get("/complaint/who-are-you?draft=ninth").await.leads_to(),
        "/unfinished?full=yes"
    );
    let post = phone.post("/complaint/who-are-you?draft=ninth", &[("role", "resident")]).await;
    assert_eq!(post.leads_to(), "/unfinished?full=yes");
    assert!(
        phone
            .get("/unfinished?full=yes")
            .await
            .reads(StatusCode::OK)
            .contains("8 complaints")
    );
    let refused = phone.send(Request::post("/api/v1/drafts?draft=ninth"), Body::empty()).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!((phone.cookies.len(), portal.world.count("drafts").await), (8, 8));
    assert_eq!(named(&mut phone, &last).await, "Robin 7");
    phone.post("/unfinished", &[("number", &last), ("sure", "yes")]).await;
    begin(&mut phone, "Robin 8").await;
}

const REPRESENTATIVE: [(&str, &[(&str, &str)]); 4] = [
    ("who-are-you", &[("role", "representative")]),
    (
        "about-you",
        &[
            ("full_name", "Alex Adviser"),
            ("organisation", "Example Advice"),
            ("connection", "adviser"),
            ("own_reference", "T-1"),
        ],
    ),
    ("name", &[("full_name", "Robin Example")]),
    ("contact", &[("email", "alex@example.org"), ("phone", "020 7946 0123")]),
];

#[tokio::test]
async fn a_representative_is_asked_whether_to_use_their_own_details_again() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    for (slug, fields) in REPRESENTATIVE {
        let page = phone.post(&format!("/complaint/{slug}"), fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{slug}: {}", page.html);
    }
    let asked = phone.get("/complaint/new").await.reads(StatusCode::OK);
    for own in ["Alex Adviser", "Example Advice", "alex@example.org", "946 0123"] {
        assert!(asked.contains(own), "{own}: {asked}");
    }
    assert!(!asked.contains("Robin") && !asked.contains("T-1"), "{asked}");
    let missing = phone.post("/complaint/new", &[("own", "yes")]).await;
    assert!(missing.reads(StatusCode::UNPROCESSABLE_ENTITY).contains("href=\"#connection\""));
    assert_eq!(portal.world.count("drafts").await, 1);
    let begun = phone.post("/complaint/new", &[("own", "yes"), ("connection", "family")]).await;
    let number = begun.number();
    let about = phone
        .get(&draft_address(&number, "/complaint/about-you"))
        .await
        .reads(StatusCode::OK);
    assert!(about.contains("Alex Adviser") && !about.contains("T-1"), "{about}");
    assert!(
        phone
            .get(&draft_address(&number, "/complaint/contact"))
            .await
            .reads(StatusCode::OK)
            .contains("alex@example.org")
    );
    assert_eq!(
        named(&mut phone, &number).await,
        "",
        "the new draft must have nothing of the tenant"
    );
    // Without the adviser's details the new complaint starts empty.
    let page = phone.get("/complaint/new").await.reads(StatusCode::OK);
    let empty = draft_links(&page)
        .into_iter()
        .find(|to| to.starts_with("/complaint/who-are-you?draft="))
        .expect("a way without")
        .to_owned();
    phone.post(&empty, &[("role", "representative")]).await;
    let about = phone.get(&empty.replace("who-are-you", "about-you")).await.reads(StatusCode::OK);
    assert!(!about.contains("value=\"Alex Adviser\""), "{about}");
    // A resident has no such details, and on a shared phone they are not offered.
    let mut resident = portal.phone();
    begin(&mut resident, "Sam Example").await;
    assert_eq!(resident.get("/complaint/new").await.leads_to(), "/complaint/who-are-you");
    phone.post("/this-phone", &[("shared", "on")]).await;
    assert_eq!(phone.get("/complaint/new").await.leads_to(), "/complaint/who-are-you");
}

#[tokio::test]
async fn on_a_phone_that_others_use_nothing_is_listed() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.post("/this-phone", &[("shared", "on")]).await;
    let number = begin(&mut phone, "Robin Example").await;
    begin(&mut phone, "Sam Example").await;
    for page in ["/unfinished", "/"] {
        let html = phone.get(page).await.reads(StatusCode::OK);
        assert!(!html.contains("Robin") && !html.contains("Sam Example"), "{page}: {html}");
    }
    assert_eq!(named(&mut phone, &number).await, "Robin Example", "a tab keeps its own draft");
    // When the box is ticked later, every draft's cookie ends with the browser.
    let mut late = portal.phone();
    begin(&mut late, "Robin Example").await;
    begin(&mut late, "Sam Example").await;
    let on = late.post("/this-phone", &[("shared", "on")]).await;
    let set: Vec<_> = on.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    assert_eq!(
        set.iter()
            .filter(|line| line.starts_with("draft-") && !line.contains("Max-Age"))
            .count(),
        2,
        "{set:?}"
    );
    // Leaving removes all of them.
    let left = late.post("/exit", &[]).await;
    let taken = left
        .headers
        .get_all("set-cookie")
        .iter()
        .filter(|line| line.to_str().unwrap().starts_with("draft-"));
    assert_eq!(taken.count(), 2);
}

#[tokio::test]
async fn a_browser_without_cookies_is_told_on_the_second_page() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let html = phone.get("/complaint/who-are-you").await.reads(StatusCode::OK);
    let form = draft_links(&html)
        .into_iter()
        .find(|to| to.starts_with("/complaint/who-are-you"))
        .unwrap()
        .to_owned();
    let next = phone.post(&form, &[("role", "resident")]).await;
    phone.cookies.clear();
    let page = phone.get(next.header("location")).await.reads(StatusCode::OK);
    assert!(page.contains("allow cookies for this site"), "{page}");
    // A browser that keeps cookies, but has another draft, does not get that message.
    let mut other = portal.phone();
    begin(&mut other, "Robin Example").await;
    let page = other.get("/complaint/name?draft=zzz").await.reads(StatusCode::OK);
    assert!(!page.contains("allow cookies"), "{page}");
}

#[tokio::test]
async fn calls_of_the_interface_are_for_the_draft_they_name() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let drafts = [begin(&mut phone, "Robin Example").await, begin(&mut phone, "Sam Example").await];
    for (number, name) in drafts.iter().zip(["Robin Example", "Sam Example"]) {
        let current = phone.get(&format!("/api/v1/drafts/current?draft={number}")).await;
        assert!(current.html.contains(name), "{}", current.html);
        let view: serde_json::Value = serde_json::from_str(&current.html).unwrap();
        let id = view["id"].as_str().unwrap();
        let by_id = phone.get(&format!("/api/v1/drafts/{id}")).await;
        assert!(by_id.html.contains(name), "{}", by_id.html);
        // A file is found by its id alone.
        let file = format!("{number}.png");
        phone
            .upload(&draft_address(number, "/complaint/evidence"), &[(&file, PNG)], "upload")
            .await;
        let view = phone.get(&format!("/api/v1/drafts/{id}")).await;
        let view: serde_json::Value = serde_json::from_str(&view.html).unwrap();
        let upload = view["files"][0]["id"].as_str().unwrap();
        let shown = phone.get(&format!("/api/v1/uploads/{upload}")).await;
        assert!(shown.status == StatusCode::OK && shown.html.contains(&file), "{}", shown.html);
    }
    let unclear = phone.get("/api/v1/drafts/current").await;
    assert_eq!(
        unclear.status,
        StatusCode::NOT_FOUND,
        "an unclear request must not select a draft: {}",
        unclear.html
    );
    let forged = phone
        .send(
            Request::get("/api/v1/drafts/current").header("x-draft-number", &drafts[0]),
            Body::empty(),
        )
        .await;
    assert_eq!(
        forged.status,
        StatusCode::NOT_FOUND,
        "a client's header must not select the draft: {}",
        forged.html
    );
}

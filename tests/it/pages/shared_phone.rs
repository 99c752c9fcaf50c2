//! A phone that other people use.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use super::phone::{Portal, RESIDENT};

fn set_cookies(page: &super::phone::Page) -> Vec<&str> {
    page.headers
        .get_all(header::SET_COOKIE)
        .iter()
        .map(|line| line.to_str().unwrap())
        .collect()
}

#[tokio::test]
async fn nothing_lasts_longer_than_the_browser() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let page = phone.answer(&RESIDENT[..1]).await;
    assert!(set_cookies(&page)[0].contains("Max-Age=2419200"));

    let page = phone.post("/this-phone", &[("shared", "on"), ("from", "/complaint/name")]).await;
    assert_eq!(page.leads_to(), "/complaint/name");
    let set = set_cookies(&page);
    assert!(
        set.len() == 2 && set.iter().all(|line| !line.contains("Max-Age")),
        "the current draft's cookie must end with the browser too: {set:?}"
    );

    let page = phone.get("/complaint/name").await;
    assert!(
        page.html.contains("data-shared"),
        "the page must tell scripts that the phone is shared"
    );
    assert!(page.reads(StatusCode::OK).contains("We keep nothing on this phone or computer."));
    let page = phone.answer(&RESIDENT[1..2]).await;
    assert!(
        set_cookies(&page)
            .iter()
            .all(|line| line.starts_with("draft") && !line.contains("Max-Age"))
    );
    // The same holds for cookies that the REST API sets.
    let page = phone.send(Request::post("/api/v1/drafts"), Body::empty()).await;
    assert!(
        set_cookies(&page)
            .iter()
            .all(|line| line.starts_with("draft") && !line.contains("Max-Age"))
    );
    assert!(
        phone.get("/sign-in").await.html.contains("autocomplete=\"off\""),
        "the browser must not offer to save the password"
    );

    let page = phone
        .post("/this-phone", &[("shared", "off"), ("from", "https://evil.test/")])
        .await;
    assert_eq!(page.leads_to(), "/");
    let page = phone.get("/complaint/name").await;
    assert!(!page.html.contains("data-shared"));
    let page = phone.answer(&RESIDENT[..1]).await;
    assert!(set_cookies(&page)[0].contains("Max-Age=2419200"));
}

#[tokio::test]
async fn forgetting_is_still_done_at_once() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.post("/this-phone", &[("shared", "on")]).await;
    phone.answer(&RESIDENT[..1]).await;
    let page = phone.post("/complaint/start-again?draft=draft", &[]).await;
    assert_eq!(set_cookies(&page), ["draft=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"]);
    assert_eq!(phone.cookies.keys().collect::<Vec<_>>(), ["shared"]);
}

#[tokio::test]
async fn the_page_leads_back_to_where_it_was_opened() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let from = async |phone: &mut super::phone::Phone, referer: &str| {
        let request = Request::get("/this-phone").header(header::REFERER, referer);
        phone.send(request, Body::empty()).await
    };
    let page = from(&mut phone, "http://portal.test/complaint/name?from=check").await;
    assert!(page.html.contains("value=\"/complaint/name?from=check\""), "{}", page.html);
    let page = from(&mut phone, "http://portal.test//evil.test/").await;
    assert!(page.html.contains("name=\"from\" value=\"/\""), "{}", page.html);
}

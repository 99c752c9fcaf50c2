//! Pages in the language of the person.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use super::phone::{Phone, Portal, RESIDENT};
use onrecord::text::Language;

async fn opened(phone: &mut Phone, path: &str, accept: &str) -> String {
    let request = Request::get(path).header(header::ACCEPT_LANGUAGE, accept);
    phone.send(request, Body::empty()).await.reads(StatusCode::OK)
}

fn welsh() -> Language {
    Language::of_tag("cy").expect("a language of ours")
}

#[tokio::test]
async fn a_first_visit_is_in_the_language_of_the_browser() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let page = opened(&mut phone, "/complaint/who-are-you", "cy, en;q=0.5").await;
    assert!(page.contains("<html lang=\"cy\" dir=\"ltr\""), "{page}");
    assert!(
        page.contains("/assets/text-cy-0.json") && !page.contains("/assets/text-en-0.json"),
        "{page}"
    );
    assert!(page.contains("value=\"en\"") && !page.contains("value=\"cy\""), "{page}");
    let page = opened(&mut phone, "/complaint/who-are-you", "fr").await;
    assert!(
        page.contains("<html lang=\"en\" dir=\"ltr\"") && page.contains("/assets/text-en-0.json"),
        "{page}"
    );
}

#[tokio::test]
async fn a_choice_is_kept_and_leads_back_to_the_page() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..2]).await;
    let back = [("language", "cy"), ("back", "/complaint/name?from=check")];
    let chosen = phone.post("/language", &back).await;
    assert_eq!(chosen.leads_to(), "/complaint/name?from=check");
    assert_eq!(
        chosen.header("set-cookie"),
        "language=cy; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
    );
    let page = opened(&mut phone, "/complaint/name", "en").await;
    assert!(page.contains("<html lang=\"cy\"") && page.contains("Siân O'Neill"), "{page}");
    assert!(page.contains(&welsh().say("language.not_reviewed")), "{page}");
}

#[tokio::test]
async fn mistakes_and_missing_pages_are_told_in_the_language_that_was_chosen() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..1]).await;
    phone.post("/language", &[("language", "cy")]).await;
    let page = phone.post("/complaint/name", &[("full_name", "")]).await;
    let page = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains(&welsh().say("errors.resident_name_missing")), "{page}");
    let page = phone.get("/no-such-page").await.reads(StatusCode::NOT_FOUND);
    assert!(page.contains("<html lang=\"cy\""), "{page}");
    let bare = Request::post("/help").header("sec-fetch-site", "cross-site");
    let page = phone.send(bare, Body::empty()).await.reads(StatusCode::FORBIDDEN);
    assert!(page.contains("<html lang=\"cy\" dir=\"ltr\""), "{page}");
}

#[tokio::test]
async fn what_is_no_language_of_ours_changes_nothing() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    for wrong in ["", "fr", "ar-XB", "../../etc/passwd", "cy; Path=/x"] {
        let answer = phone.post("/language", &[("language", wrong), ("back", "/help")]).await;
        assert_eq!((answer.leads_to(), answer.header("set-cookie")), ("/help", ""), "{wrong}");
    }
}

#[tokio::test]
async fn the_way_back_never_leads_to_another_site() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    for back in ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/"] {
        let answer = phone.post("/language", &[("language", "cy"), ("back", back)]).await;
        assert_eq!(answer.leads_to(), "/", "{back}");
    }
    let other_site = Request::post("/language")
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = phone.send(other_site, Body::from("language=en")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn rest_answers_in_the_language_that_is_asked_for() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    for (accept, tag) in [("cy", "cy"), ("en", "en"), ("fr", "en")] {
        let request = Request::get("/api/v1/nothing").header(header::ACCEPT_LANGUAGE, accept);
        let answer = phone.send(request, Body::empty()).await;
        assert_eq!(answer.header("content-language"), tag);
        let language = Language::of_tag(tag).expect("a language of ours");
        assert!(answer.html.contains(&language.say("problems.not_found.title")), "{}", answer.html);
    }
}

#[tokio::test]
async fn what_is_typed_comes_along_to_the_other_language() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..1]).await;
    let typed = [("full_name", "Half a na"), ("language", "cy")];
    let page = phone.post("/complaint/name?from=check", &typed).await;
    assert!(page.header("set-cookie").starts_with("language=cy; "), "{:?}", page.headers);
    let page = page.reads(StatusCode::OK);
    assert!(page.contains("<html lang=\"cy\"") && page.contains("value=\"Half a na\""), "{page}");
    assert!(page.contains(&welsh().say("steps.resident_name.heading")), "{page}");
    assert!(!page.contains("error-summary"), "nothing is wrong yet: {page}");
    // And nothing was saved.
    let page = opened(&mut phone, "/complaint/name", "en").await;
    assert!(page.contains("<html lang=\"cy\"") && !page.contains("Half a na"), "{page}");
}

//! Pages in the language that the person chose.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use super::phone::{Phone, Portal, RESIDENT};
use text::Language;

async fn opened(phone: &mut Phone, path: &str, accept: &str) -> String {
    let request = Request::get(path).header(header::ACCEPT_LANGUAGE, accept);
    phone.send(request, Body::empty()).await.reads(StatusCode::OK)
}

fn welsh() -> Language {
    Language::of_tag("cy").expect("a supported language")
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
        "language=cy; HttpOnly; SameSite=Lax; Path=/; Max-Age=31536000"
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
        let language = Language::of_tag(tag).expect("a supported language");
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
    assert!(!page.contains("error-summary"), "changing the language must show no errors: {page}");
    // Changing the language saved nothing.
    let page = opened(&mut phone, "/complaint/name", "en").await;
    assert!(page.contains("<html lang=\"cy\"") && !page.contains("Half a na"), "{page}");
}

/// Returns the hidden field that carries the messages which the page shows about the typed text.
fn state(page: &str) -> String {
    let field = page
        .split("name=\"state\" value=\"")
        .nth(1)
        .expect("the page must have the field `state`");
    html_escape::decode_html_entities(field.split('"').next().unwrap()).into_owned()
}

/// Returns the address to which the button for the other language posts the form.
fn button(html: &str) -> String {
    let switch = html
        .split("class=\"or-language-switch\"")
        .nth(1)
        .expect("a switch")
        .split("</form>")
        .next()
        .unwrap();
    let to = switch
        .split("formaction=\"")
        .nth(1)
        .expect("the buttons belong to the form")
        .split('"')
        .next()
        .unwrap();
    assert!(html.contains("id=\"typed\""), "{html}");
    html_escape::decode_html_entities(to).into_owned()
}

#[tokio::test]
async fn mistakes_come_along_to_the_other_language() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..1]).await;
    let typed = [("email", "sian@"), ("phone", "01632")];
    let page = phone.post("/complaint/contact", &typed).await;
    let english = page.html.clone();
    assert!(english.contains(&Language::default().say("errors.phone_short")), "{english}");
    let state = state(&english);
    for said in [&*state, "wrong"] {
        let typed = [typed[0], typed[1], ("state", said), ("language", "cy")];
        let page = phone.post("/complaint/contact", &typed).await.reads(StatusCode::OK);
        for key in ["errors.email_not_plausible", "errors.phone_short"] {
            assert!(page.contains(&welsh().say(key)), "{key} after {said}: {page}");
        }
        assert!(page.contains("value=\"sian@\""), "{page}");
        phone.post("/language", &[("language", "en")]).await;
    }
    // A forged `state` shows no errors.
    for forged in ["{\"errors\":[{\"field\":\"email\"", "<script>", "{\"errors\":7}"] {
        let typed = [typed[0], typed[1], ("state", forged), ("language", "cy")];
        let page = phone.post("/complaint/contact", &typed).await.reads(StatusCode::OK);
        assert!(!page.contains("error-summary"), "{forged}: {page}");
    }
}

#[tokio::test]
async fn an_answer_of_another_device_is_shown_in_the_other_language_and_not_written_over() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..5]).await;
    let page = phone.get("/complaint/landlord").await.html;
    let mark = |page: &str| {
        page.split("name=\"seen\" value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    let old = mark(&page);
    phone
        .clone()
        .post("/complaint/landlord", &[("name", "Other Homes")])
        .await
        .leads_to();
    // The language is changed before the conflict was shown, and on the page that shows it.
    for (seen, said) in [
        (&*old, ""),
        (&*old, "changed"),
        (&*mark(&phone.get("/complaint/landlord").await.html), "changed"),
    ] {
        let typed = [("name", "Third Homes"), ("seen", seen), ("state", said), ("language", "cy")];
        let page = phone.post("/complaint/landlord", &typed).await.reads(StatusCode::OK);
        assert!(page.contains(&welsh().say("trouble.changed.theirs")), "{said}: {page}");
        assert!(
            page.contains("Other Homes") && page.contains("Third Homes"),
            "the page shows both answers: {page}"
        );
    }
    let conflict = phone.post("/complaint/landlord", &[("name", "Third Homes"), ("seen", &old)]).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert!(
        state(&conflict.html).contains("ChangedElsewhere"),
        "the conflict must be in the page state without scripts: {}",
        conflict.html
    );
    let kept = phone.get("/complaint/landlord").await.reads(StatusCode::OK);
    assert!(kept.contains("value=\"Other Homes\""), "{kept}");
}

#[tokio::test]
async fn a_code_and_an_address_that_are_typed_come_along_and_stand_in_no_address() {
    let portal = Portal::new().await;
    for (path, field, typed) in [
        ("/return", "code", "7K3-M92-Q"),
        ("/sign-in", "access_code", "ABCD-2345"),
        ("/sign-in/email", "email", "sian@example.org"),
        ("/join", "code", "7K3-M92-Q"),
    ] {
        let mut phone = portal.phone();
        let html = phone.get(path).await.html;
        let to = button(&html);
        assert_eq!(to, format!("{path}?language=cy"));
        let page = phone.post(&to, &[(field, typed)]).await;
        assert!(
            page.headers
                .get_all(header::SET_COOKIE)
                .iter()
                .any(|line| line.to_str().unwrap().starts_with("language=cy"))
        );
        let page = page.reads(StatusCode::OK);
        assert!(
            page.contains("<html lang=\"cy\"") && page.contains(&format!("value=\"{typed}\"")),
            "{path}: {page}"
        );
        assert!(
            !page.contains("error-summary"),
            "changing the language must not submit the form: {path}"
        );
        assert!(button(&page).ends_with("?language=en"), "the page must link back to English");
    }
    // An error on such a page is shown in the other language too.
    let mut phone = portal.phone();
    let wrong = phone.post("/return", &[("code", "000-000-000")]).await.html;
    let typed = [("code", "000-000-000"), ("state", &*state(&wrong))];
    let page = phone.post("/return?language=cy", &typed).await.reads(StatusCode::OK);
    assert!(
        page.contains(&welsh().say("errors.return_code_unknown")) && page.contains("000-000-000"),
        "{page}"
    );
}

#[tokio::test]
async fn a_message_that_is_being_written_comes_along() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = super::case_actions::signed_in(&portal).await;
    let address = format!("/cases/{}/message", receipt.reference);
    let html = phone.get(&address).await.html;
    let to = button(&html);
    let page = phone.post(&to, &[("message", "No one came.\nAgain.")]).await.reads(StatusCode::OK);
    assert!(
        page.contains("<html lang=\"cy\"") && page.contains("No one came.\nAgain."),
        "{page}"
    );
    // The message was not sent, and a language that does not exist changes nothing.
    let case = phone.get(&format!("/cases/{}", receipt.reference)).await.reads(StatusCode::OK);
    assert!(!case.contains("No one came."), "{case}");
    let page = portal.phone().post("/sign-in?language=fr", &[("reference", "x")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

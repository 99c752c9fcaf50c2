//! Previews of pictures on the pages, and what the pages say about the location in files.

use axum::http::StatusCode;
use onrecord::http::limits::Quota;
use service::files::make_previews;

use super::phone::{Phone, Portal, RESIDENT};
use crate::file_facts::scanned;
use crate::file_types::sample;

const PAGE: &str = "/complaint/evidence";

async fn with_file(portal: &Portal, name: &str) -> (Phone, String) {
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    phone.upload(PAGE, &[(name, &sample(name))], "upload").await;
    let shown = phone.get(PAGE).await.reads(StatusCode::OK);
    let id = shown.split("id=\"file-").nth(1).unwrap().split('"').next().unwrap();
    (phone, format!("/about-file/{id}"))
}

/// Returns the alternative text and the source of each preview on a page.
fn pictures(page: &str) -> Vec<(String, String)> {
    let part = |tag: &str, name: &str| {
        tag.split(&format!("{name}=\""))
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    let tags = page.split("<img ").skip(1).map(|rest| rest.split('>').next().unwrap());
    let tags = tags.filter(|tag| tag.contains("or-preview"));
    tags.map(|tag| (part(tag, "alt"), part(tag, "src"))).collect()
}

#[tokio::test]
async fn a_picture_is_shown_with_what_was_said_of_it_once_it_is_clean() {
    let portal = Portal::new().await;
    let (mut phone, file) = with_file(&portal, "place.jpg").await;
    assert_eq!(
        pictures(&phone.get(&file).await.reads(StatusCode::OK)),
        [],
        "no preview is shown before the scan"
    );
    scanned(&portal.world).await;
    make_previews(&portal.world.services, 9).await.unwrap();
    let address = format!("/api/v1/uploads/{}/preview", file.rsplit('/').next().unwrap());
    let without_words = [("Preview of place.jpg".to_owned(), address.clone())];
    assert_eq!(pictures(&phone.get(&file).await.reads(StatusCode::OK)), without_words);
    phone
        .post(&file, &[("caption", "Bedroom"), ("shows", "Wet wall.\r\n\"Black\" spots.")])
        .await;
    let page = phone.get(&file).await.html;
    assert_eq!(
        pictures(&page),
        [("Wet wall. &quot;Black&quot; spots.".to_owned(), address.clone())]
    );

    let given = phone.get(&address).await;
    assert_eq!(given.status, StatusCode::OK);
    for (name, value) in [
        ("content-type", "image/jpeg"),
        (
            "content-disposition",
            "attachment; filename=\"place.jpg\"; filename*=UTF-8''place.jpg",
        ),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(given.header(name), value, "{name}");
    }
    let policy = phone.get(&file).await;
    assert!(
        policy.header("content-security-policy").contains("img-src 'self'"),
        "the policy must allow the picture"
    );

    phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    let receipt = phone.get("/complaint/sent").await.reads(StatusCode::OK);
    let reference = receipt.split("RC-").nth(1).map(|rest| format!("RC-{}", &rest[..9])).unwrap();
    let code = receipt.split("or-reference__code\">").nth(1).unwrap().split('<').next().unwrap();
    assert_eq!(
        phone.get(&address).await.status,
        StatusCode::NOT_FOUND,
        "after sending, the picture needs a sign-in"
    );
    phone
        .post("/sign-in", &[("reference", &reference), ("access_code", code.trim())])
        .await;
    let case = phone.get(&format!("/cases/{reference}")).await.html;
    assert_eq!(
        pictures(&case),
        [("Wet wall. &quot;Black&quot; spots.".to_owned(), address.clone())]
    );
    assert_eq!(phone.get(&address).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_film_with_a_place_says_so_and_that_there_is_no_copy_without() {
    let portal = Portal::new().await;
    let (mut phone, file) = with_file(&portal, "place.mov").await;
    let list = phone.get(PAGE).await.reads(StatusCode::OK);
    assert!(list.contains("This file says where it was taken"), "{list}");
    let page = phone.get(&file).await.reads(StatusCode::OK);
    assert!(
        page.contains("We cannot make a copy of a video or recording without the location"),
        "{page}"
    );
    assert!(!page.contains("without-place"), "the page must have no button for a copy: {page}");
    let tried = phone.post(&format!("{file}/without-place"), &[]).await;
    assert!(tried.reads(StatusCode::UNPROCESSABLE_ENTITY).contains("could not make a copy"));
}

#[tokio::test]
async fn copies_without_the_place_are_slowed_down_and_the_wait_is_said() {
    let portal = Portal::with(7, |config| config.limits.copies_without_place = Quota::new(1, 1)).await;
    let (mut phone, file) = with_file(&portal, "place.jpg").await;
    let ask = format!("{file}/without-place");
    assert!(phone.post(&ask, &[]).await.leads_to().starts_with(PAGE));
    let page = phone.post(&ask, &[]).await;
    assert!(page.header("retry-after").parse::<u64>().unwrap() >= 1);
    let page = page.reads(StatusCode::TOO_MANY_REQUESTS);
    assert!(
        page.contains("Wait 1 minute, then try again") && page.contains("place.jpg"),
        "{page}"
    );
    // The other phone counts against the same address.
    let (mut other, _) = with_file(&portal, "plain.jpg").await;
    assert_eq!(
        other.post(&ask, &[]).await.status,
        StatusCode::TOO_MANY_REQUESTS,
        "the limit counts by address"
    );
}

#[tokio::test]
async fn the_limits_that_are_said_are_those_that_are_set() {
    let portal = Portal::with(7, |config| {
        config.service.evidence.file_bytes = 12_500_000;
        config.service.evidence.recording_bytes = 90_000_000;
    })
    .await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    let page = phone.get(PAGE).await.reads(StatusCode::OK);
    let said = "Each can be up to 12.5 MB, or up to 90 MB for a video or recording";
    // Once on the page, and once in the data for the browser's code, which cannot know the settings.
    assert_eq!(page.matches(said).count(), 2, "{page}");
    let kept = phone.get("/complaint/offline-shell").await.reads(StatusCode::OK);
    assert_eq!(kept.matches(said).count(), 1, "{kept}");
}

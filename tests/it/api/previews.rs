use axum::http::StatusCode;
use onrecord::http::limits::{Quota, Quotas};
use service::{Settings, files::make_previews};

use super::caller::Api;
use crate::file_facts::{row, scanned, stored};
use crate::file_types::sample;

/// Adds a picture to a draft. Returns its path.
async fn add(api: &Api, token: &str, bytes: Vec<u8>) -> String {
    let (bearer, length) = (format!("Bearer {token}"), bytes.len().to_string());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/offset+octet-stream"),
        ("upload-length", &length),
    ];
    let added = api.call("POST /api/v1/uploads", &headers, bytes).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.written());
    added.header("location").to_owned()
}

#[tokio::test]
async fn a_preview_is_given_out_whole_or_in_part_and_what_is_not_there_is_one_answer() {
    let api = Api::new().await;
    let (_, token) = api.draft().await;
    let (_, stranger) = api.draft().await;
    let photo = add(&api, &token, sample("place.jpg")).await;
    let letter = add(&api, &token, sample("plain.pdf")).await;
    let line = format!("GET {photo}/preview");
    let unknown = "GET /api/v1/uploads/0193f5a0-0000-7000-8000-000000000000/preview";
    let not_found = api.ask(unknown, &token).await;
    assert_eq!(not_found.status, StatusCode::NOT_FOUND);
    let not_found = not_found.written();
    assert_eq!(api.ask(&line, &token).await.written(), not_found, "the preview is not made yet");
    scanned(&api.world).await;
    make_previews(&api.world.services, 9).await.unwrap();
    assert_eq!(
        api.ask(&line, &stranger).await.written(),
        not_found,
        "the upload belongs to another person"
    );
    assert_eq!(
        api.ask(&format!("GET {letter}/preview"), &token).await.written(),
        not_found,
        "the file is no picture"
    );
    assert_eq!(api.ask(&line, "").await.status, StatusCode::UNAUTHORIZED);

    let id = photo.rsplit('/').next().unwrap();
    let jpeg = stored(&api.world, &row(&api.world, id).await.preview_key.unwrap());
    let whole = api.ask(&line, &token).await;
    assert_eq!((whole.status, whole.header("content-type")), (StatusCode::OK, "image/jpeg"));
    assert!(whole.bytes == jpeg);
    assert_eq!(whole.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    assert!(whole.header("content-disposition").starts_with("attachment; "));
    let bearer = format!("Bearer {token}");
    let part = |range| [("authorization", bearer.as_str()), ("range", range)];
    let some = api.call(&line, &part("bytes=2-5"), "").await;
    assert_eq!((some.status, some.bytes.as_slice()), (StatusCode::PARTIAL_CONTENT, &jpeg[2..6]));
    assert_eq!(some.header("content-range"), format!("bytes 2-5/{}", jpeg.len()));
    let beyond = api.call(&line, &part("bytes=99999999-"), "").await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let head = api.ask(&format!("HEAD {photo}/preview"), &token).await;
    assert_eq!(
        (head.header("content-length"), head.bytes.len()),
        (jpeg.len().to_string().as_str(), 0)
    );
    for (file, has) in [(&photo, true), (&letter, false)] {
        let shown = api.ask(&format!("GET {file}"), &token).await.json();
        assert_eq!(shown["has_preview"], has);
    }
}

#[tokio::test]
async fn copies_without_the_place_have_to_wait() {
    let quotas = Quotas {
        copies_without_place: Quota::new(1, 1),
        ..Quotas::default()
    };
    let api = Api::with(Settings::default(), quotas).await;
    let (_, token) = api.draft().await;
    let photo = add(&api, &token, sample("place.jpg")).await;
    let line = format!("POST {photo}/copy-without-place");
    assert_eq!(api.ask(&line, &token).await.status, StatusCode::OK);
    let refused = api.ask(&line, &token).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|s| (1..=61).contains(&s)));
}

use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::STANDARD};
use insta::assert_snapshot;
use onrecord::http::limits::Quotas;
use serde_json::Value;
use service::Settings;

use super::caller::{Answer, Api};

const LETTER: &[u8] = b"Dear resident,\nwe will come on Tuesday.\n";

async fn upload(api: &Api, token: &str, metadata: &str, length: usize, bytes: &'static [u8]) -> Answer {
    let (bearer, length) = (format!("Bearer {token}"), length.to_string());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/offset+octet-stream"),
        ("tus-resumable", "1.0.0"),
        ("upload-length", &length),
        ("upload-metadata", metadata),
    ];
    api.call("POST /api/v1/uploads", &headers, bytes).await
}

fn named(name: &str) -> String {
    format!("filename {},filetype {}", STANDARD.encode(name), STANDARD.encode("text/plain"))
}

#[tokio::test]
async fn a_file_is_taken_in_shown_and_removed() {
    let api = Api::new().await;
    let (draft, token) = api.draft().await;
    let id = draft.rsplit('/').next().unwrap();
    let metadata = format!(
        "{},draft {},purpose {}",
        named("letter.txt"),
        STANDARD.encode(id),
        STANDARD.encode("landlord_letter")
    );
    let taken = upload(&api, &token, &metadata, LETTER.len(), LETTER).await;
    assert_snapshot!("taken", taken.written());
    let file = taken.header("location").to_owned();
    assert_eq!(api.ask(&format!("GET {file}"), &token).await.json(), taken.json());
    assert_eq!(api.ask(&format!("GET {draft}"), &token).await.json()["files"][0], taken.json());

    let (_, other) = api.draft().await;
    assert_eq!(api.ask(&format!("GET {file}"), "").await.status, StatusCode::UNAUTHORIZED);
    for line in [format!("GET {file}"), format!("DELETE {file}")] {
        let refused = api.ask(&line, &other).await;
        assert_eq!(
            (refused.status, &refused.json()["type"]),
            (StatusCode::NOT_FOUND, &Value::from("/problems/upload-not-found"))
        );
    }
    assert_eq!(api.ask(&format!("DELETE {file}"), &token).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.ask(&format!("GET {file}"), &token).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.world.stored(), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_that_is_refused_leaves_nothing() {
    let mut settings = Settings::default();
    settings.evidence.file_bytes = 2_000_000;
    settings.evidence.files = 1;
    let api = Api::with(settings, Quotas::default()).await;
    let (draft, token) = api.draft().await;
    let (other, _) = api.draft().await;
    let other = format!("draft {}", STANDARD.encode(other.rsplit('/').next().unwrap()));
    let large: &'static [u8] = vec![b'x'; 2_000_001].leak();
    let name = named("photo.jpg");
    assert_snapshot!("empty", upload(&api, &token, &name, 0, b"").await.written());
    assert_snapshot!("too_large", upload(&api, &token, &name, large.len(), large).await.written());
    assert_snapshot!(
        "renamed_program",
        upload(&api, &token, &name, 8, b"\x7fELF\x02\x01\x01\x00").await.written()
    );
    // Without `Tus-Resumable` an upload cannot be resumed: the request must contain the whole file.
    let in_one_go = [
        ("authorization", &*format!("Bearer {token}")),
        ("content-type", "application/octet-stream"),
        ("upload-length", &(LETTER.len() + 1).to_string()),
        ("upload-metadata", &name),
    ];
    assert_snapshot!("not_whole", api.call("POST /api/v1/uploads", &in_one_go, LETTER).await.written());
    assert_snapshot!(
        "metadata_unreadable",
        upload(&api, &token, "filename !", LETTER.len(), LETTER).await.written()
    );
    assert_eq!(
        upload(&api, &token, &other, LETTER.len(), LETTER).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(upload(&api, "", &name, LETTER.len(), LETTER).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(api.ask(&format!("GET {draft}"), &token).await.json()["files"], Value::Array(vec![]));
    assert_eq!(api.world.stored(), Vec::<String>::new());

    assert_eq!(upload(&api, &token, &name, LETTER.len(), LETTER).await.status, StatusCode::CREATED);
    assert_snapshot!("one_too_many", upload(&api, &token, &name, LETTER.len(), LETTER).await.written());
}

#[tokio::test]
async fn an_upload_says_what_it_is() {
    let api = Api::new().await;
    let (_, token) = api.draft().await;
    let bearer = format!("Bearer {token}");
    let form = [
        ("authorization", bearer.as_str()),
        ("content-type", "multipart/form-data; boundary=x"),
        ("upload-length", "1"),
    ];
    assert_snapshot!("another_media_type", api.call("POST /api/v1/uploads", &form, "x").await.written());
    let lengthless = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/offset+octet-stream"),
    ];
    assert_snapshot!(
        "without_a_length",
        api.call("POST /api/v1/uploads", &lengthless, "x").await.written()
    );
}

#[tokio::test]
async fn a_file_is_described_and_a_photo_copied_without_its_place() {
    let api = Api::new().await;
    let (_, token) = api.draft().await;
    let photo: &'static [u8] = crate::file_types::sample("place.jpg").leak();
    let taken = upload(&api, &token, &named("mould.jpg"), photo.len(), photo).await;
    let file = taken.header("location").to_owned();
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let describe = format!("PUT {file}/description");
    let told = api.call(&describe, &headers, r#"{"caption":"Mould","shows":"By the bed"}"#).await;
    assert_eq!(
        (told.json()["caption"].as_str(), told.json()["shows"].as_str()),
        (Some("Mould"), Some("By the bed"))
    );
    let long = format!(r#"{{"caption":"{}"}}"#, "x".repeat(101));
    assert_snapshot!("description_too_long", api.call(&describe, &headers, long).await.written());
    let copied = api.ask(&format!("POST {file}/copy-without-place"), &token).await;
    assert_eq!(copied.status, StatusCode::OK);
    let (before, after) = (taken.json(), copied.json());
    assert_eq!(
        (&before["has_place"], &after["has_place"]),
        (&Value::from(true), &Value::from(false))
    );
    assert_eq!(after["original_sha256"], before["sha256"]);
    assert_ne!(after["sha256"], before["sha256"]);
    assert_eq!(
        (&after["caption"], &after["taken_at"]),
        (&Value::from("Mould"), &before["taken_at"])
    );
    assert_eq!(api.ask(&format!("GET {file}"), &token).await.json(), after);
    let (_, other) = api.draft().await;
    for line in [describe, format!("POST {file}/copy-without-place")] {
        let bearer = format!("Bearer {other}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        assert_eq!(api.call(&line, &headers, "{}").await.status, StatusCode::NOT_FOUND, "{line}");
    }
}

#[tokio::test]
async fn each_refusal_has_its_own_problem() {
    let api = Api::new().await;
    let (_, token) = api.draft().await;
    for (name, problem) in [
        ("password.pdf", "/problems/file-protected"),
        ("password.docx", "/problems/file-protected"),
        ("macros.xlsx", "/problems/file-macros"),
        ("refused.flac", "/problems/file-type-not-allowed"),
    ] {
        let bytes: &'static [u8] = crate::file_types::sample(name).leak();
        let refused = upload(&api, &token, &named(name), bytes.len(), bytes).await;
        assert_eq!(
            (refused.status, refused.json()["type"].as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, Some(problem)),
            "{name}"
        );
    }
    let half: &'static [u8] = crate::file_types::sample("plain.odt").leak();
    let half = &half[..half.len() / 2];
    let refused = upload(&api, &token, &named("half.odt"), half.len(), half).await;
    assert_eq!(refused.json()["type"], "/problems/file-damaged");
    assert_eq!(api.world.stored(), Vec::<String>::new());
}

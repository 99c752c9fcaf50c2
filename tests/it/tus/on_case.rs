//! tus uploads to a case that was sent: `case` in the metadata, and a session in place of the draft's token.

use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::STANDARD};
use complaint::case::person_number::SENDER;
use complaint::case::representation::Rights;
use onrecord::http::limits::{Quota, Quotas};
use service::{Settings, access::sessions, representation};

use super::table::LETTER;
use crate::api::caller::{Answer, Api};
use crate::representatives::representative;
use crate::world::viewer;

const PART: (&str, &str) = ("content-type", "application/offset+octet-stream");

fn metadata(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name} {}", STANDARD.encode(value)))
        .collect();
    pairs.join(",")
}

async fn announce(api: &Api, token: &str, metadata: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("tus-resumable", "1.0.0"),
        ("upload-length", "40"),
        ("upload-metadata", metadata),
        ("authorization", &bearer),
    ];
    let sent = if token.is_empty() { 3 } else { 4 };
    api.call("POST /api/v1/uploads", &headers[..sent], "").await
}

async fn tus(api: &Api, method: &str, upload: &str, token: &str, from: usize, body: &'static [u8]) -> u16 {
    let (bearer, offset) = (format!("Bearer {token}"), from.to_string());
    let headers = [
        ("tus-resumable", "1.0.0"),
        PART,
        ("upload-offset", &*offset),
        ("authorization", &*bearer),
    ];
    let answer = api.call(&format!("{method} {upload}"), &headers, body).await;
    answer.status.as_u16()
}

#[tokio::test]
async fn a_file_goes_to_a_case_part_by_part() {
    let api = Api::new().await;
    let (mine, theirs) = (api.sent().await, api.sent().await);
    let (me, them) = (api.signed_in(&mine).await, api.signed_in(&theirs).await);
    let at = mine["reference"].as_str().unwrap();
    let (draft, token) = api.draft().await;
    let draft = draft.rsplit('/').next().unwrap().to_owned();
    let said = metadata(&[("filename", "letter.txt"), ("case", at), ("purpose", "landlord_letter")]);
    let both = metadata(&[("case", at), ("draft", &draft)]);
    let nothing = metadata(&[("filename", "letter.txt")]);
    let none = metadata(&[("case", "RC-AAAA-AAAA")]);
    let table = [
        ("nobody", "", &said, 401),
        ("another's session", &them, &said, 404),
        ("a draft's token", &token, &said, 401),
        ("no such case", &me, &none, 404),
        ("both of them", &me, &both, 400),
        ("a session and no case", &me, &nothing, 401),
    ];
    for (says, token, said, status) in table {
        let answer = announce(&api, token, said).await;
        assert_eq!(answer.status.as_u16(), status, "{says}: {}", answer.written());
    }
    assert_eq!(api.world.count("uploads").await, 0);

    let created = announce(&api, &me, &said).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.written());
    let upload = created.header("location").to_owned();
    for (who, token) in [("another's session", &them), ("a draft's token", &token)] {
        for method in ["HEAD", "PATCH", "DELETE"] {
            assert_eq!(tus(&api, method, &upload, token, 0, &LETTER[..20]).await, 404, "{method} by {who}");
        }
    }
    assert_eq!(tus(&api, "PATCH", &upload, &me, 0, &LETTER[..20]).await, 204);
    assert_eq!(tus(&api, "PATCH", &upload, &me, 7, &LETTER[7..]).await, 409);
    assert_eq!(tus(&api, "HEAD", &upload, &me, 0, b"").await, 200);
    assert_eq!(tus(&api, "PATCH", &upload, &me, 20, &LETTER[20..]).await, 204);
    let shown = api.ask(&format!("GET {upload}"), &me).await.json();
    assert_eq!((&shown["purpose"], &shown["bytes"]), (&"landlord_letter".into(), &40.into()));
    let timeline = api.ask(&format!("GET /api/v1/cases/{at}/timeline"), &me).await.json();
    let entry = timeline["entries"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(entry["kind"], "file_received");
    assert_eq!(entry["files"][0]["id"], shown["id"]);
    // A file that has been received cannot be removed.
    assert_eq!(tus(&api, "DELETE", &upload, &me, 0, b"").await, 409);
    // A whole file in one request, for clients without tus.
    let bearer = format!("Bearer {me}");
    let headers = [
        PART,
        ("upload-length", "40"),
        ("upload-metadata", &said),
        ("authorization", &bearer),
    ];
    let whole = api.call("POST /api/v1/uploads", &headers, LETTER.to_vec()).await;
    assert_eq!(whole.status, StatusCode::CREATED, "{}", whole.written());
}

/// The right ends in the middle of an upload and of an open session.
#[tokio::test]
async fn a_representative_whose_right_ended_goes_on_with_nothing() {
    let api = Api::new().await;
    let made = representative(&api.world, "Wren Example", Some(Rights::full()), false).await;
    let said = metadata(&[("filename", "letter.txt"), ("case", &made.reference)]);
    let created = announce(&api, &made.representative_session, &said).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.written());
    let upload = created.header("location").to_owned();
    assert_eq!(
        tus(&api, "PATCH", &upload, &made.representative_session, 0, &LETTER[..20]).await,
        204
    );
    let services = &api.world.services;
    let wren = sessions::session(services, made.tenant.as_deref().unwrap()).await.unwrap().unwrap();
    representation::end(services, &viewer(services, &wren, &made.reference).await, SENDER)
        .await
        .unwrap();
    for method in ["HEAD", "PATCH", "DELETE"] {
        assert_eq!(
            tus(&api, method, &upload, &made.representative_session, 20, &LETTER[20..]).await,
            404,
            "{method}"
        );
    }
    assert_eq!(
        announce(&api, &made.representative_session, &said).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn too_many_files_for_a_case_have_to_wait() {
    let quotas = Quotas {
        case_files: Quota::new(1, 1),
        ..Quotas::default()
    };
    let api = Api::with(Settings::default(), quotas).await;
    let receipt = api.sent().await;
    let me = api.signed_in(&receipt).await;
    let said = metadata(&[("case", receipt["reference"].as_str().unwrap())]);
    assert_eq!(announce(&api, &me, &said).await.status, StatusCode::CREATED);
    let wait = announce(&api, &me, &said).await;
    assert_eq!(wait.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(wait.header("retry-after").parse::<u64>().unwrap() > 0);
}

use axum::body::Body;
use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::STANDARD};
use evidence::Scanner;
use insta::assert_snapshot;
use rstest::rstest;
use service::files::scanning;

use super::caller::{Answer, Api};
use crate::clamd::{Daemon, bad_letter};

const LETTER: &[u8] = b"0123456789";

/// Adds a file to a draft. Returns its path.
async fn add(api: &Api, token: &str, name: &str, bytes: &[u8]) -> String {
    let (bearer, length) = (format!("Bearer {token}"), bytes.len().to_string());
    let metadata = format!("filename {}", STANDARD.encode(name));
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/offset+octet-stream"),
        ("upload-length", &length),
        ("upload-metadata", &metadata),
    ];
    let added = api.call("POST /api/v1/uploads", &headers, bytes.to_vec()).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.written());
    added.header("location").to_owned()
}

async fn read(api: &Api, method: &str, file: &str, token: &str, headers: &[(&str, &str)]) -> Answer {
    let bearer = format!("Bearer {token}");
    let mut all = vec![("authorization", bearer.as_str())];
    all.extend_from_slice(headers);
    api.call(&format!("{method} {file}/content"), &all, Body::empty()).await
}

#[tokio::test]
async fn a_file_comes_as_an_attachment_that_no_browser_runs() {
    let api = Api::scanned_by(Scanner::Off).await;
    let (_, token) = api.draft().await;
    let file = add(&api, &token, "letter.txt", LETTER).await;
    assert_snapshot!("whole", read(&api, "GET", &file, &token, &[]).await.written());
    let head = read(&api, "HEAD", &file, &token, &[("range", "bytes=2-3")]).await;
    assert_eq!(
        (head.status, head.header("content-length"), head.bytes.len()),
        (StatusCode::OK, "10", 0)
    );
    assert_eq!(
        head.header("content-disposition"),
        "attachment; filename=\"letter.txt\"; filename*=UTF-8''letter.txt"
    );
}

/// Text under the name of a page or a program is saved as text, and no name can break out of its header.
#[rstest]
#[case("page.html", "filename*=UTF-8''page.html.txt")]
#[case("run.hta", "filename*=UTF-8''run.hta.txt")]
#[case("x\r\nSet-Cookie: a=b\r\n\r\n.txt", "filename*=UTF-8''xSet-Cookie%3A%20a%3Db.txt")]
#[case("\"; filename=\"evil.exe", "filename*=UTF-8''%22%3B%20filename%3D%22evil.exe.txt")]
#[case("..\\..\\Startup\\run.bat", "filename*=UTF-8''run.bat.txt")]
#[case("photo\u{202e}txt.exe", "filename*=UTF-8''phototxt.exe.txt")]
#[case("", "filename*=UTF-8''file.txt")]
#[tokio::test]
async fn hostile_names_do_no_harm(#[case] name: &str, #[case] expected: &str) {
    let api = Api::scanned_by(Scanner::Off).await;
    let (_, token) = api.draft().await;
    let file = add(&api, &token, name, b"1 <script>alert(1)</script>").await;
    let answer = read(&api, "GET", &file, &token, &[]).await;
    let disposition = answer.header("content-disposition");
    assert!(
        disposition.starts_with("attachment; filename=\"") && disposition.ends_with(expected),
        "{disposition}"
    );
    assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(answer.headers.get("set-cookie"), None);
}

#[rstest]
#[case("bytes=0-", 206, "0123456789", "bytes 0-9/10")]
#[case("bytes=3-5", 206, "345", "bytes 3-5/10")]
#[case("bytes=9-9", 206, "9", "bytes 9-9/10")]
#[case("bytes=3-500", 206, "3456789", "bytes 3-9/10")]
#[case("bytes=-4", 206, "6789", "bytes 6-9/10")]
#[case("bytes=-400", 206, "0123456789", "bytes 0-9/10")]
#[case("bytes=10-", 416, "", "bytes */10")]
#[case("bytes=10-20", 416, "", "bytes */10")]
#[case("bytes=-0", 416, "", "bytes */10")]
#[case("bytes=5-3", 200, "0123456789", "")]
#[case("bytes=0-1,4-5", 200, "0123456789", "")]
#[case("bytes=18446744073709551615-", 200, "0123456789", "")]
#[case("bytes=0-18446744073709551616", 200, "0123456789", "")]
#[case("bytes=-", 200, "0123456789", "")]
#[case("bytes=+1-2", 200, "0123456789", "")]
#[case("items=0-1", 200, "0123456789", "")]
#[tokio::test]
async fn a_range_is_cut_right_or_not_at_all(#[case] range: &str, #[case] status: u16, #[case] body: &str, #[case] said: &str) {
    let api = Api::scanned_by(Scanner::Off).await;
    let (_, token) = api.draft().await;
    let file = add(&api, &token, "letter.txt", LETTER).await;
    let answer = read(&api, "GET", &file, &token, &[("range", range)]).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-range")), (status, said));
    if status == 416 {
        assert_eq!(answer.json()["type"], "/problems/range-not-there");
    } else {
        assert_eq!(answer.bytes, body.as_bytes());
        assert_eq!(answer.header("content-length"), body.len().to_string());
    }
    let tag = answer.header("etag");
    for (if_range, cut) in [
        (tag, status == 206),
        ("\"another\"", false),
        ("Tue, 24 Nov 2026 09:00:00 GMT", false),
    ] {
        if status == 206 {
            let again = read(&api, "GET", &file, &token, &[("range", range), ("if-range", if_range)]).await;
            assert_eq!(again.status == StatusCode::PARTIAL_CONTENT, cut, "{if_range}");
        }
    }
    let twice = read(&api, "GET", &file, &token, &[("range", range), ("range", "bytes=0-1")]).await;
    assert_eq!((twice.status, twice.bytes.as_slice()), (StatusCode::OK, LETTER));
}

#[tokio::test]
async fn only_its_own_people_open_a_file_and_only_a_clean_one() {
    let Some(daemon) = Daemon::start("") else { return };
    let api = Api::scanned_by(daemon.scanner()).await;
    let (draft, token) = api.draft().await;
    api.fill(&draft, &token).await;
    let file = add(&api, &token, "letter.txt", LETTER).await;
    let bad = add(&api, &token, "bad.txt", &bad_letter()).await;
    assert_snapshot!("not_checked", read(&api, "GET", &file, &token, &[]).await.written());
    while scanning::round(&api.world.services).await.unwrap() != scanning::RoundResult::Idle {}
    assert_eq!(read(&api, "GET", &file, &token, &[]).await.bytes, LETTER);
    assert_snapshot!("refused", read(&api, "GET", &bad, &token, &[]).await.written());
    let shown = api.ask(&format!("GET {bad}"), &token).await.json();
    assert_eq!(
        (&shown["state"], &shown["reason"], &shown["scanned"]),
        (&"refused".into(), &"virus".into(), &true.into())
    );

    let (_, stranger) = api.draft().await;
    let receipt = api
        .send(&format!("POST {draft}/submission"), &token, &serde_json::Value::Null)
        .await
        .json();
    let own = api.signed_in(&receipt).await;
    let other = api.signed_in(&api.sent().await).await;
    let unknown = "/api/v1/uploads/0193f5a0-0000-7000-8000-000000000000";
    let not_found = read(&api, "GET", unknown, &own, &[]).await.written();
    for (who, token) in [
        ("stranger", &stranger),
        ("other session", &other),
        ("holder of a sent draft", &token),
    ] {
        assert_eq!(read(&api, "GET", &file, token, &[]).await.written(), not_found, "{who}");
    }
    assert_eq!(read(&api, "GET", &file, &own, &[]).await.bytes, LETTER);
    assert_eq!(read(&api, "GET", &bad, &own, &[]).await.status, StatusCode::CONFLICT);
    let nobody = api.call(&format!("GET {file}/content"), &[], Body::empty()).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);

    let key = api.desk_key("case system").await;
    let reference = receipt["reference"].as_str().unwrap();
    let id = file.rsplit('/').next().unwrap();
    let line = format!("GET /api/v1/desk/cases/{reference}/files/{id}");
    let given = api.at_desk(&key, &line, &serde_json::Value::Null).await;
    assert_eq!((given.status, given.bytes.as_slice()), (StatusCode::OK, LETTER));
    let noted = format!("desk_calls WHERE key_name = 'case system' AND action = 'file {id}'");
    assert_eq!(api.world.count(&noted).await, 1);
    for line in [
        format!("GET /api/v1/desk/cases/RC-0000-0000/files/{id}"),
        format!("GET /api/v1/desk/cases/{reference}/files/rubbish"),
    ] {
        assert_eq!(
            api.at_desk(&key, &line, &serde_json::Value::Null).await.status,
            StatusCode::NOT_FOUND,
            "{line}"
        );
    }
}

#[tokio::test]
async fn the_organisation_decides_once_about_a_file_that_the_scanner_suspects() {
    let Some(daemon) = Daemon::start("AlertBrokenMedia yes") else {
        return;
    };
    let api = Api::scanned_by(daemon.scanner()).await;
    let (draft, token) = api.draft().await;
    api.fill(&draft, &token).await;
    let file = add(&api, &token, "mould.jpg", &crate::scanning::photo(1000)).await;
    while scanning::round(&api.world.services).await.unwrap() != scanning::RoundResult::Idle {}
    assert_eq!(api.ask(&format!("GET {file}"), &token).await.json()["held"], true);
    let receipt = api
        .send(&format!("POST {draft}/submission"), &token, &serde_json::Value::Null)
        .await
        .json();
    let reference = receipt["reference"].as_str().unwrap();
    let key = api.desk_key("case system").await;
    let id = file.rsplit('/').next().unwrap();
    let line = format!("POST /api/v1/desk/cases/{reference}/files/{id}/decision");
    let decide = async |line: &str, decision: &str| api.at_desk(&key, line, &serde_json::json!({ "decision": decision })).await;
    assert_eq!(decide(&line, "perhaps").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let elsewhere = format!("POST /api/v1/desk/cases/RC-0000-0000/files/{id}/decision");
    assert_eq!(decide(&elsewhere, "release").await.status, StatusCode::NOT_FOUND);
    let released = decide(&line, "release").await;
    assert_eq!(released.status, StatusCode::OK, "{}", released.written());
    assert_eq!(
        (&released.json()["state"], &released.json()["held"]),
        (&"clean".into(), &false.into())
    );
    let again = decide(&line, "refuse").await;
    assert_eq!(
        (again.status, &again.json()["type"]),
        (StatusCode::CONFLICT, &"/problems/already-decided".into())
    );
    assert_eq!(api.world.count("case_events WHERE kind = 'file_released'").await, 1);
}

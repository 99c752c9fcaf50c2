use base64::{Engine, engine::general_purpose::STANDARD};
use onrecord::http::limits::{Quota, Quotas};
use service::Settings;

use super::table::{LETTER, RequestCase, Scene, check, header};
use super::{photo, sha256};
use crate::api::caller::Api;

fn metadata(pairs: &[(&str, &str)]) -> (&'static str, String) {
    let pairs = pairs.iter().map(|(name, value)| format!("{name} {}", STANDARD.encode(value)));
    ("upload-metadata", pairs.collect::<Vec<_>>().join(","))
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn lines() -> Vec<RequestCase> {
    let post = |says, headers: &[(&'static str, String)], status, problem| RequestCase {
        says,
        path: "/api/v1/uploads",
        headers: headers.to_vec(),
        status,
        problem,
        ..RequestCase::default()
    };
    let length = |n: &str| header("upload-length", n);
    let bytes = || header("content-type", "application/offset+octet-stream");
    let with_body = |line: RequestCase, body: &[u8]| RequestCase {
        body: body.to_vec(),
        ..line
    };
    vec![
        RequestCase {
            answers: vec![("upload-offset", "0"), ("upload-expires", "Tue, 24 Nov 2026 09:30:00 GMT")],
            ..post(
                "an announcement alone",
                &[length("40"), metadata(&[("filename", "letter.txt")])],
                201,
                "",
            )
        },
        RequestCase {
            answers: vec![("upload-offset", "20")],
            ..with_body(post("with its first half", &[length("40"), bytes()], 201, ""), &LETTER[..20])
        },
        RequestCase {
            answers: vec![("upload-offset", "40"), ("upload-expires", "")],
            ..with_body(post("with all of it", &[length("40"), bytes()], 201, ""), LETTER)
        },
        post("without a length", &[], 400, "bad-request"),
        post("with a deferred length", &[header("upload-defer-length", "1")], 400, "bad-request"),
        post("with a negative length", &[length("-1")], 400, "bad-request"),
        post(
            "with a length that is too large for a number",
            &[length("99999999999999999999")],
            400,
            "bad-request",
        ),
        post("of an empty file", &[length("0")], 422, "file-empty"),
        post("too large", &[length("101")], 413, "file-too-large"),
        post(
            "with metadata that cannot be read",
            &[length("9"), header("upload-metadata", "filename !")],
            400,
            "bad-request",
        ),
        post(
            "for an unknown purpose",
            &[length("9"), metadata(&[("purpose", "fun")])],
            400,
            "bad-request",
        ),
        post(
            "for another draft",
            &[length("9"), metadata(&[("draft", "another")])],
            404,
            "draft-not-found",
        ),
        post(
            "without a token",
            &[length("9"), header("authorization", "")],
            401,
            "draft-token-missing",
        ),
        RequestCase {
            answers: vec![("tus-version", "1.0.0")],
            ..post(
                "in an unsupported tus version",
                &[length("9"), header("tus-resumable", "0.2.2")],
                412,
                "tus-version-not-supported",
            )
        },
        post(
            "with no body and the type that a library writes by itself",
            &[
                length("40"),
                header("content-length", "0"),
                header("content-type", "application/x-www-form-urlencoded"),
            ],
            201,
            "",
        ),
        with_body(
            post(
                "with a body of another type",
                &[length("5"), header("content-type", "text/plain")],
                415,
                "media-type-not-supported",
            ),
            b"Hello",
        ),
        with_body(
            post(
                "with more than it announces",
                &[length("39"), bytes()],
                413,
                "upload-longer-than-announced",
            ),
            LETTER,
        ),
        with_body(
            post("with a program for a photo", &[length("60"), bytes()], 422, "file-type-not-allowed"),
            &[b"\x7fELF\x02\x01\x01\0".as_slice(), &[0; 52]].concat(),
        ),
        with_body(
            post(
                "with bytes that do not match the checksum",
                &[
                    length("40"),
                    bytes(),
                    header("upload-checksum", "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
                ],
                460,
                "checksum-mismatch",
            ),
            LETTER,
        ),
        post(
            "with an unsupported checksum algorithm",
            &[length("9"), header("upload-checksum", "crc9 AAAA")],
            400,
            "bad-request",
        ),
    ]
}

#[tokio::test]
async fn each_announcement() {
    for line in lines() {
        let scene = Scene::new().await;
        let answer = check(&scene, "POST", "", &line).await;
        let (location, rows) = (answer.header("location"), scene.api.world.count("uploads").await);
        if line.status == 201 {
            let offset: u64 = answer.header("upload-offset").parse().unwrap();
            assert_eq!(scene.offset(location).await, Some(offset), "{}", line.says);
            assert_eq!(answer.json(), scene.api.ask(&format!("GET {location}"), &scene.token).await.json());
        } else {
            assert_eq!(
                (location, rows, scene.api.world.stored().len()),
                ("", 0, 0),
                "{} must leave no upload",
                line.says
            );
        }
    }
}

#[tokio::test]
async fn what_is_announced_counts_before_it_is_here() {
    let scene = Scene::new().await;
    let announce = async |length: usize| {
        let headers = [("upload-length", length.to_string())];
        scene.call("POST /api/v1/uploads", &headers, b"").await
    };
    let many = futures::future::join_all((0..8).map(|_| announce(90))).await;
    assert_eq!(
        many.iter().filter(|answer| answer.status.as_u16() == 201).count(),
        2,
        "announced uploads must count: 180 of 200 bytes"
    );
    assert_eq!(announce(30).await.json()["type"], "/problems/files-full");
    assert_eq!(announce(20).await.status.as_u16(), 201);
    assert_eq!(announce(1).await.json()["type"], "/problems/files-too-many");
    let files = &scene.api.ask(&format!("GET {}", scene.draft), &scene.token).await.json()["files"];
    assert_eq!(files, &serde_json::json!([]), "an announced upload is not a file yet");
}

#[tokio::test]
async fn a_whole_file_in_pieces_of_any_size_is_the_file() {
    for (step, length) in [(1, 400), (7, 600), (400, 4000), (5000, 40_000), (40_000, 40_000)] {
        let scene = Scene::with(Settings::default()).await;
        let file = photo(length);
        let upload = scene.upload(file.len(), &file[..step.min(300)]).await;
        let mut offset = step.min(300);
        while offset < file.len() {
            let end = (offset + step).min(file.len());
            let answer = scene.patch(&upload, offset as u64, &file[offset..end]).await;
            assert_eq!(
                (answer.status.as_u16(), answer.header("upload-offset")),
                (204, end.to_string().as_str())
            );
            offset = end;
        }
        let seen = scene.api.ask(&format!("GET {upload}"), &scene.token).await.json();
        assert_eq!((&seen["sha256"], &seen["state"]), (&sha256(&file).into(), &"scanning".into()));
        assert_eq!(seen["media_type"], "image/jpeg");
    }
}

#[tokio::test]
async fn announcements_are_counted() {
    let quotas = Quotas {
        uploads: Quota::new(2, 1),
        ..Quotas::default()
    };
    let api = Api::with(Settings::default(), quotas).await;
    let (draft, token) = api.draft().await;
    let scene = Scene { api, draft, token };
    let announce = async || scene.call("POST /api/v1/uploads", &[header("upload-length", "9")], b"").await;
    assert_eq!([announce().await.status.as_u16(), announce().await.status.as_u16()], [201, 201]);
    let third = announce().await;
    assert_eq!(third.status.as_u16(), 429);
    assert!(third.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds <= 61));
}

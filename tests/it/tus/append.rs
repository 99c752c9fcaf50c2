use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use super::sha256;
use super::table::{LETTER, RequestCase, Scene, check, header};

/// Returns the correct checksum header of these bytes.
fn right(bytes: &[u8]) -> String {
    format!("sha256 {}", STANDARD.encode(Sha256::digest(bytes)))
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn lines() -> Vec<RequestCase> {
    let patch = |says, headers: &[(&'static str, String)], body: &[u8], status, problem, offset| {
        let mut all = vec![
            header("content-type", "application/offset+octet-stream"),
            header("upload-offset", "20"),
        ];
        all.retain(|(name, _)| !headers.iter().any(|(other, _)| other == name));
        all.extend(headers.iter().cloned());
        RequestCase {
            says,
            headers: all,
            body: body.to_vec(),
            status,
            problem,
            offset,
            ..RequestCase::default()
        }
    };
    let rest = &LETTER[20..];
    vec![
        RequestCase {
            answers: vec![("upload-offset", "40"), ("upload-expires", "")],
            ..patch("the rest", &[], rest, 204, "", Some(40))
        },
        RequestCase {
            answers: vec![("upload-offset", "25"), ("upload-expires", "Tue, 24 Nov 2026 09:30:00 GMT")],
            ..patch("some of the rest", &[], &rest[..5], 204, "", Some(25))
        },
        RequestCase {
            answers: vec![("upload-offset", "20")],
            ..patch("nothing", &[], b"", 204, "", Some(20))
        },
        patch(
            "from before its offset",
            &[header("upload-offset", "10")],
            rest,
            409,
            "upload-offset-wrong",
            Some(20),
        ),
        patch(
            "from beyond its offset",
            &[header("upload-offset", "30")],
            &rest[10..],
            409,
            "upload-offset-wrong",
            Some(20),
        ),
        patch(
            "without an offset",
            &[header("upload-offset", "")],
            rest,
            400,
            "bad-request",
            Some(20),
        ),
        patch(
            "from a negative offset",
            &[header("upload-offset", "-20")],
            rest,
            400,
            "bad-request",
            Some(20),
        ),
        patch(
            "without a content type",
            &[header("content-type", "")],
            rest,
            415,
            "media-type-not-supported",
            Some(20),
        ),
        patch(
            "of another type",
            &[header("content-type", "application/octet-stream")],
            rest,
            415,
            "media-type-not-supported",
            Some(20),
        ),
        patch(
            "without a tus version",
            &[header("tus-resumable", "")],
            rest,
            412,
            "tus-version-not-supported",
            Some(20),
        ),
        patch(
            "in an unsupported tus version",
            &[header("tus-resumable", "2.0.0")],
            rest,
            412,
            "tus-version-not-supported",
            Some(20),
        ),
        patch(
            "without a token",
            &[header("authorization", "")],
            rest,
            401,
            "draft-token-missing",
            Some(20),
        ),
        RequestCase {
            path: "/api/v1/uploads/01935fcc-2d60-7000-8000-000000000001",
            ..patch("of an unknown upload", &[], rest, 404, "upload-not-found", Some(20))
        },
        patch(
            "more than was announced",
            &[],
            &LETTER[..21],
            413,
            "upload-longer-than-announced",
            Some(20),
        ),
        patch(
            "more than was announced, without a content length",
            &[header("content-length", "")],
            &LETTER[..21],
            413,
            "upload-longer-than-announced",
            Some(20),
        ),
        patch(
            "with a content length beyond the announced length",
            &[header("content-length", "21")],
            rest,
            413,
            "upload-longer-than-announced",
            Some(20),
        ),
        RequestCase {
            answers: vec![("upload-offset", "40")],
            ..patch("with its checksum", &[("upload-checksum", right(rest))], rest, 204, "", Some(40))
        },
        RequestCase {
            answers: vec![("upload-offset", "25")],
            ..patch(
                "a part with its checksum",
                &[("upload-checksum", right(&rest[..5]))],
                &rest[..5],
                204,
                "",
                Some(25),
            )
        },
        patch(
            "with the checksum of other bytes",
            &[("upload-checksum", right(LETTER))],
            rest,
            460,
            "checksum-mismatch",
            Some(20),
        ),
        patch(
            "with an unsupported checksum algorithm",
            &[header("upload-checksum", "md5 AAAA")],
            rest,
            400,
            "bad-request",
            Some(20),
        ),
        patch(
            "with a checksum that cannot be read",
            &[header("upload-checksum", "sha1 !")],
            rest,
            400,
            "bad-request",
            Some(20),
        ),
        patch("content that is no text", &[], &[1; 20], 422, "file-type-not-allowed", None),
    ]
}

#[tokio::test]
async fn each_part() {
    for line in lines() {
        let scene = Scene::new().await;
        let upload = scene.upload(40, &LETTER[..20]).await;
        check(&scene, "PATCH", &upload, &line).await;
        assert_eq!(scene.offset(&upload).await, line.offset, "{}", line.says);
        // After any response, a client that resumes at the offset completes the upload.
        if let Some(offset) = line.offset.filter(|offset| *offset < 40) {
            let rest = &LETTER[usize::try_from(offset).unwrap()..];
            assert_eq!(scene.patch(&upload, offset, rest).await.status.as_u16(), 204, "{}", line.says);
        }
        let seen = scene.api.ask(&format!("GET {upload}"), &scene.token).await;
        if line.offset.is_some() {
            assert_eq!(seen.json()["sha256"], sha256(LETTER), "{}", line.says);
        } else {
            assert_eq!((seen.status.as_u16(), scene.api.world.stored().len()), (404, 0), "{}", line.says);
        }
    }
}

#[tokio::test]
async fn a_whole_file_takes_nothing_more() {
    let scene = Scene::new().await;
    let upload = scene.upload(40, LETTER).await;
    assert_eq!(
        scene.patch(&upload, 40, b"").await.status.as_u16(),
        204,
        "a repeated last part is accepted"
    );
    assert_eq!(
        scene.patch(&upload, 40, b"x").await.status.as_u16(),
        413,
        "no byte beyond the announced length is accepted"
    );
    assert_eq!(scene.patch(&upload, 20, &LETTER[20..]).await.status.as_u16(), 409);
    assert_eq!(
        scene.api.ask(&format!("GET {upload}"), &scene.token).await.json()["sha256"],
        sha256(LETTER)
    );
}

#[tokio::test]
async fn for_networks_that_let_only_get_and_post_through() {
    let scene = Scene::new().await;
    let upload = scene.upload(40, &LETTER[..20]).await;
    let by_post = async |method: &str| {
        let headers = [
            header("x-http-method-override", method),
            header("content-type", "application/offset+octet-stream"),
            header("upload-offset", "20"),
        ];
        scene.call(&format!("POST {upload}"), &headers, &LETTER[20..]).await
    };
    assert_eq!(by_post("HEAD").await.header("upload-offset"), "20");
    let plain = by_post("").await;
    assert_eq!(
        (plain.status.as_u16(), plain.header("allow")),
        (405, "GET,HEAD,PATCH,DELETE,OPTIONS")
    );
    assert_eq!(by_post("PATCH").await.header("upload-offset"), "40");
    assert_eq!(by_post("DELETE").await.status.as_u16(), 204);
    assert_eq!(scene.offset(&upload).await, None);
}

#[tokio::test]
async fn a_file_on_its_way_when_the_complaint_is_sent_becomes_the_cases() {
    let scene = Scene::new().await;
    scene.api.fill(&scene.draft, &scene.token).await;
    let upload = scene.upload(40, &LETTER[..20]).await;
    let sent = scene
        .api
        .send(&format!("POST {}/submission", scene.draft), &scene.token, &serde_json::Value::Null)
        .await;
    assert_eq!(sent.status.as_u16(), 201);
    let late = scene.call("POST /api/v1/uploads", &[header("upload-length", "9")], b"").await;
    assert_eq!(
        late.json()["type"],
        "/problems/already-sent",
        "no upload can be announced after sending"
    );
    assert_eq!(scene.patch(&upload, 20, &LETTER[20..]).await.status.as_u16(), 204);
    let session = scene.api.signed_in(&sent.json()).await;
    let case = format!("GET /api/v1/cases/{}", sent.json()["reference"].as_str().unwrap());
    assert_eq!(scene.api.ask(&case, &session).await.json()["files"][0]["sha256"], sha256(LETTER));
}

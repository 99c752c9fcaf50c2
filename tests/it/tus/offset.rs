use service::record::housekeeping;
use time::Duration;

use super::table::{LETTER, RequestCase, Scene, check, header};

#[tokio::test]
async fn each_question_for_the_offset() {
    let scene = Scene::new().await;
    let metadata = "filename bGV0dGVyLnR4dA==,is_confidential";
    let headers = [header("upload-length", "40"), header("upload-metadata", metadata)];
    let made = scene.call("POST /api/v1/uploads", &headers, b"").await;
    let announced = made.header("location").to_owned();
    let half = scene.upload(40, &LETTER[..20]).await;
    let whole = scene.upload(40, LETTER).await;
    let (_, other) = scene.api.draft().await;
    let head = |says, status| RequestCase {
        says,
        status,
        ..RequestCase::default()
    };
    let table = [
        (
            &announced,
            RequestCase {
                answers: vec![
                    ("upload-offset", "0"),
                    ("upload-length", "40"),
                    ("upload-metadata", metadata),
                    ("upload-expires", "Tue, 24 Nov 2026 09:30:00 GMT"),
                    ("cache-control", "no-store"),
                ],
                ..head("of what was announced", 200)
            },
        ),
        (
            &half,
            RequestCase {
                answers: vec![("upload-offset", "20"), ("upload-length", "40"), ("upload-metadata", "")],
                ..head("of a half", 200)
            },
        ),
        (
            &whole,
            RequestCase {
                answers: vec![("upload-offset", "40"), ("upload-length", "40"), ("upload-expires", "")],
                ..head("of a whole file", 200)
            },
        ),
        (
            &half,
            RequestCase {
                headers: vec![header("tus-resumable", "")],
                answers: vec![("tus-version", "1.0.0"), ("upload-offset", "")],
                ..head("in no version", 412)
            },
        ),
        (
            &half,
            RequestCase {
                headers: vec![header("authorization", &format!("Bearer {other}"))],
                answers: vec![("upload-offset", "")],
                ..head("by somebody else", 404)
            },
        ),
        (
            &half,
            RequestCase {
                headers: vec![header("authorization", "")],
                ..head("by nobody", 401)
            },
        ),
        (
            &half,
            RequestCase {
                path: "/api/v1/uploads/01935fcc-2d60-7000-8000-000000000001",
                ..head("of none", 404)
            },
        ),
        (
            &half,
            RequestCase {
                path: "/api/v1/uploads/..%2F..%2Fsecret.key",
                ..head("of no id", 404)
            },
        ),
    ];
    for (upload, line) in table {
        check(&scene, "HEAD", upload, &line).await;
    }
}

#[tokio::test]
async fn what_nobody_goes_on_with_is_given_up_and_then_forgotten() {
    let scene = Scene::new().await;
    let (left, kept) = (scene.upload(40, &LETTER[..20]).await, scene.upload(40, &LETTER[..20]).await);
    let whole = scene.upload(40, LETTER).await;
    let clock = &scene.api.world.clock;
    clock.advance(Duration::hours(23));
    assert_eq!(scene.patch(&kept, 20, &LETTER[20..30]).await.status.as_u16(), 204);
    clock.advance(Duration::hours(1));
    let head = |says, status, offset| RequestCase {
        says,
        status,
        answers: vec![("upload-offset", offset)],
        ..RequestCase::default()
    };
    check(&scene, "HEAD", &left, &head("an expired upload", 410, "")).await;
    let late = scene.patch(&left, 20, &LETTER[20..]).await;
    assert_eq!(late.json()["type"], "/problems/upload-gone");
    check(&scene, "HEAD", &kept, &head("an upload extended by its last part", 200, "30")).await;

    assert_eq!(scene.api.world.stored().len(), 3);
    let swept = housekeeping::clean_up(&scene.api.world.services).await.unwrap();
    assert_eq!((swept.uploads, swept.files), (1, 0));
    check(&scene, "HEAD", &left, &head("a deleted upload", 404, "")).await;
    check(&scene, "HEAD", &whole, &head("a complete file stays", 200, "40")).await;
    assert_eq!(scene.api.world.stored().len(), 2);
    let files = scene.api.ask(&format!("GET {}", scene.draft), &scene.token).await;
    assert_eq!(files.json()["files"].as_array().map(Vec::len), Some(1));
}

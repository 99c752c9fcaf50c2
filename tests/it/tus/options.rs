use super::table::{RequestCase, Scene, check};

#[tokio::test]
async fn what_the_server_can_do() {
    let scene = Scene::new().await;
    let all = vec![
        ("tus-version", "1.0.0"),
        ("tus-extension", "creation,creation-with-upload,expiration,checksum,termination"),
        ("tus-checksum-algorithm", "sha1,sha256"),
        ("tus-max-size", "100"),
    ];
    for line in [
        RequestCase {
            says: "at the address of all uploads",
            path: "/api/v1/uploads",
            status: 204,
            answers: all.clone(),
            ..RequestCase::default()
        },
        RequestCase {
            says: "at the address of one upload",
            path: "/api/v1/uploads/01935fcc-2d60-7000-8000-000000000001",
            status: 204,
            answers: all.clone(),
            ..RequestCase::default()
        },
        RequestCase {
            says: "without a token and in an unsupported tus version",
            path: "/api/v1/uploads",
            headers: vec![("authorization", String::new()), ("tus-resumable", "0.2.2".into())],
            status: 204,
            answers: all,
            ..RequestCase::default()
        },
    ] {
        check(&scene, "OPTIONS", "", &line).await;
    }
}

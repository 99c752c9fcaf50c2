use super::table::{LETTER, RequestCase, Scene, check, header};

#[tokio::test]
async fn each_removal() {
    // The offset of a line that removes nothing only says that the upload still exists.
    let delete = |says, headers: &[(&'static str, String)], status, problem, offset| RequestCase {
        says,
        headers: headers.to_vec(),
        status,
        problem,
        offset,
        ..RequestCase::default()
    };
    let lines = [
        delete("of an existing upload", &[], 204, "", None),
        delete("without a tus version", &[header("tus-resumable", "")], 204, "", None),
        delete(
            "in an unsupported tus version",
            &[header("tus-resumable", "0.2.2")],
            412,
            "tus-version-not-supported",
            Some(0),
        ),
        delete(
            "without a token",
            &[header("authorization", "")],
            401,
            "draft-token-missing",
            Some(0),
        ),
    ];
    for (length, first) in [(40, &LETTER[..0]), (40, &LETTER[..20]), (40, &LETTER[..])] {
        for line in &lines {
            let scene = Scene::new().await;
            let upload = scene.upload(length, first).await;
            let expected = line.offset.map(|_| first.len() as u64);
            check(&scene, "DELETE", &upload, line).await;
            assert_eq!(scene.offset(&upload).await, expected, "{}", line.says);
            if expected.is_none() {
                let again = scene.call(&format!("DELETE {upload}"), &[], b"").await;
                assert_eq!(again.status.as_u16(), 404);
                let world = &scene.api.world;
                let left = (
                    world.count("uploads").await,
                    world.count("upload_progress").await,
                    world.stored().len(),
                );
                assert_eq!(left, (0, 0, 0), "{}", line.says);
            }
        }
    }
}

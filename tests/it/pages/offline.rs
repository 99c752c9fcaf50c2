//! The files that the service worker keeps on the phone for use without a connection.

use super::phone::{Portal, RESIDENT};

/// Returns the list of files that the service worker keeps.
fn plan(worker: &str) -> serde_json::Value {
    let after = worker.split_once("later } = ").expect("the plan").1;
    serde_json::from_str(after.split_once(";\n").unwrap().0).expect("JSON")
}

#[tokio::test]
async fn the_worker_names_everything_the_journey_needs_and_all_of_it_is_there() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let worker = phone.get("/service-worker.js").await;
    assert_eq!(worker.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(worker.header("cache-control"), "no-cache");
    assert!(worker.header("content-security-policy").contains("connect-src 'self'"));
    let plan = plan(&worker.html);
    let files: Vec<&str> = plan["files"].as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect();
    for name in ["onrecord-0.wasm", "onrecord-0.js", "main-0.css", "favicon-0.svg"] {
        assert!(files.contains(&format!("/assets/{name}").as_str()), "{name} of {files:?}");
    }
    let later: Vec<&str> = plan["later"].as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect();
    assert_eq!(later, ["/assets/uploads-en-0.js"], "the upload script is fetched after the app");
    for path in files
        .into_iter()
        .chain(later)
        .chain([plan["shell"].as_str().unwrap(), plan["apart"].as_str().unwrap()])
    {
        assert_eq!(phone.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn the_worker_is_the_same_until_something_it_keeps_changes() {
    let portal = Portal::new().await;
    let name = async || plan(&portal.phone().get("/service-worker.js").await.html)["name"].to_string();
    assert_eq!(name().await, name().await);
    let other = Portal::new().await;
    let site = other.world.folder.path().join("site");
    let manifest = std::fs::read_to_string(site.join("manifest.json")).unwrap();
    std::fs::write(site.join("manifest.json"), manifest.replace("onrecord-0.wasm", "onrecord-1.wasm")).unwrap();
    std::fs::write(site.join("assets/onrecord-1.wasm"), "another").unwrap();
    let other = Portal {
        app: onrecord::server::app(
            &onrecord::server::Config::default(),
            other.world.services.clone(),
            onrecord::server::assets::load(&site).unwrap(),
        )
        .unwrap(),
        world: other.world,
    };
    let changed = plan(&other.phone().get("/service-worker.js").await.html)["name"].to_string();
    assert_ne!(name().await, changed);
}

#[tokio::test]
async fn what_is_kept_is_the_same_for_everybody_and_needs_no_nonce() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    for path in ["/complaint/offline-shell", "/no-connection"] {
        let before = phone.get(path).await;
        assert_eq!(before.status, 200, "{path}");
        assert!(
            !before.html.contains("nonce") && !before.header("content-security-policy").contains("nonce"),
            "{path}"
        );
        assert!(before.html.ends_with("</html>"), "{path}: {}", before.html);
        let mut known = portal.phone();
        known.answer(&RESIDENT[..3]).await;
        let after = known.get(path).await;
        assert_eq!(before.html, after.html, "{path}");
        assert!(after.header("set-cookie").is_empty(), "{path}");
    }
}

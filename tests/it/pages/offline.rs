//! The files that the service worker keeps on the phone for use without a connection.

use super::case_actions::signed_in;
use super::phone::{Page, Portal, RESIDENT};

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
    for document in ["shell", "apart"] {
        let html = phone.get(plan[document].as_str().unwrap()).await.html;
        for address in html.split('"').filter(|text| text.starts_with("/assets/")) {
            assert!(files.contains(&address) || later.contains(&address), "{document} needs {address}");
        }
    }
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
async fn a_page_of_a_case_may_be_stored_for_a_week_while_the_session_lasts_and_never_on_a_shared_device() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let home = format!("/cases/{}", receipt.reference);
    let copy = |page: &Page| {
        page.header("x-offline-copy")
            .split_once(' ')
            .map(|(of, seconds)| (of.to_owned(), seconds.to_owned()))
    };
    let (session, seconds) = copy(&phone.get(&home).await).expect("a copy is allowed");
    assert_eq!(seconds, "3600", "no longer than the session");
    assert!(phone.get(&home).await.html.contains(r#"<section id="copy-notice" hidden "#));
    for page in ["message", "people", "as-sent", "contact", "add-more"] {
        assert_eq!(copy(&phone.get(&format!("{home}/{page}")).await).unwrap().0, session, "{page}");
    }
    for page in [&format!("{home}/contact/code"), "/signed-in-devices", "/help", "/complaint/tasks"] {
        assert_eq!(copy(&phone.get(page).await), None, "{page}");
    }

    let remembered = [
        ("reference", &*receipt.reference),
        ("access_code", &*receipt.access_code),
        ("remember", "yes"),
    ];
    phone.post("/sign-in", &remembered).await.leads_to();
    let (other, seconds) = copy(&phone.get(&home).await).unwrap();
    assert_eq!(seconds, (7 * 24 * 3600).to_string());
    assert_ne!(other, session, "each session has its own copies");

    phone.post("/this-phone", &[("shared", "on")]).await;
    let shared = phone.get(&home).await;
    assert_eq!((shared.status.as_u16(), copy(&shared)), (200, None));
    phone.post("/this-phone", &[("shared", "off")]).await;
    phone.post("/sign-out", &[]).await;
    assert_eq!(copy(&phone.get(&home).await), None);
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

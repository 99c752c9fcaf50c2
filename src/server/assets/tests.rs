use std::path::Path;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt;

use super::*;
use crate::server::brand::{Brand, Logo};

const WASM: &str = "/assets/onrecord-0a1b.wasm";

fn site(folder: &Path) {
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    let manifest = r#"{"main.css":"assets/main-0a1b.css","first.css":"assets/first-0a1b.css",
        "onrecord.js":"assets/onrecord-0a1b.js",
        "onrecord.wasm":"assets/onrecord-0a1b.wasm","onrecord-portal.js":"assets/onrecord-portal-0a1b.js","onrecord-portal.wasm":"assets/onrecord-portal-0a1b.wasm","exit.js":"assets/exit-0a1b.js","typed.js":"assets/typed-0a1b.js","portal.js":"assets/portal-0a1b.js","unsent.js":"assets/unsent-0a1b.js","favicon.svg":"assets/favicon-0a1b.svg"}"#;
    for (name, content) in [
        ("manifest.json", manifest),
        ("robots.txt", "User-agent: *"),
        ("assets/main-0a1b.css", "body{}"),
        ("assets/first-0a1b.css", "h1{}"),
        ("assets/onrecord-0a1b.js", "1"),
        ("assets/onrecord-portal-0a1b.js", "1"),
        ("assets/onrecord-portal-0a1b.wasm", "the plain bytes"),
        ("assets/exit-0a1b.js", "2"),
        ("assets/typed-0a1b.js", "3"),
        ("assets/portal-0a1b.js", "3"),
        ("assets/unsent-0a1b.js", "3"),
        ("assets/favicon-0a1b.svg", "<svg/>"),
        ("assets/onrecord-0a1b.wasm", "the plain bytes"),
        ("assets/onrecord-0a1b.wasm.br", "0123456789"),
        ("assets/onrecord-0a1b.wasm.gz", "gzip"),
    ] {
        std::fs::write(folder.join(name), content).unwrap();
    }
}

fn assets() -> Assets {
    let folder = tempfile::tempdir().unwrap();
    site(folder.path());
    load(folder.path()).unwrap()
}

fn get(path: &str, headers: &[(HeaderName, &str)]) -> Response {
    let headers = headers.iter().map(|(n, v)| (n.clone(), HeaderValue::try_from(*v).unwrap()));
    assets().get(path, &headers.collect()).unwrap()
}

async fn body(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

fn field(response: &Response, name: HeaderName) -> &str {
    response.headers().get(name).map_or("", |v| v.to_str().unwrap())
}

#[tokio::test]
async fn the_smallest_form_the_browser_takes_is_sent_and_kept_for_good() {
    let response = get(WASM, &[(header::ACCEPT_ENCODING, "gzip, br")]);
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(field(&response, header::CONTENT_TYPE), "application/wasm");
    assert_eq!(field(&response, header::CONTENT_ENCODING), "br");
    assert_eq!(field(&response, header::CONTENT_LENGTH), "10");
    assert_eq!(field(&response, header::VARY), "accept-encoding");
    assert!(field(&response, header::CACHE_CONTROL).contains("immutable"));
    let tag = field(&response, header::ETAG).to_owned();
    assert_eq!(body(response).await, "0123456789");
    let plain = get(WASM, &[]);
    assert_eq!(field(&plain, header::CONTENT_ENCODING), "");
    assert_ne!(field(&plain, header::ETAG), tag, "each encoding must have a separate ETag");
    assert_eq!(body(plain).await, "the plain bytes");
    assert!(!field(&get("/robots.txt", &[]), header::CACHE_CONTROL).contains("immutable"));
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let tag = field(&get(WASM, &[]), header::ETAG).to_owned();
    for tags in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".into()] {
        let response = get(WASM, &[(header::IF_NONE_MATCH, &tags)]);
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{tags}");
        assert_eq!(body(response).await, "");
    }
    assert_eq!(get(WASM, &[(header::IF_NONE_MATCH, "\"x\"")]).status(), StatusCode::OK);
}

#[test]
fn files_are_found_by_their_first_names_and_nothing_else_is_served() {
    let assets = assets();
    assert_eq!(assets.address("main.css"), Some("/assets/main-0a1b.css"));
    assert_eq!(assets.text("first.css"), Some("h1{}"));
    for path in [
        "/manifest.json",
        "/assets/onrecord-0a1b.wasm.br",
        "/assets/../robots.txt",
        "/assets",
        "/",
    ] {
        assert!(assets.get(path, &HeaderMap::new()).is_none(), "{path}");
    }
}

#[tokio::test]
async fn the_organisations_colours_and_logo_have_addresses_of_their_own() {
    let brand = Brand {
        css: Some("p{}".into()),
        logo: Some(Logo {
            extension: "svg",
            bytes: b"<svg/>".to_vec(),
        }),
    };
    let assets = assets().with_brand(brand).unwrap();
    assert_eq!(assets.text("first.css"), Some("h1{}p{}"));
    let sheet = assets.address("main.css").unwrap();
    assert_ne!(sheet, "/assets/main-0a1b.css", "browsers keep a file for ever");
    assert!(assets.get("/assets/main-0a1b.css", &HeaderMap::new()).is_none());
    assert_eq!(body(assets.get(sheet, &HeaderMap::new()).unwrap()).await, "body{}p{}");
    let logo = assets.get(assets.address(LOGO).unwrap(), &HeaderMap::new()).unwrap();
    assert_eq!(field(&logo, header::CONTENT_TYPE), "image/svg+xml");
}

#[test]
fn a_site_that_was_not_built_says_how_to_build_it() {
    let folder = tempfile::tempdir().unwrap();
    let error = load(folder.path()).unwrap_err().to_string();
    assert!(error.contains("cargo xtask run"), "{error}");
    site(folder.path());
    std::fs::remove_file(folder.path().join("assets/main-0a1b.css")).unwrap();
    assert!(load(folder.path()).unwrap_err().to_string().contains("main.css"));
}

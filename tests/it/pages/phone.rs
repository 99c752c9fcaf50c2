//! A test browser with cookies and without JavaScript.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use cookie::Cookie;
use http_body_util::BodyExt;
use onrecord::http::limits::{Quota, Quotas};
use onrecord::server::{self, Config, assets};
use record::entropy::SeededEntropy;
use service::Settings;
use time::Duration;
use tower::ServiceExt;

use crate::world::{TestDatabase, World};

/// A portal in this process.
pub struct Portal {
    pub world: World,
    pub app: Router,
}

impl Portal {
    /// A portal with default settings, but with limits that no test reaches by accident.
    pub async fn new() -> Self {
        Self::with(7, |_| {}).await
    }

    /// A portal with other settings and another seed.
    pub async fn with(seed: u64, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        let many = Quota::new(10_000, 10_000);
        config.limits = Quotas {
            draft_creation: many,
            sign_in: many,
            sign_in_here: many,
            sign_in_reference: many,
            sign_in_code: many,
            return_ticket: many,
            return_try: many,
            return_try_anywhere: many,
            saves: many,
            typed_text: many,
            complaint_clock: many,
            log_reads: many,
            uploads: many,
            copies_without_place: many,
            acts: many,
            acts_on_case: many,
            case_files: many,
            files_on_case: many,
        };
        change(&mut config);
        let entropy = Arc::new(SeededEntropy::new(seed));
        let settings = Settings { ..config.service.clone() };
        let world = World::with(TestDatabase::Sqlite, settings, entropy)
            .await
            .expect("tests on SQLite always run");
        Self::on(world, config)
    }

    /// A portal on an existing world.
    pub fn on(world: World, config: Config) -> Self {
        let folder = world.folder.path().join("site");
        site(&folder);
        let app = server::app(&config, world.services.clone(), assets::load(&folder).unwrap()).unwrap();
        Self { world, app }
    }

    pub fn phone(&self) -> Phone {
        Phone {
            app: self.app.clone(),
            cookies: BTreeMap::new(),
        }
    }
}

/// Writes the smallest site that the server accepts.
pub fn site(folder: &Path) {
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    let manifest = r#"{"main.css":"assets/main-0.css","first.css":"assets/first-0.css",
        "onrecord.js":"assets/onrecord-0.js",
        "onrecord.wasm":"assets/onrecord-0.wasm","onrecord-portal.js":"assets/onrecord-portal-0.js","onrecord-portal.wasm":"assets/onrecord-portal-0.wasm","exit.js":"assets/exit-0.js","typed.js":"assets/typed-0.js","portal.js":"assets/portal-0.js","unsent.js":"assets/unsent-0.js","favicon.svg":"assets/favicon-0.svg",
        "uploads-en.js":"assets/uploads-en-0.js","uploads-cy.js":"assets/uploads-cy-0.js",
        "text-en.json":"assets/text-en-0.json","text-cy.json":"assets/text-cy-0.json",
        "portal-text-en.json":"assets/portal-text-en-0.json","portal-text-cy.json":"assets/portal-text-cy-0.json"}"#;
    std::fs::write(folder.join("manifest.json"), manifest).unwrap();
    for name in [
        "main-0.css",
        "first-0.css",
        "onrecord-0.js",
        "onrecord-0.wasm",
        "onrecord-portal-0.js",
        "onrecord-portal-0.wasm",
        "portal-text-en-0.json",
        "portal-text-cy-0.json",
        "favicon-0.svg",
        "text-en-0.json",
        "text-cy-0.json",
        "exit-0.js",
        "typed-0.js",
        "portal-0.js",
        "unsent-0.js",
        "uploads-en-0.js",
        "uploads-cy-0.js",
    ] {
        std::fs::write(folder.join("assets").join(name), format!("/* {name} */")).unwrap();
    }
}

/// Removes the data with which the page is hydrated. A browser shows nothing of it.
fn without_data(mut html: String) -> String {
    if let Some(start) = html.find("<script type=\"application/json\"") {
        let end = html[start..].find("</script>").expect("the end of the data") + start + "</script>".len();
        html.replace_range(start..end, "");
    }
    html
}

/// A browser.
#[derive(Clone)]
pub struct Phone {
    app: Router,
    pub cookies: BTreeMap<String, String>,
}

/// A response.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
    /// The target of a redirect, without the number of the draft.
    to: String,
}

/// Removes the number of the draft from an address.
fn without_draft_number(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let (query, fragment) = query.split_once('#').unwrap_or((query, ""));
    let rest: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("draft="))
        .collect();
    let query = if rest.is_empty() {
        String::new()
    } else {
        format!("?{}", rest.join("&"))
    };
    let fragment = if fragment.is_empty() {
        String::new()
    } else {
        format!("#{fragment}")
    };
    format!("{path}{query}{fragment}")
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Returns the target of a 303, without the number of the draft.
    #[track_caller]
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.html);
        &self.to
    }

    /// Returns the number of the draft in the target of a 303.
    #[track_caller]
    pub fn number(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.html);
        let query = self.header("location").split_once('?').map_or("", |(_, query)| query);
        let named = query.split('&').find_map(|pair| pair.strip_prefix("draft="));
        named
            .unwrap_or_else(|| panic!("{} has no draft number", self.header("location")))
            .to_owned()
    }

    /// Asserts the status and returns the page's HTML with entities decoded.
    #[track_caller]
    pub fn reads(&self, status: StatusCode) -> String {
        assert_eq!(self.status, status, "{}", self.html);
        assert!(self.header("content-type").starts_with("text/html"), "expected a page");
        html_escape::decode_html_entities(&self.html).into_owned()
    }
}

impl Phone {
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path), Body::empty()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(form.finish())).await
    }

    /// Posts the form with these files, each with its name and content.
    pub async fn upload(&mut self, path: &str, files: &[(&str, &[u8])], action: &str) -> Page {
        let mut form = Vec::new();
        for (name, content) in files {
            let head = format!("--edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n");
            form.extend_from_slice(head.as_bytes());
            form.extend_from_slice(content);
            form.extend_from_slice(b"\r\n");
        }
        let end = format!("--edge\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\n{action}\r\n--edge--\r\n");
        form.extend_from_slice(end.as_bytes());
        self.upload_body(path, Body::from(form)).await
    }

    pub async fn upload_body(&mut self, path: &str, body: Body) -> Page {
        let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.send(request, body).await
    }

    pub async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Page {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header(header::HOST, "portal.test");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let response = self.app.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        for set in head.headers.get_all(header::SET_COOKIE) {
            let set = Cookie::parse(set.to_str().unwrap()).unwrap();
            if set.max_age() == Some(Duration::ZERO) {
                self.cookies.remove(set.name());
            } else {
                self.cookies.insert(set.name().to_owned(), set.value().to_owned());
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        let to = head.headers.get(header::LOCATION).map_or("", |to| to.to_str().unwrap());
        Page {
            to: without_draft_number(to),
            status: head.status,
            headers: head.headers,
            html: without_data(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// Answers these pages in order.
    pub async fn answer(&mut self, pages: &[(&str, &[(&str, &str)])]) -> Page {
        let mut last = None;
        for (slug, fields) in pages {
            let page = self.post(&format!("/complaint/{slug}"), fields).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{slug}: {}", page.html);
            last = Some(page);
        }
        last.expect("expected a page")
    }
}

/// A resident's answers, page by page. All people and places are made up.
pub const RESIDENT: [(&str, &[(&str, &str)]); 11] = [
    ("who-are-you", &[("role", "resident")]),
    ("name", &[("full_name", "Siân O'Neill")]),
    (
        "address",
        &[
            ("line_1", "4 Test Court"),
            ("line_2", ""),
            ("town", "Anytown"),
            ("postcode", "zz11aa"),
        ],
    ),
    ("contact", &[("email", "sian@example.org"), ("phone", "01632 960123")]),
    ("landlord", &[("name", "Example Homes")]),
    ("stage", &[("stage", "waiting_stage_1")]),
    (
        "dates",
        &[
            ("complained_on-day", ""),
            ("complained_on-month", "sept"),
            ("complained_on-year", "2026"),
        ],
    ),
    ("category", &[("category", "property_condition")]),
    ("what-happened", &[("what_happened", "Mould in the bedroom since March.")]),
    ("the-home-now", &[("hazard", "none")]),
    ("put-right", &[("put_right", "Treat the mould and mend the window.")]),
];

/// The same resident's answers on the pages that ask several questions, with all their fields.
pub const SHARED_PAGES: [(&str, &[(&str, &str)]); 4] = [
    (
        "your-home",
        &[
            ("tenure", "council_tenant"),
            ("home_address_seen", ""),
            ("line_1", "4 Test Court"),
            ("town", "Anytown"),
            ("postcode", "zz11aa"),
        ],
    ),
    (
        "contact",
        &[
            ("email", "sian@example.org"),
            ("phone", "01632 960123"),
            ("email_safety_seen", ""),
            ("email_safe", "yes"),
            ("phone_safety_seen", ""),
            ("phone_safe", "no"),
            ("message", "no"),
            ("phone_who_else", "My neighbour"),
        ],
    ),
    (
        "what-happened",
        &[
            ("what_happened", "Mould in the bedroom since March."),
            ("since_seen", ""),
            ("began_on-month", "3"),
            ("began_on-year", "2026"),
            ("going_on", "yes"),
        ],
    ),
    (
        "your-needs",
        &[
            ("needed", "yes"),
            ("adjustments", "large_print"),
            ("risk_seen", ""),
            ("at_risk", "yes"),
            ("risks", "mental_health"),
            ("risk_details", "Please do not rush me."),
        ],
    ),
];

/// The same resident's answers under "Add more if you want to".
pub const EXTRAS: [(&str, &[(&str, &str)]); 12] = [
    ("tenancy", &[("kind", "secure")]),
    ("about-post", &[("safe", "not_sure")]),
    ("best-way", &[("way", "email"), ("times", "morning"), ("times", "evening")]),
    ("managed-by", &[("managed", "no")]),
    ("more-time", &[("told", "no")]),
    ("landlord-reference", &[("references", "EX-123")]),
    ("what-next", &[]),
    ("more-about-it", &[("subcategory", "damp_mould")]),
    ("reported", &[("how", "phone"), ("how", "online"), ("times", "many")]),
    ("effect", &[("effect", "My son coughs at night."), ("affected", "child")]),
    ("more-about-this", &[("filed", "no")]),
    ("who-helps", &[("helpers", "none")]),
];

/// The smallest file that is recognised as a PNG.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\0IEND\xaeB`\x82";

//! Combines all routes and their middleware into one router.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::timeout::RequestBodyTimeoutLayer;

use super::assets::{Assets, AssetsError, LOGO};
use super::background::Tasks;
use super::brand::Brand;
use super::config::{Config, ConfigError};
use super::error::StartError;
use super::first_pages::FirstPages;
use super::headers::REQUEST_ID;
use super::health::Health;
use super::metrics::Metrics;
use super::{headers, health, time_limit};
use crate::app::PageChromeCache;
use crate::app::portal::{Safety, ShellData};
use crate::http::api;
use crate::http::client::Proxies;
use crate::http::limits::RateLimits;
use crate::http::pages::{self, Forms, LanguageFiles, Site};
use crate::http::permits::Permits;
use crate::http::{HttpState, draft_number};
use crate::server::outer_layer::{OuterLayer, around};
use service::Services;
use service::access::hash_queue::BoundedQueue;
use text::Language;

/// Streams of news that one person may have open. A browser opens one, and a person has few devices.
const NEWS_PER_PERSON: NonZeroU32 = NonZeroU32::new(6).unwrap();

/// Builds the whole portal as one service. Requests must have `ConnectInfo<SocketAddr>` with the client's address.
pub fn app(config: &Config, services: Services, assets: Assets) -> Result<Router, StartError> {
    let proxies = Arc::new(config.proxies()?);
    let metrics = Metrics::new(services.clone(), Tasks::default(), Arc::clone(&proxies));
    app_with_tasks(config, services, assets, metrics, proxies)
}

/// Like [`app`], with background tasks on which health check and metrics report.
pub(super) fn app_with_tasks(
    config: &Config,
    services: Services,
    assets: Assets,
    metrics: Metrics,
    proxies: Arc<Proxies>,
) -> Result<Router, StartError> {
    // Leptos requires an executor; repeated initialisation is harmless.
    let _ = any_spawner::Executor::init_tokio();
    let assets = assets.with_brand(Brand::of(&config.organisation).map_err(ConfigError::from)?)?;
    let site = Arc::new(site(config, &assets)?);
    let door = HttpState {
        services: services.clone(),
        limits: Arc::new(RateLimits::new(config.limits)),
        cookies: config.cookies(),
        languages: config.languages()?,
        proxies,
        upload_permits: Permits::new(config.uploads.at_once, config.uploads.at_once_per_address),
        news_permits: Permits::new(config.connections.news_streams(), NEWS_PER_PERSON),
    };
    let stalled = Duration::from_secs(config.uploads.stalled_seconds);
    let outside = OuterLayer {
        assets: Arc::new(assets),
        site: Arc::clone(&site),
        languages: door.languages.clone(),
        first_pages: FirstPages::new(door.languages.offered()),
        cookies: config.cookies(),
        headers: Arc::new(headers::for_everything(config.is_secure())),
        metrics: metrics.clone(),
        note_requests: config.log.requests,
    };
    let rest = api::router(door.languages.clone()).with_state(door.clone());
    let drawing = BoundedQueue::new(config.pages.at_once.get() as usize, config.pages.waiting as usize);
    let pages = pages::router(Forms {
        http: door.clone(),
        site,
        render_queue: drawing,
    });
    let csrf = csrf_layer(config)?;
    Ok(pages
        .merge(rest)
        .layer(middleware::from_fn_with_state(door, draft_number::select_draft))
        .route("/livez", get(health::live))
        .route(
            "/readyz",
            get(health::ready).with_state(Health::new(services.clone(), metrics.tasks().clone())),
        )
        .layer(RequestBodyTimeoutLayer::new(stalled))
        .layer(middleware::from_fn(time_limit::time_limit))
        .layer(csrf)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(outside, around))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, NewId(services))))
}

/// Collects what the pages need of the site folder. Fails if a required file is missing.
fn site(config: &Config, assets: &Assets) -> Result<Site, StartError> {
    let missing = |name: &str| AssetsError::NotNamed {
        manifest: config.site.join("manifest.json"),
        name: name.to_owned(),
    };
    let address = |name: &str| assets.address(name).map(Arc::from).ok_or_else(|| missing(name));
    let languages = config.languages()?;
    let files = |language: &Language| {
        let side = if language.direction() == "rtl" { "-rtl" } else { "" };
        let first = format!("first{side}.css");
        Ok::<_, AssetsError>(LanguageFiles {
            language: *language,
            text: address(&format!("text-{}.json", language.tag()))?,
            portal_text: address(&format!("portal-text-{}.json", language.tag()))?,
            uploads: address(&format!("uploads-{}.js", language.tag()))?,
            main_css: address(&format!("main{side}.css"))?,
            first_css: assets.text(&first).map(Arc::from).ok_or_else(|| missing(&first))?,
        })
    };
    Ok(Site {
        shell: ShellData {
            main_css: address("main.css")?,
            inline_css: None,
            script: address("onrecord.js")?,
            wasm: address("onrecord.wasm")?,
            text: address("text-en.json")?,
            uploads: address("uploads-en.js")?,
            typed: address("typed.js")?,
            portal: address("portal.js")?,
            portal_app: address("onrecord-portal.js")?,
            portal_text: address("portal-text-en.json")?,
            unsent: address("unsent.js")?,
            languages: Arc::clone(languages.offered()),
            favicon: address("favicon.svg")?,
            public_url: config.public_url.as_deref().map(Arc::from),
            logo: assets.address(LOGO).map(Arc::from),
            safety: Safety {
                script: address("exit.js")?,
                exit_url: config.safety.exit_url.as_str().into(),
                left: config.cookies().left,
                shared: false,
                kept_days: config.service.draft_days,
            },
            page_chrome: PageChromeCache::default(),
        },
        files: languages.offered().iter().map(files).collect::<Result<_, _>>()?,
        organisation: config.organisation.clone(),
        request_bytes: config.uploads.request_bytes,
    })
}

/// Builds the layer that refuses cross-site requests, which would carry a person's cookies. A program that is no browser sends neither
/// `Origin` nor `Sec-Fetch-Site`, and passes.
fn csrf_layer(config: &Config) -> Result<CsrfLayer, StartError> {
    let layer = CsrfLayer::new();
    match &config.public_url {
        // Behind a proxy, the `Host` of a request may differ from the public host.
        Some(url) => layer
            .add_trusted_origin(url)
            .map_err(|_| ConfigError::NotAnOrigin(url.clone()).into()),
        None => Ok(layer),
    }
}

/// The response for a request that panicked: only a status, which an outer layer turns into a page.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response<Body> {
    tracing::error!("a request panicked");
    axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Makes request ids, which connect a person's report with a log line.
#[derive(Clone)]
struct NewId(Services);

impl MakeRequestId for NewId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        self.0.request_id().to_string().parse().ok().map(RequestId::new)
    }
}

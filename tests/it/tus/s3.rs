//! An S3 server in this process, with its objects in a folder, and uploads to it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use evidence::FileStore;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use object_store::aws::AmazonS3Builder;
use object_store::{BackoffConfig, RetryConfig};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tower::ServiceExt;

pub const KEY: &str = "portal";
pub const SECRET: &str = "made-up-secret";
pub const BUCKET: &str = "evidence";

/// The S3 server. It ends with its runtime.
pub struct S3 {
    pub endpoint: String,
    pub folder: TempDir,
    /// While set, the server refuses every request.
    pub down: Arc<AtomicBool>,
    /// The lengths in bytes of all parts of multipart uploads, in the order of arrival.
    pub parts: Arc<Mutex<Vec<u64>>>,
}

/// Matches `PUT …?partNumber=1&uploadId=…`.
fn is_part(request: &axum::http::Request<hyper::body::Incoming>) -> bool {
    request.method() == "PUT" && request.uri().query().is_some_and(|query| query.contains("partNumber="))
}

impl S3 {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join(BUCKET)).expect("a bucket");
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).expect("a store"));
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = service.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let down = Arc::new(AtomicBool::new(false));
        let is_down = Arc::clone(&down);
        let parts = Arc::<Mutex<Vec<u64>>>::default();
        let sizes = Arc::clone(&parts);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (service, is_down) = (service.clone(), Arc::clone(&is_down));
                let sizes = Arc::clone(&sizes);
                let answer = tower::service_fn(move |request: axum::http::Request<hyper::body::Incoming>| {
                    let (service, is_down) = (service.clone(), Arc::clone(&is_down));
                    if is_part(&request) {
                        let length = request
                            .headers()
                            .get("content-length")
                            .and_then(|length| length.to_str().ok()?.parse().ok());
                        sizes.lock().expect("whole").push(length.expect("a length"));
                    }
                    async move {
                        if is_down.load(Ordering::SeqCst) {
                            return Err(s3s::HttpError::new("down".into()));
                        }
                        service.oneshot(request).await
                    }
                });
                let service = hyper_util::service::TowerToHyperService::new(answer);
                tokio::spawn(async move {
                    let _ = Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(connection), service)
                        .await;
                });
            }
        });
        Self {
            endpoint,
            folder,
            down,
            parts,
        }
    }

    /// Storage as a server would use it, with fewer retries.
    pub fn files(&self) -> FileStore {
        // The call selects the TLS library for this process.
        let _ = FileStore::at("s3://evidence");
        let store = AmazonS3Builder::new()
            .with_endpoint(&self.endpoint)
            .with_allow_http(true)
            .with_region("us-east-1")
            .with_bucket_name(BUCKET)
            .with_access_key_id(KEY)
            .with_secret_access_key(SECRET)
            .with_retry(RetryConfig {
                backoff: BackoffConfig::default(),
                max_retries: 1,
                retry_timeout: Duration::from_secs(1),
            });
        FileStore::remote(Arc::new(store.build().expect("a store")))
    }

    /// Environment variables with which a separate program uses this storage.
    pub fn environment(&self) -> [(&'static str, &str); 5] {
        [
            ("AWS_ENDPOINT_URL", &self.endpoint),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
        ]
    }

    /// Checks that all parts were equally long, except that the last one may be shorter. Cloudflare R2 accepts no others.
    pub fn expect_equal_parts(&self) {
        let parts = self.parts.lock().expect("whole");
        if let Some((last, others)) = parts.split_last() {
            assert!(
                others.iter().all(|part| part == others.first().expect("one") && part >= last),
                "{parts:?}"
            );
        }
    }

    /// Returns the keys of all objects.
    pub fn stored(&self) -> Vec<String> {
        let bucket = self.folder.path().join(BUCKET);
        let mut found = Vec::new();
        let mut folders = vec![bucket.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.strip_prefix(&bucket).expect("inside").to_string_lossy().into_owned());
                }
            }
        }
        found.sort();
        found
    }
}

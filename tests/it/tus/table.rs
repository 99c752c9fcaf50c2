//! A table of requests and the expected responses.

use onrecord::http::limits::Quotas;
use service::Settings;

use crate::api::caller::{Answer, Api};

/// A letter of 40 bytes, in two halves of 20.
pub const LETTER: &[u8; 40] = b"Dear resident,\nwe will come on Tuesday.\n";

/// One request and its expected response.
#[derive(Clone, Default)]
pub struct RequestCase {
    pub says: &'static str,
    /// The path; empty for the upload's own.
    pub path: &'static str,
    /// Headers besides the token and the version. An empty value removes a default header.
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    pub status: u16,
    /// The end of the problem's type.
    pub problem: &'static str,
    /// Headers the response must have. An empty value is for a header it must not have.
    pub answers: Vec<(&'static str, &'static str)>,
    /// The upload's offset afterwards; `None` when there is no upload.
    pub offset: Option<u64>,
}

/// A portal with small limits, and a draft.
pub struct Scene {
    pub api: Api,
    pub draft: String,
    pub token: String,
}

impl Scene {
    /// A portal that allows files of at most 100 bytes, at most three, and 200 bytes in all.
    pub async fn new() -> Self {
        let mut settings = Settings::default();
        settings.evidence.file_bytes = 100;
        settings.evidence.recording_bytes = 100;
        settings.evidence.files = 3;
        settings.evidence.total_bytes = 200;
        Self::with(settings).await
    }

    pub async fn with(settings: Settings) -> Self {
        let api = Api::with(settings, Quotas::default()).await;
        let (draft, token) = api.draft().await;
        Self { api, draft, token }
    }

    /// Calls with the token and the tus version, unless the headers replace them.
    pub async fn call(&self, line: &str, headers: &[(&str, String)], body: &[u8]) -> Answer {
        let mut all = vec![
            ("authorization", format!("Bearer {}", self.token)),
            ("tus-resumable", "1.0.0".to_owned()),
            ("content-length", body.len().to_string()),
        ];
        all.retain(|(name, _)| !headers.iter().any(|(other, _)| other == name));
        all.extend(headers.iter().filter(|(_, value)| !value.is_empty()).cloned());
        let all: Vec<_> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.api.call(line, &all, body.to_vec()).await
    }

    /// Announces a file of `length` bytes and sends the first of them. Returns its path.
    pub async fn upload(&self, length: usize, first: &[u8]) -> String {
        let headers = [
            ("upload-length", length.to_string()),
            ("content-type", "application/offset+octet-stream".to_owned()),
        ];
        let made = self.call("POST /api/v1/uploads", &headers, first).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.written());
        made.header("location").to_owned()
    }

    pub async fn patch(&self, path: &str, offset: u64, body: &[u8]) -> Answer {
        let headers = [
            ("upload-offset", offset.to_string()),
            ("content-type", "application/offset+octet-stream".to_owned()),
        ];
        self.call(&format!("PATCH {path}"), &headers, body).await
    }

    /// Returns the upload's offset, or `None` when there is no upload.
    pub async fn offset(&self, path: &str) -> Option<u64> {
        let answer = self.call(&format!("HEAD {path}"), &[], b"").await;
        answer
            .status
            .is_success()
            .then(|| answer.header("upload-offset").parse().expect("a number"))
    }
}

/// Makes a line's request and compares the response.
pub async fn check(scene: &Scene, method: &str, upload: &str, line: &RequestCase) -> Answer {
    let path = if line.path.is_empty() { upload } else { line.path };
    let answer = scene.call(&format!("{method} {path}"), &line.headers, &line.body).await;
    let says = line.says;
    assert_eq!(answer.status.as_u16(), line.status, "{says}: {}", answer.written());
    assert_eq!(answer.header("tus-resumable"), "1.0.0", "{says}");
    if !line.problem.is_empty() && method != "HEAD" {
        assert_eq!(answer.json()["type"], format!("/problems/{}", line.problem), "{says}");
    }
    for (name, value) in &line.answers {
        assert_eq!(answer.header(*name), *value, "{says}: {name}");
    }
    answer
}

/// Makes a header for a line.
pub fn header(name: &'static str, value: &str) -> (&'static str, String) {
    (name, value.to_owned())
}

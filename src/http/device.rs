//! The device that a person signs in on.

use axum::http::{HeaderMap, header};

use crate::http::HttpState;
use service::access::sessions::Device;
use service::drafts::resume::ResumingDevice;

/// Systems, as browsers and as people name them. The first match counts: Android says that it is Linux too.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
];

/// Browsers, likewise. Each also says that it is one of those after it.
const BROWSERS: [(&str, &str); 8] = [
    ("SamsungBrowser/", "Samsung Internet"),
    ("OPR/", "Opera"),
    ("Edg", "Edge"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Returns a short name of the device, such as `Chrome, Android`: names that are the same in every language.
///
/// No text from the browser is kept, so none of it is ever shown.
fn name(user_agent: &str) -> Option<String> {
    let of = |list: &[(&str, &'static str)]| list.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    let names: Vec<&str> = of(&BROWSERS).into_iter().chain(of(&SYSTEMS)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

impl HttpState {
    /// Returns a short name of the device that sent these headers, or `None` if the browser did not say.
    pub fn device_name(&self, headers: &HeaderMap) -> Option<String> {
        let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        user_agent.and_then(name)
    }

    /// Describes the device that opens a resume link or code, with the drafts it holds already.
    pub fn opener(&self, headers: &HeaderMap) -> ResumingDevice {
        ResumingDevice {
            device: self.device_name(headers),
            held: self.cookies.draft_tokens(headers),
        }
    }

    /// Describes the device that sent these headers. A shared device is never remembered, even if the person asked for it.
    pub fn device(&self, headers: &HeaderMap, remember: bool) -> Device {
        Device {
            name: self.device_name(headers),
            remember: remember && !self.cookies.is_shared(headers),
            language: Some(self.language(headers)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36",
        Some("Chrome, Android")
    )]
    #[case(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
        Some("Safari, iPhone")
    )]
    #[case(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0",
        Some("Edge, Windows")
    )]
    #[case("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", Some("Firefox, Linux"))]
    #[case("<script>alert(1)</script>", None)]
    #[case("", None)]
    fn a_device_is_named_in_few_words(#[case] user_agent: &str, #[case] expected: Option<&str>) {
        assert_eq!(name(user_agent).as_deref(), expected);
    }
}

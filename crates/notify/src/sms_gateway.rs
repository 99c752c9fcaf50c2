//! Text messages, handed to the organisation's own gateway as a signed HTTP request.
//!
//! The headers are those of Standard Webhooks: `webhook-id` (the same when a message is repeated),
//! `webhook-timestamp` and `webhook-signature`, HMAC-SHA-256 over `id.timestamp.body`.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha2::Sha256;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::mail_transport::DeliveryError;

/// The longest time for the gateway's response.
const ANSWER: Duration = Duration::from_secs(30);

/// The minimum length of the secret, in bytes.
const SECRET_MIN: usize = 24;

/// The organisation's gateway for text messages.
#[derive(Clone)]
pub struct SmsGateway {
    url: String,
    secret: SecretString,
    client: reqwest::Client,
}

impl std::fmt::Debug for SmsGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gateway(..)")
    }
}

#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The message leaves the reason out: it would quote the address, which may contain an API key.
    #[error("not an address such as https://sms.example.org/send")]
    Address,
    #[error("telephone numbers would cross the network unencrypted: use https; http is only for this machine itself")]
    NotEncrypted,
    #[error("the secret for signing requests is missing or has fewer than {SECRET_MIN} characters")]
    Secret,
    #[error("the HTTPS client cannot be created: {0}")]
    Client(#[from] reqwest::Error),
}

/// The body of a request to the gateway.
#[derive(Serialize)]
struct Request<'a> {
    /// The message id, the same when the message is repeated.
    id: Uuid,
    to: &'a str,
    text: &'a str,
    /// Whether the text may be left on an answering machine, if the number turns out not to be a mobile.
    voicemail: bool,
}

impl SmsGateway {
    /// Returns a gateway at `https://`, or at `http://` on this machine only.
    ///
    /// # Errors
    /// - [`GatewayError::Address`] if `url` is no such address.
    /// - [`GatewayError::NotEncrypted`] if numbers would cross a network unencrypted.
    /// - [`GatewayError::Secret`] if the secret is missing or too short.
    /// - [`GatewayError::Client`] if the HTTP client cannot be set up.
    pub fn new(url: &str, secret: Option<&SecretString>) -> Result<Self, GatewayError> {
        let uri: http::Uri = url.parse().map_err(|_| GatewayError::Address)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(GatewayError::Address)?;
        let address = host.trim_matches(['[', ']']).parse();
        let here = host == "localhost" || address.is_ok_and(|a: std::net::IpAddr| a.is_loopback());
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if here => {}
            Some("http") => return Err(GatewayError::NotEncrypted),
            _ => return Err(GatewayError::Address),
        }
        let secret = secret.filter(|secret| secret.expose_secret().len() >= SECRET_MIN);
        // It fails if another part of the process has installed a provider already, which is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            url: url.to_owned(),
            secret: secret.ok_or(GatewayError::Secret)?.clone(),
            // No redirects: nothing has checked the address that a gateway would redirect to.
            client: reqwest::Client::builder()
                .timeout(ANSWER)
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .build()?,
        })
    }

    /// Sends one message to the gateway.
    pub(crate) async fn send(&self, id: Uuid, to: &str, text: &str, voicemail: bool, now: OffsetDateTime) -> Result<(), DeliveryError> {
        let request = Request { id, to, text, voicemail };
        let body = serde_json::to_string(&request).map_err(|_| temporary_failure("unwritten"))?;
        let timestamp = now.unix_timestamp();
        let sent = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .header("webhook-id", id.to_string())
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", self.signature(&format!("{id}.{timestamp}.{body}")))
            .body(body)
            .send();
        match sent.await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(DeliveryError {
                code: format!("sms_{}", answer.status().as_u16()),
                // These concern this number or message. A wrong secret or a busy gateway can be corrected, so
                // delivery is retried.
                is_permanent: matches!(answer.status().as_u16(), 400 | 410 | 422),
            }),
            Err(error) if error.is_timeout() => Err(temporary_failure("timeout")),
            Err(_) => Err(temporary_failure("connection")),
        }
    }

    fn signature(&self, signed: &str) -> String {
        let secret = self.secret.expose_secret();
        let decoded = secret.strip_prefix("whsec_").and_then(|rest| STANDARD.decode(rest).ok());
        let key = decoded.unwrap_or_else(|| secret.as_bytes().to_vec());
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&key).expect("a key of any length is valid");
        mac.update(signed.as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

fn temporary_failure(code: &str) -> DeliveryError {
    DeliveryError {
        code: code.to_owned(),
        is_permanent: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_travels_readable_over_a_network() {
        let secret = SecretString::from("a secret of the organisation");
        for good in [
            "https://sms.example.org/send?key=1",
            "http://127.0.0.1:9/",
            "http://[::1]:9/",
            "http://localhost/",
        ] {
            assert!(SmsGateway::new(good, Some(&secret)).is_ok(), "{good}");
        }
        assert!(matches!(
            SmsGateway::new("http://sms.example.org/", Some(&secret)),
            Err(GatewayError::NotEncrypted)
        ));
        for wrong in ["", "sms.example.org", "smtp://sms.example.org", "https://"] {
            assert!(
                matches!(SmsGateway::new(wrong, Some(&secret)), Err(GatewayError::Address)),
                "{wrong}"
            );
        }
        for wrong in [None, Some(&SecretString::from("short"))] {
            assert!(matches!(
                SmsGateway::new("https://sms.example.org/", wrong),
                Err(GatewayError::Secret)
            ));
        }
    }

    #[test]
    fn signatures_are_those_of_standard_webhooks() {
        // An example from the libraries of the Standard Webhooks specification.
        let secret = SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let gateway = SmsGateway::new("http://localhost/", Some(&secret)).unwrap();
        let signed = r#"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}"#;
        assert_eq!(gateway.signature(signed), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}

//! S3-compatible object stores.

use std::sync::{Arc, Once};
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ObjectStore, RetryConfig};

/// How long a call is retried before it fails.
const PATIENCE: Duration = Duration::from_secs(15);

/// A storage address or environment that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StorageAddressError {
    #[error("{0:?} is not an address such as s3://bucket/prefix")]
    Address(String),
    /// Credentials belong in the environment, where they appear in no process list and no file.
    #[error("the address of the storage must not hold a key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")]
    HoldsAKey,
    #[error("{0}")]
    Settings(#[from] object_store::Error),
}

/// Opens `s3://bucket/prefix` with settings from the environment.
pub(crate) fn open(url: &str) -> Result<Arc<dyn ObjectStore>, StorageAddressError> {
    let (bucket, prefix) = bucket_and_prefix(url)?;
    install_crypto_provider();
    let store = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: 4,
        retry_timeout: PATIENCE,
    });
    let store = store.build()?;
    Ok(if prefix.is_empty() {
        Arc::new(store)
    } else {
        Arc::new(PrefixStore::new(store, Key::from(prefix)))
    })
}

fn bucket_and_prefix(url: &str) -> Result<(&str, &str), StorageAddressError> {
    let wrong = || StorageAddressError::Address(url.to_owned());
    let rest = url.strip_prefix("s3://").ok_or_else(wrong)?;
    if rest.contains('@') {
        return Err(StorageAddressError::HoldsAKey);
    }
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
    if bucket.len() < 3 || !bucket.chars().all(plain) || url.contains(['?', '#']) {
        return Err(wrong());
    }
    Ok((bucket, prefix.trim_matches('/')))
}

/// Installs ring as the crypto provider of rustls, once. Mail and PostgreSQL use the same.
fn install_crypto_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_bucket_and_perhaps_a_prefix() {
        for (url, parts) in [
            ("s3://evidence", ("evidence", "")),
            ("s3://evidence/", ("evidence", "")),
            ("s3://my.evidence-1/portal/files/", ("my.evidence-1", "portal/files")),
        ] {
            assert_eq!(bucket_and_prefix(url).unwrap(), parts);
        }
        for wrong in [
            "",
            "evidence",
            "s3://",
            "s3:///x",
            "s3://ab",
            "s3://Bucket",
            "https://evidence",
            "s3://evidence?region=x",
        ] {
            assert!(matches!(bucket_and_prefix(wrong), Err(StorageAddressError::Address(_))), "{wrong}");
        }
        let secret = bucket_and_prefix("s3://key:secret@evidence").unwrap_err();
        assert!(!secret.to_string().contains("key:secret"), "{secret}");
    }
}

//! The reasons why the server cannot start.

use super::assets::AssetsError;
use super::config::ConfigError;
use super::services::OpenError;

/// A reason why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Assets(#[from] AssetsError),
    #[error(transparent)]
    Services(#[from] OpenError),
    /// The address is in use, or does not belong to this machine.
    #[error("cannot listen on {0}: {1}")]
    Listen(std::net::SocketAddr, std::io::Error),
    #[error("metrics.listen: cannot listen on {0}: {1}")]
    Metrics(std::net::SocketAddr, std::io::Error),
    #[error("mail: {0}")]
    Mail(#[from] notify::MailTransportError),
    #[error("webhook events cannot be delivered: {0}")]
    Webhooks(service::ServiceError),
}

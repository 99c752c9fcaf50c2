//! Warnings about settings with which the server still starts.

use std::path::Path;

use super::{Config, ScannerMode};

impl Config {
    /// Returns warnings about settings that work but are probably not intended. Each begins with the setting, named as in the file.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let mut warn = |wrong: bool, text: String| {
            if wrong {
                warnings.push(text);
            }
        };
        let public = self.is_secure();
        warn(public && self.trusted_proxies.is_empty(), {
            "trusted_proxies: names no proxy, and https needs one in front: all visitors count as one address, also for limits on connections \
             and files"
                .to_owned()
        });
        warn(
            public && self.mail.smtp_url.is_none(),
            "mail.smtp_url: is not set: emails are written to the folder mail of the data folder and are not sent".to_owned(),
        );
        match (self.scanner.mode, &self.scanner.clamd) {
            (ScannerMode::Off, _) => warn(
                public,
                "scanner.mode: is off: files are not checked for viruses and are served unchecked".to_owned(),
            ),
            (ScannerMode::On, None) => warn(
                public,
                "scanner.clamd: is not set: files wait for the virus scan and are not served".to_owned(),
            ),
            (ScannerMode::On, Some(_)) => {}
        }
        warn(
            public && self.organisation.name.is_none(),
            "organisation.name: is not set: pages do not say whose portal this is".to_owned(),
        );
        warn(
            public && self.organisation.phone.is_none() && self.organisation.email.is_none() && self.organisation.post.is_none(),
            "organisation.phone: is not set, and neither are email and post: people who cannot use the portal find no other way to reach the organisation".to_owned(),
        );
        warn(
            public && self.organisation.privacy_url.is_none(),
            "organisation.privacy_url: is not set: the page about privacy says only what this program does".to_owned(),
        );
        warn(
            self.sms.webhook_secret.is_some() && self.sms.webhook_url.is_none(),
            "sms.webhook_secret: is set and sms.webhook_url is not: no text messages are sent".to_owned(),
        );
        let keys = [
            "AWS_ACCESS_KEY_ID",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
        ];
        warn(
            self.storage_url.is_some() && keys.iter().all(|name| std::env::var_os(name).is_none()),
            "storage_url: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: access to the bucket needs a role of the cloud machine"
                .to_owned(),
        );
        warn(
            self.deliveries.hold,
            "deliveries.hold: is true: emails, text messages and events are not sent".to_owned(),
        );
        let open = self.metrics.listen.filter(|address| !address.ip().is_loopback());
        warn(
            open.is_some(),
            "metrics.listen: is not a loopback address: every machine that can connect can read the metrics".to_owned(),
        );
        warnings.extend(open_folder(&self.data));
        warnings
    }
}

/// Returns a warning if other users of this machine can read the data folder.
fn open_folder(path: &Path) -> Option<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
        (mode & 0o077 != 0).then(|| {
            format!(
                "data: other users of this machine can access {0} (mode {mode:o}): run chmod 700 {0}",
                path.display()
            )
        })
    }
    #[cfg(not(unix))]
    None
}

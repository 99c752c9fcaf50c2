use std::path::Path;

use rstest::rstest;
use secrecy::ExposeSecret;

use super::*;

fn with(change: impl FnOnce(&mut Config)) -> Result<(), ConfigError> {
    let mut config = Config::default();
    change(&mut config);
    config.faults().into_iter().next().map_or(Ok(()), Err)
}

fn no_flags() -> std::collections::BTreeMap<&'static str, String> {
    std::collections::BTreeMap::new()
}

#[test]
fn no_file_is_needed() {
    let config = Config::load(None, no_flags()).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert!(!config.is_secure());
}

#[test]
fn a_file_wins_over_defaults_and_a_flag_over_the_file() {
    #[derive(Serialize)]
    struct Flags {
        #[serde(skip_serializing_if = "Option::is_none")]
        listen: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        site: Option<&'static str>,
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("onrecord.toml");
    let file = "listen = '127.0.0.1:1'\nsite = 'a'\ndatabase_url = 'postgres://x:secret@localhost/y'\n[service]\ndraft_days = 9\n[log]\nformat = 'json'\n";
    std::fs::write(&path, file).unwrap();
    let flags = Flags {
        listen: Some("127.0.0.1:2"),
        site: None,
    };
    let config = Config::load(Some(&path), flags).unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.site, Path::new("a"));
    assert_eq!(
        (config.service.draft_days, config.service.receipt_hours),
        (9, Settings::default().receipt_hours)
    );
    assert!(config.database_url.as_ref().unwrap().expose_secret().contains("secret"));
    assert!(!format!("{config:?}").contains("secret@"));
}

#[test]
fn a_misspelt_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("onrecord.toml");
    std::fs::write(&path, "[service]\ndraft_dayz = 7\n").unwrap();
    let error = Config::load(Some(&path), no_flags()).unwrap_err().to_string();
    assert!(error.contains("draft_dayz"), "{error}");
    let missing = Config::load(Some(Path::new("/nowhere.toml")), no_flags()).unwrap_err();
    assert!(matches!(&missing.0[..], [ConfigError::NoFile(_)]));
}

#[rstest]
#[case("https://complaints.example.org", true)]
#[case("http://127.0.0.1:9000", true)]
#[case("http://[::1]:9000", true)]
#[case("http://localhost", true)]
#[case("http://complaints.example.org", false)]
#[case("http://localhost.example.org", false)]
#[case("https://complaints.example.org/", false)]
#[case("complaints.example.org", false)]
#[case("ftp://complaints.example.org", false)]
#[case("https://", false)]
fn the_public_address_is_checked(#[case] url: &str, #[case] good: bool) {
    assert_eq!(with(|c| c.public_url = Some(url.into())).is_ok(), good);
}

#[rstest]
#[case("https://www.example.org/weather?in=town", true)]
#[case("http://127.0.0.1:9000/", true)]
#[case("http://www.example.org/", false)]
#[case("javascript:alert(1)", false)]
#[case("/weather", false)]
#[case("www.example.org", false)]
#[case("", false)]
fn the_way_out_is_checked(#[case] url: &str, #[case] good: bool) {
    assert_eq!(with(|c| c.safety.exit_url = url.into()).is_ok(), good);
}

#[test]
fn what_cannot_work_is_refused() {
    assert!(matches!(
        with(|c| c.listen = "0.0.0.0:80".parse().unwrap()),
        Err(ConfigError::NoPublicUrl(_))
    ));
    assert!(matches!(
        with(|c| c.trusted_proxies = vec!["proxy".into()]),
        Err(ConfigError::Proxies(_))
    ));
    assert!(matches!(with(|c| c.languages.clear()), Err(ConfigError::NoLanguage)));
    assert!(matches!(
        with(|c| c.languages.push("tlh".into())),
        Err(ConfigError::NoSuchLanguage(_))
    ));
}

#[test]
fn pseudo_languages_are_refused_in_a_release_build() {
    for tag in ["en-XA", "ar-XB"] {
        assert_eq!(with(|c| c.languages.push(tag.into())).is_ok(), cfg!(debug_assertions), "{tag}");
        // The example is part of the release binary, in which no pseudo-language may occur.
        assert!(!EXAMPLE.contains(tag), "{tag}");
    }
}

#[test]
fn a_mail_server_needs_a_sender_and_encryption() {
    let mail = |smtp: &str, from: Option<&str>| {
        with(|config| {
            config.mail.smtp_url = Some(smtp.to_owned().into());
            config.mail.from = from.map(ToOwned::to_owned);
        })
    };
    let good = "smtps://portal:secret@mail.example.org";
    assert!(mail(good, Some("post@example.org")).is_ok());
    assert!(matches!(mail(good, None), Err(ConfigError::NoSender)));
    assert!(matches!(mail(good, Some("post")), Err(ConfigError::Sender(_))));
    let open = mail("smtp://portal:secret@mail.example.org", Some("post@example.org")).unwrap_err();
    assert!(
        matches!(open, ConfigError::Smtp(_)) && !open.to_string().contains("secret"),
        "{open}"
    );
}

#[test]
fn a_scanner_is_named_or_switched_off_or_missing() {
    let scanner = |clamd: Option<&str>, mode| {
        let mut config = Config::default();
        config.scanner.clamd = clamd.map(ToOwned::to_owned);
        config.scanner.mode = mode;
        config.scanner()
    };
    let socket = Some("unix:///run/clamav/clamd.ctl");
    assert!(
        matches!(scanner(None, ScannerMode::On), Ok(FileScanner::NotConfigured)),
        "without a scanner, no file is served by default"
    );
    assert!(matches!(scanner(None, ScannerMode::Off), Ok(FileScanner::Off)));
    assert!(matches!(scanner(socket, ScannerMode::On), Ok(FileScanner::Clamd { .. })));
    assert!(matches!(scanner(socket, ScannerMode::Off), Err(ConfigError::ScannerNamedAndOff)));
    assert!(matches!(
        scanner(Some("127.0.0.1:3310"), ScannerMode::On),
        Err(ConfigError::Clamd(_))
    ));
}

#[test]
fn room_that_holds_no_file_is_refused() {
    for change in [
        (|c| c.service.space.unsent_bytes = 1) as fn(&mut Config),
        |c| c.service.space.unsent_bytes_per_address = 1,
        |c| c.service.space.unsent_bytes_per_network = 1,
    ] {
        assert!(matches!(with(change), Err(ConfigError::LessThanAFile(..))));
    }
}

#[rstest]
#[case("service.draft_days", 1, 3660)]
#[case("service.expiry_warning_days", 0, 3660)]
#[case("service.return_link_days", 1, 366)]
#[case("service.return_code_hours", 1, 8784)]
#[case("service.consent_days", 1, 366)]
#[case("service.receipt_hours", 1, 8784)]
#[case("service.session_minutes", 1, 10_080)]
#[case("service.remember_days", 1, 366)]
#[case("service.notice_gap_minutes", 0, 10_080)]
#[case("service.contact_within_working_days", 0, 366)]
#[case("service.next_word_working_days.received", 0, 366)]
#[case("service.withdrawal_days", 0, 366)]
#[case("service.review_days", 0, 366)]
#[case("service.case_years", 0, 100)]
#[case("service.equality_smallest_total", 0, 1000)]
#[case("service.upload_hours", 1, 8784)]
#[case("service.evidence.file_bytes", 1, MOST_BYTES)]
#[case("service.evidence.recording_bytes", 1, MOST_BYTES)]
#[case("service.evidence.files", 1, 100_000)]
#[case("service.evidence.total_bytes", 1, MOST_BYTES)]
#[case("service.space.reserve_bytes", 1, MOST_BYTES)]
#[case("service.space.unsent_bytes", 1, MOST_BYTES)]
#[case("service.space.unsent_bytes_per_address", 1, MOST_BYTES)]
#[case("service.space.unsent_bytes_per_network", 1, MOST_BYTES)]
#[case("uploads.request_bytes", 1, MOST_BYTES)]
#[case("uploads.stalled_seconds", 1, 86_400)]
#[case("uploads.at_once", 1, 1_000_000)]
#[case("uploads.at_once_per_address", 1, 1_000_000)]
#[case("pages.at_once", 1, 10_000)]
#[case("pages.waiting", 0, 1_000_000)]
#[case("connections.most", 1, 1_000_000)]
#[case("connections.per_address", 1, 1_000_000)]
#[case("connections.idle_seconds", 1, 86_400)]
#[case("connections.proxy_idle_seconds", 1, 86_400)]
#[case("connections.news", 1, 1_000_000)]
#[case("scanner.connect_seconds", 1, 86_400)]
#[case("scanner.scan_seconds", 1, 86_400)]
#[case("scanner.retry_first_seconds", 1, 86_400)]
#[case("scanner.retry_longest_seconds", 1, 86_400)]
fn each_number_has_a_range(#[case] setting: &str, #[case] least: u64, #[case] most: u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("onrecord.toml");
    let is_refused = |value: u64| {
        std::fs::write(&path, format!("{setting} = {value}")).unwrap();
        let faults = Config::read(Some(&path), no_flags()).1;
        let mut lines = faults.iter().map(ToString::to_string);
        // Other settings may not fit to a number that is in its own range.
        lines.any(|line| line.starts_with(setting) && line.contains("must be at") && !line.contains('('))
    };
    assert!(!is_refused(least) && !is_refused(most), "{setting}");
    assert!(is_refused(most + 1), "{setting}");
    assert_eq!(least > 0, is_refused(0), "{setting}");
}

#[test]
fn a_proxy_that_is_not_named_is_warned_of() {
    let mut config = Config {
        public_url: Some("https://complaints.example.org".into()),
        ..Config::default()
    };
    let warned = |config: &Config, setting: &str| config.warnings().iter().any(|line| line.starts_with(setting));
    for setting in [
        "trusted_proxies:",
        "mail.smtp_url:",
        "scanner.clamd:",
        "organisation.name:",
        "organisation.phone:",
        "organisation.privacy_url:",
    ] {
        assert!(warned(&config, setting), "{setting}");
    }
    config.trusted_proxies.push("127.0.0.1".into());
    config.mail.smtp_url = Some("smtps://mail.example.org".to_owned().into());
    config.scanner.clamd = Some("tcp://127.0.0.1:3310".into());
    config.organisation.name = Some("Example Homes".into());
    config.organisation.phone = Some("01632 960 100".into());
    config.organisation.privacy_url = Some("https://www.example.org/privacy".into());
    assert!(config.warnings().is_empty(), "{:?}", config.warnings());
    config.deliveries.hold = true;
    config.metrics.listen = Some("0.0.0.0:9464".parse().unwrap());
    assert!(warned(&config, "deliveries.hold:") && warned(&config, "metrics.listen:"));
    assert!(Config::default().warnings().is_empty(), "the default configuration has no warnings");
}

/// A faulty file, and the line printed for the fault.
#[rstest]
#[case("listen = 'localhost:8080'", "listen: must be an address such as 127.0.0.1:8080")]
#[case("listen = 8080", "listen: must be a text in quotes, and is a number")]
#[case(
    "database_url = 'mysql://onrecord:hunter2@db.example.org/onrecord'",
    "database_url: not the address of a PostgreSQL database, such as postgres://db.example.org/onrecord"
)]
#[case(
    "database_url = 'postgres://onrecord:hunter2@db.example.org:port/onrecord'",
    "database_url: not the address of a PostgreSQL database, such as postgres://db.example.org/onrecord"
)]
#[case("database_url = ['hunter2']", "database_url: must be a text in quotes, and is a list")]
#[case("mail = 'smtps://onrecord:hunter2@mail.example.org'", "mail: must be a section, and is a text")]
#[case(
    "storage_url = 'https://bucket'",
    "storage_url: \"https://bucket\" is not an address such as s3://bucket/prefix"
)]
#[case(
    "storage_url = 's3://AKIA:hunter2@bucket'",
    "storage_url: the address of the storage must not hold a key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)]
#[case("[service]\ndraft_days = 4000000000", "service.draft_days must be at most 3660")]
#[case(
    "[service]\ndraft_days = 4294967296",
    "service.draft_days: must be a whole number from 0 to 4294967295, and is a number"
)]
#[case(
    "[service]\ndraft_days = -1",
    "service.draft_days: must be a whole number from 0 to 4294967295, and is a number below zero"
)]
#[case(
    "[service]\ndraft_days = '28'",
    "service.draft_days: must be a whole number from 0 to 4294967295, and is a text"
)]
#[case(
    "[service]\ndraft_days = 28.5",
    "service.draft_days: must be a whole number from 0 to 4294967295, and is a number with a fraction"
)]
#[case(
    "[service]\ndraft_dayz = 28",
    "service.draft_dayz: there is no such setting; did you mean draft_days?"
)]
#[case("[serivce]\ndraft_days = 28", "serivce: there is no such setting; did you mean service?")]
#[case("draft_days = 28", "draft_days: there is no such setting")]
#[case(
    "[service]\nexpiry_warning_days = 28",
    "service.expiry_warning_days must be less than service.draft_days (28): people would be warned from the first day on"
)]
#[case(
    "[service]\nnext_word_working_days = { received = 4000 }",
    "service.next_word_working_days.received must be at most 366"
)]
#[case(
    "[service]\nbank_holidays_file = '/nowhere.json'",
    "service.bank_holidays_file: /nowhere.json: No such file or directory (os error 2)"
)]
#[case(
    "[service]\nlandlords_file = '/nowhere.csv'",
    "service.landlords_file: /nowhere.csv: No such file or directory (os error 2)"
)]
#[case(
    "[service.contact_hours]\nmorning = '9-12'",
    "service.contact_hours.morning: \"9-12\" is not a part of a day such as 09:00-12:00"
)]
#[case("[service.evidence]\nfile_bytes = 0", "service.evidence.file_bytes must be at least 1")]
#[case("[service.evidence]\nrecording_bytes = 0", "service.evidence.recording_bytes must be at least 1")]
#[case("[service.evidence]\nfiles = 0", "service.evidence.files must be at least 1")]
#[case(
    "[service.evidence]\ntotal_bytes = 1000",
    "service.evidence.total_bytes must be at least the limit of the largest file (200000000 bytes)"
)]
#[case(
    "[uploads]\nrequest_bytes = 1000",
    "uploads.request_bytes must be at least the limit of the largest file (200000000 bytes)"
)]
#[case("[uploads]\nat_once = 0", "uploads.at_once: must be at least 1")]
#[case("[limits]\nsign_in = { burst = 0, per_minute = 1 }", "limits.sign_in.burst: must be at least 1")]
#[case("[limits.sign_in]\nper_hour = 5", "limits.sign_in.per_hour: there is no such setting")]
#[case("[connections]\nidle_seconds = 1000000", "connections.idle_seconds must be at most 86400")]
#[case(
    "trusted_proxies = ['0.0.0.0/0']",
    "trusted_proxies: 0.0.0.0/0 is so wide that headers of other clients would be trusted; name the proxy's own address or network"
)]
#[case(
    "trusted_proxies = ['::/0']",
    "trusted_proxies: ::/0 is so wide that headers of other clients would be trusted; name the proxy's own address or network"
)]
#[case(
    "trusted_proxies = '127.0.0.1'",
    "trusted_proxies: must be a list in square brackets, and is a text"
)]
#[case(
    "trusted_proxies = ['proxy.example.org']",
    "trusted_proxies: \"proxy.example.org\" is not an address or a network such as 10.0.0.0/8"
)]
#[case(
    "[organisation]\nemail = 'help at example.org'",
    "organisation.email: \"help at example.org\" is not an email address"
)]
#[case("[organisation]\nemail = 'help@'", "organisation.email: \"help@\" is not an email address")]
#[case(
    "[organisation]\nprivacy_url = 'http://www.example.org/privacy'",
    "organisation.privacy_url: \"http://www.example.org/privacy\" is not an address such as https://www.example.org/page"
)]
#[case(
    "[organisation]\nname = ' '",
    "organisation.name: \" \" is empty: set a value, or leave the setting out"
)]
#[case(
    "public_url = 'https://complaints.example.org/portal'",
    "public_url: \"https://complaints.example.org/portal\" is not an address such as https://complaints.example.org"
)]
#[case(
    "listen = '0.0.0.0:8080'",
    "public_url: required, since the portal listens on 0.0.0.0:8080 and not only on this machine"
)]
#[case("languages = ['en', 'en']", "languages: \"en\" is named twice")]
#[case("[scanner]\nmode = 'yes'", "scanner.mode: must be one of on, off")]
#[case(
    "[scanner]\nclamd = '/run/clamd.ctl'",
    "scanner.clamd: \"/run/clamd.ctl\" is not an address such as tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl"
)]
#[case(
    "[scanner]\nretry_first_seconds = 1000",
    "scanner.retry_first_seconds must be at most scanner.retry_longest_seconds (900)"
)]
#[case("[mail]\nsmtp_url = 'smtps://mail.example.org'", "mail.from: required with mail.smtp_url")]
#[case(
    "[mail]\nfrom = 'post@example.org'\nsmtp_url = 'smtp://onrecord:hunter2@mail.example.org'",
    "mail.smtp_url: passwords and links would cross the network unencrypted: use smtps://, or add ?tls=required"
)]
#[case("[mail]\nehlo_name = 'not a host'", "mail.ehlo_name: \"not a host\" is not the name of a host")]
#[case(
    "[sms]\nwebhook_url = 'https://sms.example.org/?key=hunter2'",
    "sms.webhook_secret: the secret for signing requests is missing or has fewer than 24 characters"
)]
#[case(
    "[sms]\nwebhook_url = 'ftp://sms.example.org/?key=hunter2'\nwebhook_secret = 'aaaaaaaaaaaaaaaaaaaaaaaa'",
    "sms.webhook_url: not an address such as https://sms.example.org/send"
)]
#[case(
    "[metrics]\nlisten = '127.0.0.1:8080'",
    "metrics.listen: 127.0.0.1:8080 is the address of the portal itself; use another port"
)]
#[case("[log]\nformat = 'xml'", "log.format: must be one of text, json")]
#[case(
    "[log]\nlevel = 'onrecord=loud'",
    "log.level: \"onrecord=loud\" is no level such as \"info\" and no filter such as \"info,onrecord::server=debug\""
)]
fn each_mistake_is_one_line_that_begins_with_the_setting(#[case] file: &str, #[case] line: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("onrecord.toml");
    std::fs::write(&path, file).unwrap();
    let lines: Vec<String> = Config::read(Some(&path), no_flags()).1.iter().map(ToString::to_string).collect();
    assert_eq!(lines, [line]);
    assert!(!format!("{:?}", Config::load(Some(&path), no_flags()).unwrap_err().to_string()).contains("hunter2"));
}

#[test]
fn all_mistakes_are_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("onrecord.toml");
    let file = "listen = 8080\nlanguagez = []\n[service]\ndraft_days = 'many'\ncase_years = 1000\n[log]\nlevel = 7\nformat = 'xml'\n";
    std::fs::write(&path, file).unwrap();
    let (config, faults) = Config::read(Some(&path), no_flags());
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for setting in [
        "listen:",
        "languagez:",
        "service.draft_days:",
        "service.case_years",
        "log.level:",
        "log.format:",
    ] {
        assert_eq!(
            lines.iter().filter(|line| line.starts_with(setting)).count(),
            1,
            "{setting} in {lines:?}"
        );
    }
    assert_eq!(lines.len(), 6, "{lines:?}");
    assert_eq!(config.service.draft_days, 28, "a setting with a fault has its default");
}

#[test]
fn faults_are_in_the_order_of_the_example() {
    let mut config = Config::default();
    config.log.level = "onrecord=loud".into();
    config.metrics.listen = Some(config.listen);
    config.safety.exit_url = "weather".into();
    config.uploads.request_bytes = 1;
    config.service.space.unsent_bytes = 1;
    config.service.case_years = 1000;
    config.service.draft_days = 0;
    config.organisation.hours = Some(" ".into());
    config.organisation.name = Some(String::new());
    config.languages.clear();
    let settings: Vec<String> = config.faults().iter().map(|fault| fault.setting().join(".")).collect();
    assert_eq!(
        settings,
        [
            "languages",
            "organisation.name",
            "organisation.hours",
            "service.draft_days",
            "service.case_years",
            "service.space.unsent_bytes",
            "uploads.request_bytes",
            "safety.exit_url",
            "metrics.listen",
            "log.level",
        ]
    );
}

#[test]
fn a_line_that_is_no_toml_is_named_and_not_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("onrecord.toml");
    std::fs::write(
        &path,
        "[mail]\nfrom = 'post@example.org'\nsmtp_url = 'smtps://onrecord:hunter2@mail.example.org\n",
    )
    .unwrap();
    let said = Config::load(Some(&path), no_flags()).unwrap_err().to_string();
    assert!(said.contains("line 3 is not TOML") && !said.contains("hunter2"), "{said}");
}

#[rstest]
#[case(
    "postgres://onrecord:hunter2@db.example.org/onrecord",
    "postgres://onrecord:***@db.example.org/onrecord"
)]
#[case(
    "no supporting driver for 'mysql://a:hunter2@h/d'.",
    "no supporting driver for 'mysql://a:***@h/d'."
)]
#[case("smtps://a:hun@ter2@h and s3://key:hunter2@b/c", "smtps://a:***@h and s3://key:***@b/c")]
#[case(
    "postgres://h/d?user=a&password=hunter2&sslmode=require",
    "postgres://h/d?user=a&password=***&sslmode=require"
)]
#[case("https://sms.example.org/send?api_key=hunter2", "https://sms.example.org/send?api_key=***")]
#[case("postgres://hunter2@h/d", "postgres://***:***@h/d")]
#[case("https://example.org/a@b", "https://***:***@b")]
#[case("nothing secret: 12:30", "nothing secret: 12:30")]
fn passwords_in_addresses_are_covered(#[case] said: &str, #[case] shown: &str) {
    assert_eq!(without_password(said), shown);
}

#[rstest]
#[case(None, None, None)]
#[case(Some("https://complaints.example.org"), None, Some("complaints.example.org"))]
#[case(Some("https://complaints.example.org:8443"), None, Some("complaints.example.org"))]
#[case(Some("https://192.0.2.1"), None, None)]
#[case(Some("https://[2001:db8::1]"), None, None)]
#[case(Some("http://localhost:8080"), None, None)]
#[case(Some("https://complaints.example.org"), Some("mail.example.org"), Some("mail.example.org"))]
fn mail_servers_are_greeted_by_the_public_name(#[case] url: Option<&str>, #[case] set: Option<&str>, #[case] name: Option<&str>) {
    let mut config = Config {
        public_url: url.map(ToOwned::to_owned),
        ..Config::default()
    };
    config.mail.ehlo_name = set.map(ToOwned::to_owned);
    assert_eq!(config.ehlo_name().as_deref(), name);
}

use super::*;
use rstest::rstest;
use secrecy::ExposeSecret;

fn with(change: impl FnOnce(&mut Config)) -> Result<(), ConfigError> {
    let mut config = Config::default();
    change(&mut config);
    config.check()
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
fn the_example_says_the_defaults() {
    let example = example();
    let read: Config = Figment::from(Toml::string(&example)).extract().unwrap();
    let json = |config: &Config| serde_json::to_value(config).unwrap();
    assert_eq!(json(&read), json(&Config::default()), "{example}");
    // Every line that sets something, even one commented out, is explained by a comment just above.
    let lines: Vec<&str> = example.lines().collect();
    for pair in lines.windows(2) {
        let sets = |line: &str| {
            line.trim_start_matches("# ")
                .split_once(" = ")
                .is_some_and(|(name, _)| !name.contains(' '))
        };
        if sets(pair[1]) {
            assert!(pair[0].starts_with("# ") && !sets(pair[0]), "nothing explains {:?}", pair[1]);
        }
    }
}

#[test]
fn everything_commented_out_in_the_example_is_real() {
    let all: String = example()
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.split_once(" = ").is_some_and(|(name, _)| !name.contains(' ')) => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let read: Config = Figment::from(Toml::string(&all)).extract().unwrap();
    assert!(read.database_url.is_some() && read.public_url.is_some() && read.organisation.phone.is_some());
    read.check().unwrap();
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
    let file = "listen = '127.0.0.1:1'\nsite = 'a'\ndatabase_url = 'postgres://x:secret@localhost/y'\n[service]\ndraft_days = 7\n[log]\nformat = 'json'\n";
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
        (7, Settings::default().receipt_hours)
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
    assert!(matches!(
        Config::load(Some(Path::new("/nowhere.toml")), no_flags()),
        Err(ConfigError::NoFile(_))
    ));
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
    assert!(matches!(with(|c| c.service.draft_days = 0), Err(ConfigError::Zero(_))));
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
    assert!(matches!(with(|c| c.service.return_code_hours = 0), Err(ConfigError::Zero(_))));
}

#[test]
fn a_scanner_is_named_or_switched_off_or_missing() {
    let scanner = |clamd: Option<&str>, mode| {
        let mut config = Config::default();
        config.scanner.clamd = clamd.map(ToOwned::to_owned);
        config.scanner.mode = mode;
        config.check().and_then(|()| config.scanner())
    };
    let socket = Some("unix:///run/clamav/clamd.ctl");
    assert!(
        matches!(scanner(None, ScannerMode::On), Ok(FileScanner::Missing)),
        "nothing is served by default"
    );
    assert!(matches!(scanner(None, ScannerMode::Off), Ok(FileScanner::Off)));
    assert!(matches!(scanner(socket, ScannerMode::On), Ok(FileScanner::Clamd { .. })));
    assert!(matches!(scanner(socket, ScannerMode::Off), Err(ConfigError::ScannerNamedAndOff)));
    assert!(matches!(
        scanner(Some("127.0.0.1:3310"), ScannerMode::On),
        Err(ConfigError::Clamd(_))
    ));
    assert!(matches!(with(|c| c.scanner.scan_seconds = 0), Err(ConfigError::Zero(_))));
}

#[test]
fn room_that_holds_no_file_is_refused() {
    assert!(matches!(with(|c| c.service.space.reserve_bytes = 0), Err(ConfigError::Zero(_))));
    for change in [
        (|c| c.service.space.unsent_bytes = 1) as fn(&mut Config),
        |c| c.service.space.unsent_bytes_per_address = 1,
        |c| c.service.space.unsent_bytes_per_network = 1,
    ] {
        assert!(matches!(with(change), Err(ConfigError::LessThanAFile(_))));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("onrecord.toml");
    for nothing in [
        "[connections]\nmost = 0\n",
        "[connections]\nidle_seconds = 0\n",
        "[uploads]\nat_once = 0\n",
    ] {
        std::fs::write(&path, nothing).unwrap();
        assert!(Config::load(Some(&path), no_flags()).is_err(), "{nothing}");
    }
}

#[test]
fn a_proxy_that_is_not_named_is_warned_of() {
    let mut config = Config {
        public_url: Some("https://complaints.example.org".into()),
        ..Config::default()
    };
    assert!(config.proxy_warning().is_some());
    config.trusted_proxies.push("127.0.0.1".into());
    assert!(config.proxy_warning().is_none());
}

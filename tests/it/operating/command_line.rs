//! The command line on folders and databases that do not exist, belong to another program, or are in use.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use rstest::rstest;

use crate::pages::phone::site;
use crate::pages::program::{Program, command, run_successfully};

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

const COMMANDS: [&[&str]; 12] = [
    &["record", "verify"],
    &["record", "verify", "RC-7K3M-92QF"],
    &["case", "list"],
    &["case", "show", "RC-7K3M-92QF"],
    &["keys", "list"],
    &["keys", "add", "--name", "casework", "--scope", "desk"],
    &["outbox", "list"],
    &["outbox", "hold"],
    &["webhooks", "list"],
    &["evidence", "check"],
    &["evidence", "list", "--waiting"],
    &["equality", "totals", "2026-10"],
];

#[test]
fn no_command_but_serve_and_migrate_makes_anything() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in COMMANDS {
        let output = command(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        assert!(said(&output).contains("there is no database"), "{arguments:?}: {output:?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no file was created");
    // An empty file, a file that is no database, and the database of another program.
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("onrecord.db"), "").unwrap();
    let output = command(folder.path(), &["record", "verify"]);
    assert!(
        output.status.code() == Some(1) && said(&output).contains("has no tables of On Record"),
        "{output:?}"
    );
    std::fs::write(data.join("onrecord.db"), "This is a letter, and no database at all.".repeat(100)).unwrap();
    let output = command(folder.path(), &["record", "verify"]);
    assert!(
        output.status.code() == Some(1) && said(&output).contains("not a database"),
        "{output:?}"
    );
    assert!(!data.join("secret.key").exists() && !data.join("files").exists());
}

#[test]
fn a_command_that_cannot_be_understood_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(command(folder.path(), &["record", "verfy"]).status.code(), Some(2));
    assert!(said(&command(folder.path(), &["--help"])).contains("Exit codes"));
}

#[test]
fn a_database_from_before_or_after_this_program_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    run_successfully(folder.path(), &["migrate"]);
    let path = folder.path().join("data/onrecord.db");
    let change = |sql: &'static str| {
        let url = format!("sqlite:{}", path.display());
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            use sea_orm::ConnectionTrait;
            let db = sea_orm::Database::connect(&url).await.unwrap();
            db.execute_unprepared(sql).await.unwrap();
            db.close().await.unwrap();
        });
    };
    change("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)");
    for arguments in [&["record", "verify"][..], &["migrate"]] {
        let output = command(folder.path(), arguments);
        assert!(
            output.status.code() == Some(1) && said(&output).contains("newer version"),
            "{output:?}"
        );
    }
    change("DELETE FROM seaql_migrations WHERE version IN ('m9999_later', 'm0020_unsent_space')");
    let output = command(folder.path(), &["record", "verify"]);
    assert!(
        output.status.code() == Some(1) && said(&output).contains("onrecord migrate"),
        "{output:?}"
    );
}

#[rstest]
#[case("mysql://onrecord:hunter2@127.0.0.1/onrecord")]
#[case("postgres://onrecord:hunter2@127.0.0.1:1/onrecord")]
#[case("postgres://onrecord:hunter2@127.0.0.1:notaport/onrecord")]
#[case("postgres://onrecord:hun%ter2@[::1/onrecord")]
#[case("postgres:onrecord:hunter2")]
fn a_password_in_an_address_is_never_printed(#[case] url: &str) {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["record", "verify"][..],
        &["migrate"],
        &["config", "check"],
        &["config", "clock-rules"],
        &["serve", "--site", "nowhere"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_onrecord"))
            .args(arguments)
            .args(["--database-url", url, "--data"])
            .arg(folder.path().join("data"))
            .output()
            .unwrap();
        let said = said(&output);
        assert!(!said.contains("hunter2") && !said.contains("hun%ter2"), "{arguments:?}: {said}");
        assert!(
            !output.status.success() || arguments == ["config", "clock-rules"],
            "{arguments:?}: {said}"
        );
    }
}

#[test]
fn a_second_server_on_an_embedded_database_refuses_and_commands_go_on() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let first = Program::start(folder.path());
    let second = || {
        Command::new(env!("CARGO_BIN_EXE_onrecord"))
            .args(["serve", "--listen", "127.0.0.1:0", "--site"])
            .arg(folder.path().join("site"))
            .arg("--data")
            .arg(folder.path().join("data"))
            .output()
            .unwrap()
    };
    let output = second();
    let said = said(&output);
    assert!(
        output.status.code() == Some(1)
            && said.contains("another server uses the database")
            && said.contains(&first.child.id().to_string()),
        "{said}"
    );
    assert!(run_successfully(folder.path(), &["record", "verify"]).contains("0 cases checked"));
    run_successfully(folder.path(), &["keys", "add", "--name", "casework", "--scope", "desk"]);
    // However the server ends, its lock on the folder is released.
    first.kill();
    let third = Program::start(folder.path());
    drop(third);
}

#[test]
fn what_is_made_is_for_its_owner_alone_and_an_open_folder_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).unwrap();
    run_successfully(folder.path(), &["migrate"]);
    for entry in std::fs::read_dir(&data).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o077;
        assert_eq!(mode, 0, "{:?}", entry.file_name());
    }
    let checked = run_successfully(folder.path(), &["config", "check", "--offline"]);
    assert!(
        checked.contains("warning: data: other users") && checked.contains("chmod 700"),
        "{checked}"
    );
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).unwrap();
    assert!(!run_successfully(folder.path(), &["config", "check", "--offline"]).contains("other users"));
}

/// Runs `config check` with this configuration file. Returns the exit code and the output.
fn check(folder: &Path, file: &str, environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let path = folder.join("onrecord.toml");
    std::fs::write(&path, file).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_onrecord"))
        .args(["config", "check", "--config"])
        .arg(&path)
        .arg("--data")
        .arg(folder.join("data"))
        .envs(environment.iter().copied())
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .output()
        .unwrap();
    (output.status.code(), said(&output))
}

#[test]
fn the_check_tries_what_the_configuration_names() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    site(&folder.join("site"));
    let site = format!("site = '{}'\n", folder.join("site").display());
    let (code, said) = check(folder, &site, &[]);
    assert!(code == Some(0) && said.contains("the configuration is good"), "{said}");
    assert!(!folder.join("data").exists(), "`config check` creates nothing");
    for (file, line) in [
        ("site = '/nowhere'\n", "error: site: "),
        (
            "database_url = 'postgres://onrecord:hunter2@127.0.0.1:1/onrecord'\n",
            "error: database_url: ",
        ),
        (
            "[scanner]\nclamd = 'unix:///nowhere/clamd.ctl'\n",
            "error: scanner.clamd: clamd cannot be reached",
        ),
        (
            "[mail]\nfrom = 'post@example.org'\nsmtp_url = 'smtp://127.0.0.1:1'\n",
            "error: mail.smtp_url: the mail server does not accept a connection",
        ),
    ] {
        let file = if file.starts_with("site") {
            file.to_owned()
        } else {
            format!("{site}{file}")
        };
        let (code, said) = check(folder, &file, &[]);
        assert!(
            code == Some(1) && said.lines().filter(|told| told.starts_with(line)).count() == 1,
            "{line} in {said}"
        );
        assert!(!said.contains("hunter2"));
    }
    // All errors are reported at once, each once. With `--offline` nothing is tried.
    let all = "site = '/nowhere'\nlanguages = []\n[scanner]\nclamd = 'unix:///nowhere/clamd.ctl'\n[log]\nformat = 'xml'\n";
    let (_, said) = check(folder, all, &[]);
    for line in [
        "error: site: ",
        "error: languages: ",
        "error: scanner.clamd: ",
        "error: log.format: ",
    ] {
        assert_eq!(said.lines().filter(|told| told.starts_with(line)).count(), 1, "{line} in {said}");
    }
    std::fs::write(folder.join("onrecord.toml"), "[scanner]\nclamd = 'unix:///nowhere/clamd.ctl'\n").unwrap();
    let file = folder.join("onrecord.toml");
    assert!(run_successfully(folder, &["config", "check", "--offline", "--config", file.to_str().unwrap()]).contains("good"));
    // The key of another installation.
    run_successfully(folder, &["migrate"]);
    let (code, said) = check(folder, &site, &[]);
    assert!(
        code == Some(0) && said.contains("ok: data: the key belongs to the database"),
        "{said}"
    );
    std::fs::write(folder.join("data/secret.key"), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
    let (code, said) = check(folder, &site, &[]);
    assert!(code == Some(1) && said.contains("error: data: the key at "), "{said}");
}

#[rstest]
#[case(
    "ONRECORD_DATABSE_URL",
    "postgres://a:hunter2@h/d",
    "error: ONRECORD_DATABSE_URL: there is no such setting for an environment variable; did you mean ONRECORD_DATABASE_URL?"
)]
#[case(
    "ONRECORD_LISTN",
    "127.0.0.1:1",
    "error: ONRECORD_LISTN: there is no such setting for an environment variable; did you mean ONRECORD_LISTEN?"
)]
#[case(
    "ONRECORD_MIAL__FROM",
    "post@example.org",
    "error: ONRECORD_MIAL__FROM: there is no such setting for an environment variable; did you mean ONRECORD_MAIL?"
)]
#[case(
    "ONRECORD_LOG__FORMAAT",
    "json",
    "error: log.formaat: there is no such setting; did you mean format? (environment variable ONRECORD_LOG__FORMAAT)"
)]
#[case(
    "ONRECORD_SERVICE__DRAFT_DAYS",
    "many",
    "error: service.draft_days: must be a whole number from 0 to 4294967295, and is a text (environment variable ONRECORD_SERVICE__DRAFT_DAYS)"
)]
fn a_misspelt_variable_is_told(#[case] variable: &str, #[case] value: &str, #[case] line: &str) {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let file = format!("site = '{}'\n", folder.path().join("site").display());
    let (code, said) = check(folder.path(), &file, &[(variable, value)]);
    assert!(code == Some(1) && said.lines().any(|told| told == line), "{said}");
    assert!(!said.contains("hunter2"));
}

#[test]
fn a_telephone_number_in_the_environment_is_text() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let file = format!("site = '{}'\n", folder.path().join("site").display());
    for (variable, value) in [
        ("ONRECORD_ORGANISATION__PHONE", "01632960100"),
        ("ONRECORD_ORGANISATION__NAME", "true"),
        ("ONRECORD_SERVICE__DRAFT_DAYS", "14"),
        ("ONRECORD_TRUSTED_PROXIES", "[\"127.0.0.1\"]"),
    ] {
        let (code, said) = check(folder.path(), &file, &[(variable, value)]);
        assert_eq!(code, Some(0), "{variable}: {said}");
    }
}

//! The samples in `deploy/`: the settings they use exist, and systemd and nginx accept them.

use std::path::{Path, PathBuf};
use std::process::Command;

use complaint::{Status, fields::form::Choice};
use onrecord::server::Config;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name)
}

fn none() -> std::collections::BTreeMap<&'static str, String> {
    std::collections::BTreeMap::new()
}

#[test]
fn the_sample_configuration_is_read_and_is_fit_for_the_public() {
    let (config, faults) = Config::read(Some(&sample("onrecord.toml")), none());
    assert!(faults.is_empty(), "{faults:?}");
    assert!(config.is_secure() && !config.trusted_proxies.is_empty() && config.scanner.clamd.is_some());
    let warnings = config.warnings();
    // The only password belongs in the environment, as the sample says.
    assert!(warnings.iter().all(|warning| warning.starts_with("mail.smtp_url:")), "{warnings:?}");
}

#[test]
fn the_unit_is_taken_by_systemd() {
    let unit = std::fs::read_to_string(sample("onrecord.service")).unwrap();
    for line in [
        "User=onrecord",
        "StateDirectory=onrecord",
        "StateDirectoryMode=0700",
        "ExecStart=/opt/onrecord/onrecord serve",
    ] {
        assert!(unit.contains(line), "{line}");
    }
    let Ok(found) = Command::new("systemd-analyze").arg("--version").output() else {
        return;
    };
    assert!(found.status.success());
    // The program is not installed at the unit's path.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("onrecord.service");
    std::fs::write(&path, unit.replace("/opt/onrecord/onrecord", env!("CARGO_BIN_EXE_onrecord"))).unwrap();
    let output = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let about_it: Vec<&str> = said.lines().filter(|line| line.contains("onrecord")).collect();
    assert!(about_it.is_empty(), "{about_it:?}");
}

#[test]
fn nginx_takes_the_sample_and_passes_uploads_on_as_they_come() {
    let file = std::fs::read_to_string(sample("nginx.conf")).unwrap();
    for line in [
        "proxy_request_buffering off;",
        "client_max_body_size 600m;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header Forwarded \"\";",
        "proxy_set_header Host $host;",
    ] {
        assert!(file.contains(line), "{line}");
    }
    let Some(nginx) = ["/usr/sbin/nginx", "/usr/bin/nginx"]
        .into_iter()
        .find(|path| Path::new(path).exists())
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    // The site's certificate does not exist here.
    let plain = file
        .lines()
        .filter(|line| !line.trim_start().starts_with("ssl_certificate"))
        .map(|line| line.replace("443 ssl", "8443"))
        .collect::<Vec<_>>()
        .join("\n");
    std::fs::write(folder.path().join("site.conf"), plain).unwrap();
    let whole = format!(
        "pid {0}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n access_log off;\n client_body_temp_path {0}/body;\n proxy_temp_path {0}/proxy;\n \
         fastcgi_temp_path {0}/f;\n uwsgi_temp_path {0}/u;\n scgi_temp_path {0}/s;\n include {0}/site.conf;\n}}\n",
        folder.path().display()
    );
    let path = folder.path().join("nginx.conf");
    std::fs::write(&path, whole).unwrap();
    let output = Command::new(nginx).args(["-t", "-q", "-c"]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_image_and_caddy_name_what_there_is() {
    let image = std::fs::read_to_string(sample("Containerfile")).unwrap();
    for line in [
        "cargo xtask build --release",
        "USER onrecord",
        "VOLUME /var/lib/onrecord",
        "ENTRYPOINT [\"/opt/onrecord/onrecord\"]",
    ] {
        assert!(image.contains(line), "{line}");
    }
    let caddy = std::fs::read_to_string(sample("Caddyfile")).unwrap();
    for line in ["reverse_proxy 127.0.0.1:8080", "header_up -Forwarded"] {
        assert!(caddy.contains(line), "{line}");
    }
}

#[test]
fn the_page_for_integrators_has_every_status_and_what_may_follow() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/api.md")).unwrap();
    for status in Status::ALL {
        let after: Vec<String> = status.may_become().iter().map(|next| format!("`{}`", next.code())).collect();
        let row = format!("| `{}` | {} |", status.code(), after.join(", "));
        assert!(page.contains(&row), "docs/api.md lacks the row {row}");
    }
}

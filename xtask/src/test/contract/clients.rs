//! Checks that other programs can use the description: two validators accept it, and a client generated from it works.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::paths;
use crate::process::run;
use crate::test::tally::Tally;

/// Validates the running server's description, generates a Python client and files a complaint with it. A tool that fails
/// counts as a failed check.
///
/// `bin` is the folder of the Python environment, `key` a key with the scope `desk`.
pub fn check(bin: &Path, url: &str, key: &str) -> Result<Tally> {
    let kept = std::path::absolute(paths::WORK_FOLDER)?;
    let (document, client) = (kept.join("openapi.json"), kept.join("onrecord_client"));
    run(Command::new(bin.join("python")).arg("-c").arg(FETCH).arg(url).arg(&document)).context("cannot fetch the OpenAPI description")?;
    let mut tally = Tally::default();
    let mut step = |name: &str, command: &mut Command| {
        let done = run(command);
        if let Err(error) = &done {
            println!("{name}: {error:#}");
        }
        tally += Tally::from_check(done.is_ok());
    };
    step(
        "openapi-spec-validator",
        Command::new(bin.join("openapi-spec-validator")).arg(&document),
    );
    let openapi = paths::root().join("xtask/openapi.mjs");
    step(
        "redocly",
        Command::new("node").arg(openapi).arg(&document).current_dir(paths::root()),
    );
    step(
        "openapi-python-client",
        Command::new(bin.join("openapi-python-client"))
            .args(["generate", "--meta", "none", "--overwrite", "--config"])
            .arg(paths::root().join("xtask/openapi_python_client.yml"))
            .arg("--path")
            .arg(&document)
            .arg("--output-path")
            .arg(&client)
            // The generator calls ruff, which is in the same folder.
            .env("PATH", path_with(bin)?),
    );
    step(
        "generated_client.py",
        Command::new(bin.join("python"))
            .arg(paths::root().join("xtask/generated_client.py"))
            .args([url, key])
            .env("PYTHONPATH", &kept)
            .env("PYTHONDONTWRITEBYTECODE", "1"),
    );
    Ok(tally)
}

/// A Python script that downloads the description into a file.
const FETCH: &str =
    "import sys, urllib.request; open(sys.argv[2], 'wb').write(urllib.request.urlopen(sys.argv[1] + '/api/v1/openapi.json').read())";

fn path_with(bin: &Path) -> Result<OsString> {
    let before = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::iter::once(bin.to_path_buf()).chain(std::env::split_paths(&before)).collect();
    std::env::join_paths(folders).context("PATH")
}

//! Checks that the licence of every dependency is one of those that `deny.toml` allows.
//!
//! `cargo deny check` reads the same file, and also asks for known vulnerabilities. It takes minutes to install, so it runs here only
//! where it is installed.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;
use spdx::{Expression, LicenseReq};

use super::tally::Tally;
use crate::process;

#[derive(Deserialize)]
struct Deny {
    licenses: Licences,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    package: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
}

/// Checks the licences; then runs cargo-deny, if it is installed.
pub fn check() -> Result<Tally> {
    let rules: Deny = toml::from_str(&std::fs::read_to_string("deny.toml")?).context("deny.toml cannot be read")?;
    let output = process::cargo()
        .args(["metadata", "--format-version", "1", "--locked", "--all-features"])
        .output()
        .context("cannot start cargo")?;
    let found: Metadata = serde_json::from_slice(&output.stdout).context("cargo metadata printed something else")?;
    let mut is_allowed = true;
    for package in &found.packages {
        if let Some(reason) = refusal(package, &rules.licenses) {
            println!("  {} {}: {reason}", package.name, package.version);
            is_allowed = false;
        }
    }
    println!("  {} packages", found.packages.len());
    let mut tally = Tally::from_check(is_allowed && !found.packages.is_empty());
    if process::find("cargo-deny").is_some() {
        let status = Command::new("cargo-deny").args(["check", "licenses", "bans", "sources"]).status()?;
        tally += Tally::from_check(status.success());
    }
    Ok(tally)
}

/// Returns why a package may not be used, or `None` if it may.
fn refusal(package: &Package, rules: &Licences) -> Option<String> {
    let Some(written) = &package.license else {
        return Some("names no licence".to_owned());
    };
    // The deprecated `MIT/Apache-2.0` means OR.
    let expression = Expression::parse(&written.replace('/', " OR ")).map_err(|error| error.reason.to_string());
    let expression = match expression {
        Ok(expression) => expression,
        Err(reason) => return Some(format!("{written:?} is not a licence expression: {reason}")),
    };
    let exceptions: BTreeMap<&str, &[String]> = rules.exceptions.iter().map(|e| (e.package.as_str(), e.allow.as_slice())).collect();
    let own = exceptions.get(package.name.as_str()).copied().unwrap_or_default();
    let allows = |asked: &LicenseReq| {
        let name = asked.license.id().map(|id| id.name);
        name.is_some_and(|name| rules.allow.iter().chain(own).any(|allowed| allowed == name))
    };
    (!expression.evaluate(allows)).then(|| format!("{written:?} is not allowed by deny.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_needs_an_allowed_licence() {
        let rules = Licences {
            allow: vec!["MIT".to_owned(), "Zlib".to_owned()],
            exceptions: vec![Exception {
                package: "selectors".to_owned(),
                allow: vec!["MPL-2.0".to_owned()],
            }],
        };
        let refused = |name: &str, license: Option<&str>| {
            let package = Package {
                name: name.to_owned(),
                version: "1.0.0".to_owned(),
                license: license.map(ToOwned::to_owned),
            };
            refusal(&package, &rules).is_some()
        };
        for allowed in ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR Zlib", "MIT AND Zlib"] {
            assert!(!refused("any", Some(allowed)), "{allowed}");
        }
        for other in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "MPL-2.0", "my own"] {
            assert!(refused("any", Some(other)), "{other}");
        }
        assert!(refused("any", None));
        assert!(!refused("selectors", Some("MPL-2.0")));
    }
}

//! Tests the rules in Wasm: the same vectors as the native unit tests, in the code that a browser runs.

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::tally::Tally;
use crate::paths;
use crate::process::{self, run, stdout_of};
use crate::step::step;
use crate::tools::{self, WASM_TARGET};

/// The package in `tests/wasm`, and the file that cargo builds from it.
const PACKAGE: &str = "rules-in-wasm";
const COMPILED: &str = "target/wasm32-unknown-unknown/debug/rules_in_wasm.wasm";

/// A script that calls an export and prints a line for each result.
const SCRIPT: &str = "for (const line of (await import(process.argv[1]))[process.argv[2]]()) console.log(line)";

/// The exports of the package, each with its subject.
const EXPORTS: [(&str, &str); 2] = [("complaint_clock", "the complaint clock"), ("typed", "what people type")];

/// Compiles the rules and runs them with Node.
pub fn check() -> Result<Tally> {
    tools::wasm_target()?;
    tools::npm_packages()?;
    step("Compile the rules to Wasm", || {
        run(process::cargo().args(["build", "--quiet", "--package", PACKAGE, "--target", WASM_TARGET]))
    })?;
    let made = std::path::absolute(paths::kept("rules"))?;
    Bindgen::new()
        .input_path(COMPILED)
        .nodejs_module(true)?
        .typescript(false)
        .generate(&made)
        .context("wasm-bindgen failed")?;
    let glue = made.join("rules_in_wasm.js");
    let mut all = Tally::default();
    for (export, about) in EXPORTS {
        let lines = stdout_of("node", &["--input-type=module", "-e", SCRIPT, &glue.to_string_lossy(), export]);
        let tally = read(&lines.context("the rules did not run in Wasm")?)?;
        println!("  {about} in Wasm: {tally}");
        all += tally;
    }
    Ok(all)
}

/// Reads the number of expectations, then a line for each that is not met.
fn read(lines: &str) -> Result<Tally> {
    let (count, wrong) = lines.split_once('\n').unwrap_or((lines, ""));
    let count: u64 = count.trim().parse().context("the first line is not the number of expectations")?;
    let wrong: Vec<&str> = wrong.lines().collect();
    for line in &wrong {
        println!("  {line}");
    }
    let failed = wrong.len() as u64;
    if count == 0 || failed > count {
        bail!("nothing was checked");
    }
    Ok(Tally {
        passed: count - failed,
        failed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_met_counts_as_failed() {
        assert_eq!(read("12").unwrap(), Tally { passed: 12, failed: 0 });
        assert_eq!(read("12\na: b is c, not d\ne").unwrap(), Tally { passed: 10, failed: 2 });
        assert!(read("").is_err() && read("0").is_err());
    }
}

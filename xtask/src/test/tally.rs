//! Counts passed and failed checks in the reports of other tools.

use std::fmt;
use std::ops::AddAssign;

use anyhow::{Context, Result};
use serde_json::Value;

/// How many checks passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    /// The result of one check.
    pub fn from_check(passed: bool) -> Self {
        Self {
            passed: u64::from(passed),
            failed: u64::from(!passed),
        }
    }

    /// Sums the `test result:` lines of `cargo test`.
    pub fn from_cargo(output: &str) -> Self {
        let mut sum = Self::default();
        for line in output.lines().filter(|line| line.starts_with("test result:")) {
            let number_before = |word: &str| {
                line.split([';', '.'])
                    .find_map(|part| part.trim().strip_suffix(word)?.trim().parse::<u64>().ok())
                    .unwrap_or(0)
            };
            sum += Self {
                passed: number_before("passed"),
                failed: number_before("failed"),
            };
        }
        sum
    }

    /// Reads the `stats` of Playwright's JSON report. Errors outside any test, such as a file that does not load, count as
    /// failures.
    pub fn from_playwright(report: &str) -> Result<Self> {
        let report: Value = serde_json::from_str(report).context("Playwright's report is not JSON")?;
        let number = |name: &str| {
            report["stats"][name]
                .as_u64()
                .with_context(|| format!("no stats.{name} in Playwright's report"))
        };
        let outside = report["errors"].as_array().map_or(0, Vec::len) as u64;
        Ok(Self {
            passed: number("expected")? + number("flaky")?,
            failed: number("unexpected")? + outside,
        })
    }

    /// Reads the numbers in the first element of a `JUnit` report.
    pub fn from_junit(report: &str) -> Result<Self> {
        let start = report.find("<testsuite").context("not a JUnit report")?;
        let element = report[start..].split('>').next().unwrap_or_default();
        let number = |name: &str| {
            let (_, rest) = element.split_once(&format!(" {name}=\""))?;
            rest.split('"').next()?.parse::<u64>().ok()
        };
        let tests = number("tests").context("no number of tests in the JUnit report")?;
        let failed = number("failures").unwrap_or(0) + number("errors").unwrap_or(0);
        // A test case can have several failures, so there may be more failures than tests.
        Ok(Self {
            passed: tests.saturating_sub(failed + number("skipped").unwrap_or(0)),
            failed,
        })
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(text, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_reports_are_summed() {
        let output = "running 2 tests\n\
            test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            noise about 7 passed; things\n\
            test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(Tally::from_cargo(output), Tally { passed: 15, failed: 2 });
        assert_eq!(Tally::from_cargo("error: could not compile"), Tally::default());
    }

    #[test]
    fn a_playwright_report_is_read() {
        let report = r#"{"errors":[],"stats":{"expected":20,"skipped":1,"unexpected":2,"flaky":0}}"#;
        assert_eq!(Tally::from_playwright(report).unwrap(), Tally { passed: 20, failed: 2 });
    }

    #[test]
    fn a_playwright_run_that_loads_no_test_has_failed() {
        let report = r#"{"errors":[{"message":"no tests found"}],"stats":{"expected":0,"skipped":0,"unexpected":0,"flaky":0}}"#;
        assert_eq!(Tally::from_playwright(report).unwrap().failed, 1);
        assert!(Tally::from_playwright("{}").is_err());
    }

    #[test]
    fn a_junit_report_is_read() {
        let report = "<?xml version=\"1.0\"?>\n<testsuites disabled=\"0\" errors=\"1\" failures=\"2\" tests=\"30\" time=\"4.1\">\n<testsuite tests=\"9\">";
        assert_eq!(Tally::from_junit(report).unwrap(), Tally { passed: 27, failed: 3 });
        assert!(Tally::from_junit("<html>").is_err());
    }

    #[test]
    fn the_summary_is_plain() {
        assert_eq!(Tally { passed: 3, failed: 1 }.to_string(), "3 passed, 1 failed");
    }
}

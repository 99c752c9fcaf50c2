//! Checks the English of all Markdown and of all Rust doc comments, with textlint and the rule in `xtask/prose/`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::tally::Tally;
use crate::{paths, tools};

/// The folder of the rule, and the rule's file in it.
const RULES: &str = "xtask/prose";
const RULE: &str = "plain_english.mjs";

/// Entries of the repository's root that are not part of the source.
const SKIPPED: [&str; 5] = [".git", "data", "dist", "node_modules", "target"];

/// A line of a source file that breaks the rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    line: u64,
    message: String,
}

/// Copies all prose to `target/xtask/prose/` and prints a line for each finding.
pub fn check() -> Result<Tally> {
    tools::npm_packages()?;
    let folder = std::path::absolute(paths::kept("prose"))?;
    let files = gather(&folder)?;
    let findings = findings(&textlint(&folder)?, &folder, files)?;
    for finding in &findings {
        println!("  {}:{}: {}", finding.path, finding.line, finding.message);
    }
    let mut wrong: Vec<&str> = findings.iter().map(|finding| finding.path.as_str()).collect();
    wrong.dedup();
    Ok(Tally {
        passed: (files - wrong.len()) as u64,
        failed: findings.len() as u64,
    })
}

/// Fills `folder` with the repository's Markdown and the doc comments of its Rust files. Returns the number of files.
fn gather(folder: &Path) -> Result<usize> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    let mut files = 0;
    for path in sources()? {
        let text = || std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()));
        let (name, prose) = match path.extension().and_then(OsStr::to_str) {
            Some("md") => (path.clone(), text()?),
            Some("rs") => (path.with_added_extension("md"), doc_comments(&text()?)),
            _ => continue,
        };
        let copy = folder.join(name);
        std::fs::create_dir_all(copy.parent().unwrap_or(folder))?;
        std::fs::write(copy, prose)?;
        files += 1;
    }
    Ok(files)
}

/// Returns the paths of all source files.
fn sources() -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(".")? {
        let name = PathBuf::from(entry?.file_name());
        if SKIPPED.iter().any(|skipped| name == Path::new(skipped)) {
            continue;
        }
        if name.is_dir() {
            found.extend(paths::files_under(&name)?);
        } else {
            found.push(name);
        }
    }
    Ok(found)
}

/// Returns the doc comments of a Rust file as Markdown. Each keeps its line number; lines of code are empty, which ends the
/// paragraph of the item before.
fn doc_comments(rust: &str) -> String {
    rust.lines()
        .flat_map(|line| [doc_comment(line).unwrap_or_default(), "\n"])
        .collect()
}

/// Returns the text of a line `///` or `//!`.
fn doc_comment(line: &str) -> Option<&str> {
    let comment = line.trim_start().strip_prefix("//")?;
    // Four slashes begin an ordinary comment.
    let text = comment
        .strip_prefix('!')
        .or_else(|| comment.strip_prefix('/').filter(|text| !text.starts_with('/')))?;
    Some(text.strip_prefix(' ').unwrap_or(text))
}

/// Runs textlint on a folder. Returns its report in JSON.
fn textlint(folder: &Path) -> Result<String> {
    let output = Command::new("node")
        .arg(paths::root().join("node_modules/textlint/bin/textlint.js"))
        .args(["--no-textlintrc", "--format", "json", "--rules-base-directory"])
        .arg(paths::root().join(RULES))
        .args(["--rule", RULE])
        .arg(folder)
        .output()
        .context("cannot start node")?;
    // 1 means findings; anything else means that it could not finish.
    ensure!(
        matches!(output.status.code(), Some(0 | 1)),
        "textlint failed\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// Reads textlint's report on the copies in `folder`, sorted by source file and line. Fails if it is not about `files` files.
fn findings(report: &str, folder: &Path, files: usize) -> Result<Vec<Finding>> {
    let report: Vec<Value> = serde_json::from_str(report).with_context(|| format!("textlint's report is not JSON: {report}"))?;
    ensure!(report.len() == files, "textlint read {} of {files} files", report.len());
    let mut findings = Vec::new();
    for file in &report {
        let copy = Path::new(file["filePath"].as_str().context("no filePath in textlint's report")?);
        let copy = copy.strip_prefix(folder).unwrap_or(copy);
        let rust = copy.with_extension("");
        let source = if rust.extension() == Some(OsStr::new("rs")) {
            rust.as_path()
        } else {
            copy
        };
        for message in file["messages"].as_array().context("no messages in textlint's report")? {
            findings.push(Finding {
                path: source.to_string_lossy().into_owned(),
                line: message["line"].as_u64().context("no line in textlint's report")?,
                message: message["message"].as_str().context("no message in textlint's report")?.to_owned(),
            });
        }
    }
    findings.sort();
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doc_comments_keep_their_line_numbers() {
        let cases = [
            ("//! A module.\n//!\n//! More.\n\nuse a;\n", "A module.\n\nMore.\n\n\n"),
            ("/// An item.\nfn a() {}\n/// Another.\nfn b() {}\n", "An item.\n\nAnother.\n\n"),
            (
                "struct A {\n    /// A field,\n    /// with [`B`].\n    b: B,\n}\n",
                "\nA field,\nwith [`B`].\n\n\n",
            ),
            ("/// - one\n///   two\n", "- one\n  two\n"),
            ("/// ```\n/// let a = 1;\n/// ```\n", "```\nlet a = 1;\n```\n"),
            ("// Not docs.\n//// Nor this.\nlet a = 1; // nor this\n", "\n\n\n"),
            ("///\n//!\n", "\n\n"),
            ("", ""),
        ];
        for (rust, markdown) in cases {
            assert_eq!(doc_comments(rust), markdown, "{rust}");
            assert_eq!(rust.lines().count(), markdown.lines().count(), "{rust}");
        }
    }

    #[test]
    fn findings_name_the_source_file() {
        let report = r#"[{"filePath":"/kept/src/b.rs.md","messages":[{"line":9,"message":"y"},{"line":2,"message":"x"}]},
            {"filePath":"/kept/README.md","messages":[{"line":1,"message":"z"}]},{"filePath":"/kept/c.md","messages":[]}]"#;
        let found = findings(report, Path::new("/kept"), 3).unwrap();
        let lines: Vec<String> = found.iter().map(|it| format!("{}:{}: {}", it.path, it.line, it.message)).collect();
        assert_eq!(lines, ["README.md:1: z", "src/b.rs:2: x", "src/b.rs:9: y"]);
        assert!(findings(report, Path::new("/kept"), 4).is_err() && findings("Error", Path::new("/kept"), 0).is_err());
    }

    /// Needs the npm packages, which every earlier stage of `cargo xtask test` has installed.
    #[test]
    fn the_rule_finds_long_sentences_and_banned_words() {
        let long = "word ".repeat(26);
        let most = format!("{} `code of many words`", "word ".repeat(24));
        let cases = [
            (format!("{long}\n"), vec![(1, "26 words")]),
            (format!("One sentence.\nAnother. And\n{long}\n"), vec![(2, "27 words")]),
            (
                format!("- {most}.\n- {most}.\n\n{most}. {most}, [linked](a/long/path).\n"),
                vec![(4, "26 words")],
            ),
            (format!("# {long}\n\n| {long} |\n|---|\n| {long} |\n\n```\n{long}\n```\n"), vec![]),
            (
                "Says [`Foo`] to\n  **whoever** asks, and Nobody.\n".to_owned(),
                vec![(2, "\"whoever\""), (2, "\"nobody\"")],
            ),
            ("It runs as `nobody`. Not nobody's.\n".to_owned(), vec![(1, "\"nobody\"")]),
            (
                "- What is\n  sent.\n- **What is** it?\n- See what is sent.\n".to_owned(),
                vec![(1, "\"What is\"")],
            ),
            (
                "Someone asks. It asks someone. The desk is\ntold.\n".to_owned(),
                vec![(1, "\"Someone\""), (1, "\"is told\"")],
            ),
        ];
        let folder = std::env::temp_dir().join(format!("onrecord-prose-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for (number, (text, _)) in cases.iter().enumerate() {
            std::fs::write(folder.join(format!("{number}.md")), text).unwrap();
        }
        let report = textlint(&folder);
        std::fs::remove_dir_all(&folder).unwrap();
        let all = findings(&report.unwrap(), &folder, cases.len()).unwrap();
        for (number, (text, expected)) in cases.iter().enumerate() {
            let name = format!("{number}.md");
            let found: Vec<&Finding> = all.iter().filter(|it| it.path == name).collect();
            assert_eq!(found.len(), expected.len(), "{text}: {found:?}");
            for (line, start) in expected {
                let holds = found.iter().any(|it| it.line == *line && it.message.starts_with(start));
                assert!(holds, "{text}, {start}: {found:?}");
            }
        }
    }
}

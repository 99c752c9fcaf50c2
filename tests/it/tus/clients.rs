//! Independent tus clients, unmodified, against the real program.

use std::path::{Path, PathBuf};
use std::process::Command;

use rstest::rstest;
use serde_json::Value;

use super::killed::{draft, show};
use super::{photo, sha256};
use crate::pages::phone::site;
use crate::pages::program::Program;

/// A running program, a draft's token, and a file to send.
struct Scene {
    program: Program,
    token: String,
    file: PathBuf,
    bytes: Vec<u8>,
    _folder: tempfile::TempDir,
}

fn scene(length: usize) -> Scene {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let program = Program::start(folder.path());
    let (token, file, bytes) = (draft(&program), folder.path().join("mould.jpg"), photo(length));
    std::fs::write(&file, &bytes).unwrap();
    Scene {
        program,
        token,
        file,
        bytes,
        _folder: folder,
    }
}

impl Scene {
    /// Runs the client and returns its output, one line of JSON.
    fn client(&self, program: &str, script: &str, more: &[&str]) -> Value {
        let mut command = Command::new(program);
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tus").join(script));
        command.args([&format!("http://{}/api/v1/uploads", self.program.address), &self.token]);
        let output = command
            .arg(&self.file)
            .args(more)
            .output()
            .unwrap_or_else(|e| panic!("{program}: {e}"));
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"))
    }

    /// Checks that the file was received complete, with its name.
    fn is_whole(&self, said: &Value) {
        let url = said["url"].as_str().unwrap_or_else(|| panic!("{said}"));
        let file = show(&self.program, &self.token, url);
        assert_eq!(
            (&file["sha256"], &file["state"]),
            (&sha256(&self.bytes).into(), &"scanning".into()),
            "{said}"
        );
        assert_eq!(file["filename"], "mould é.jpg");
    }
}

#[rstest]
#[case::in_one_go(0, 0)]
#[case::in_chunks(1_000_000, 0)]
#[case::in_one_go_over_a_line_that_breaks(0, 3)]
#[case::in_chunks_over_a_line_that_breaks(4_000_000, 3)]
fn tus_js_client_in_node(#[case] chunk: usize, #[case] breaks: usize) {
    let scene = scene(12_345_678);
    let said = scene.client("node", "client.mjs", &[&chunk.to_string(), &breaks.to_string()]);
    scene.is_whole(&said);
    assert_eq!(said["cut"], breaks, "{said}");
    assert_eq!(said["requests"]["POST"], 1, "the client must announce the upload once: {said}");
}

/// Returns the Python that `cargo xtask test` sets up, or `None` when `ONRECORD_TEST_PYTHON` is `none`.
fn python() -> Option<String> {
    match std::env::var("ONRECORD_TEST_PYTHON") {
        Ok(none) if none == "none" => None,
        Ok(python) => Some(python),
        Err(_) => Some(concat!(env!("CARGO_MANIFEST_DIR"), "/target/xtask/python/bin/python").into()),
    }
}

#[test]
fn tuspy_in_python() {
    let Some(python) = python() else { return };
    let scene = scene(5_000_001);
    let said = scene.client(&python, "client.py", &["700000"]);
    scene.is_whole(&said);
    assert_eq!((&said["resumed_at"], &said["offset"]), (&1_400_000.into(), &5_000_001.into()));
}

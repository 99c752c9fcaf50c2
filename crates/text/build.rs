//! Generates the list of files in `locales/` that a release of the server contains.
//!
//! A development build of the server and the browser read the texts later, so changing a text compiles neither.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is_release = std::env::var_os("PROFILE").is_some_and(|profile| profile == "release");
    if !is_release || std::env::var_os("CARGO_FEATURE_SERVER").is_none() {
        return;
    }
    println!("cargo:rerun-if-changed=../../locales");
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("Cargo sets this variable"));
    let mut code = String::from("static FILES: &[(&str, &[&str])] = &[\n");
    for folder in below(&root.join("../../locales")) {
        let tag = folder.file_name().expect("a folder has a name").to_string_lossy().into_owned();
        writeln!(code, "({tag:?}, &[").expect("writing to a string cannot fail");
        for file in below(&folder).iter().filter(|file| file.extension().is_some_and(|e| e == "yml")) {
            writeln!(code, "include_str!({:?}),", file.to_string_lossy()).expect("writing to a string cannot fail");
        }
        code.push_str("]),\n");
    }
    code.push_str("];\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("Cargo sets this variable"));
    std::fs::write(out.join("locales.rs"), code).expect("the list of files can be written");
}

/// Lists the entries of a folder, sorted by name.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder can be read").path()).collect();
    found.sort();
    found
}

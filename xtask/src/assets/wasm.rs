//! The browser's half of the app: cargo, wasm-bindgen, wasm-opt.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::prune;
use crate::process::{self, run, run_quietly};
use crate::stamp::{Inputs, once};
use crate::step::step;
use crate::tools::WASM_TARGET;

/// Where the Wasm and its glue lie before they are hashed: `onrecord.wasm`, `onrecord.js`.
pub const MADE: &str = "target/xtask/wasm";

/// What cargo makes. The same target folder as the server's: this profile and this target have sub-folders of their own.
const COMPILED: &str = "target/wasm32-unknown-unknown/wasm/onrecord.wasm";

/// What rustc's LLVM uses without being asked; wasm-opt refuses to read them unless told.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
];

/// Compiles the Wasm, and binds and optimises it when it is not the same as last time.
///
/// # Errors
/// When the code does not compile, or a tool fails.
pub fn build() -> Result<()> {
    step("Compile the browser's half to Wasm", || {
        run(process::cargo()
            // `rustc` rather than `build`, for its crate type: the server's build needs no C library to be linked.
            .args([
                "rustc",
                "--quiet",
                "--lib",
                "--crate-type",
                "cdylib",
                "--no-default-features",
                "--features",
                "hydrate",
            ])
            .args(["--target", WASM_TARGET, "--profile", "wasm"]))
    })?;
    let mut inputs = Inputs::new("pruned, wasm-bindgen web, wasm-opt -Oz");
    inputs.file(Path::new(COMPILED))?;
    inputs.file(Path::new("package-lock.json"))?;
    let (wasm, glue) = (Path::new(MADE).join("onrecord.wasm"), Path::new(MADE).join("onrecord.js"));
    once("wasm", inputs, &[&wasm, &glue], || {
        let bound = step("Write the JavaScript that loads it", bind)?;
        step("Make the Wasm small", || optimise(&bound, &wasm))
    })
    .map(|_| ())
}

/// Runs wasm-bindgen; returns the path of the Wasm it wrote beside the glue.
fn bind() -> Result<std::path::PathBuf> {
    let _ = std::fs::remove_dir_all(MADE);
    Bindgen::new()
        .input_bytes("onrecord", prune::without_async_hydration(&std::fs::read(COMPILED)?)?)
        .web(true)?
        .typescript(false)
        // The name of the Wasm has a hash that is not known yet; what loads it is added when that is.
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(MADE)
        .context("wasm-bindgen failed")?;
    if Path::new(MADE).join("snippets").exists() {
        bail!("a dependency brings JavaScript files of its own (wasm-bindgen snippets), which are not served");
    }
    Ok(Path::new(MADE).join("onrecord_bg.wasm"))
}

fn optimise(bound: &Path, wasm: &Path) -> Result<()> {
    let small = bound.with_extension("small");
    run_quietly(
        Command::new("node_modules/.bin/wasm-opt")
            .args(["-Oz", "--enable-reference-types"])
            .args(FEATURES)
            .args(["--strip-debug", "--strip-producers", "--strip-target-features", "--output"])
            .args([small.as_path(), bound]),
    )?;
    std::fs::remove_file(bound)?;
    // In one move: a run that is stopped half-way leaves no half a Wasm behind.
    std::fs::rename(small, wasm)?;
    Ok(())
}

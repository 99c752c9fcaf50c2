//! Builds the browser's part of the app with cargo, wasm-bindgen and wasm-opt.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::prune;
use crate::process::{self, run, run_quietly};
use crate::stamp::{Inputs, once};
use crate::step::step;
use crate::tools::WASM_TARGET;

/// The folder of the Wasm and its glue before they are hashed: `onrecord.wasm`, `onrecord.js`.
pub const MADE: &str = "target/xtask/wasm";

/// The output of cargo. The target folder is the server's; this profile and this target have sub-folders of their own.
const COMPILED: &str = "target/wasm32-unknown-unknown/wasm/onrecord.wasm";

/// Wasm features that rustc's LLVM uses by default. wasm-opt refuses them unless they are enabled.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
];

/// Compiles the Wasm; binds and optimises it when it has changed.
pub fn build() -> Result<()> {
    step("Compile the browser's part to Wasm", || {
        run(process::cargo()
            // `rustc` rather than `build`, for its crate type: the server's build does not have to link a C library.
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

/// Runs wasm-bindgen. Returns the path of the Wasm beside the glue.
fn bind() -> Result<std::path::PathBuf> {
    let _ = std::fs::remove_dir_all(MADE);
    Bindgen::new()
        .input_bytes("onrecord", prune::without_async_hydration(&std::fs::read(COMPILED)?)?)
        .web(true)?
        .typescript(false)
        // The Wasm's hashed name is not known yet; the loader is added once it is.
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(MADE)
        .context("wasm-bindgen failed")?;
    if Path::new(MADE).join("snippets").exists() {
        bail!("a dependency has JavaScript files of its own (wasm-bindgen snippets), which are not served");
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
    // In one move, so that an interrupted run leaves no partial Wasm.
    std::fs::rename(small, wasm)?;
    Ok(())
}

//! Builds the browser's part of the app with cargo, wasm-bindgen and wasm-opt.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::{Site, prune};
use crate::process::{self, run, run_quietly};
use crate::stamp::{Inputs, run_if_changed};
use crate::step::step;
use crate::tools::WASM_TARGET;

/// One of the Wasm modules that browsers download.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Module {
    /// The questionnaire.
    Form,
    /// The pages of sign-in and of cases.
    Portal,
}

impl Module {
    pub const ALL: [Self; 2] = [Self::Form, Self::Portal];

    /// Returns the name of its files before they are hashed: `<name>.wasm`, `<name>.js`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Form => "onrecord",
            Self::Portal => "onrecord-portal",
        }
    }

    /// Returns the features of the package that it is compiled with.
    pub fn features(self) -> &'static str {
        match self {
            Self::Form => "hydrate,form",
            Self::Portal => "hydrate,portal",
        }
    }
}

/// Returns the folder of a Wasm and its glue before they are hashed.
pub fn made(site: Site, module: Module) -> PathBuf {
    let folder = match site {
        Site::Production | Site::Test => "target/xtask/wasm",
        Site::Development | Site::Watched => "target/xtask/wasm-dev",
    };
    Path::new(folder).join(module.name())
}

/// Returns cargo's profile for a site.
fn profile(site: Site) -> &'static str {
    match site {
        Site::Production | Site::Test => "wasm",
        Site::Development | Site::Watched => "wasm-dev",
    }
}

/// Returns the output of cargo. The target folder is the server's; this target has a sub-folder of its own.
fn compiled(site: Site) -> PathBuf {
    Path::new("target/wasm32-unknown-unknown").join(profile(site)).join("onrecord.wasm")
}

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

/// Compiles each Wasm; binds it, and for production optimises it, when it has changed.
pub fn build(site: Site) -> Result<()> {
    Module::ALL.into_iter().try_for_each(|module| build_module(site, module))
}

fn build_module(site: Site, module: Module) -> Result<()> {
    step(&format!("Compile {}.wasm", module.name()), || {
        run(process::cargo()
            .env("CARGO_ENCODED_RUSTFLAGS", flags()?.join("\x1f"))
            // `rustc` rather than `build`, for its crate type: the server's build does not have to link a C library.
            .args([
                "rustc",
                "--quiet",
                "--lib",
                "--crate-type",
                "cdylib",
                "--no-default-features",
                "--features",
                module.features(),
            ])
            .args(["--target", WASM_TARGET, "--profile", profile(site)]))
    })?;
    let mut inputs = Inputs::new("pruned, wasm-bindgen web, wasm-opt --low-memory-unused -Oz");
    inputs.file(&compiled(site))?;
    inputs.file(Path::new("package-lock.json"))?;
    let folder = made(site, module);
    let file = |end: &str| folder.join(format!("{}.{end}", module.name()));
    let (wasm, glue) = (file("wasm"), file("js"));
    let stamp = format!("{}-{}", profile(site), module.name());
    run_if_changed(&stamp, inputs, &[&wasm, &glue], || {
        let bound = step("Write the JavaScript that loads the Wasm", || bind(site, module))?;
        match site {
            Site::Production | Site::Test => step("Optimise the Wasm", || optimise(&bound, &wasm)),
            Site::Development | Site::Watched => Ok(std::fs::rename(bound, &wasm)?),
        }
    })
    .map(|_| ())
}

/// Returns the compiler's flags: those of `.cargo/config.toml`, which the variable replaces, and short paths in place of this machine's.
///
/// A panic's message contains the path of its source file. Without this, the Wasm would contain the builder's home folder, and its size
/// would depend on the machine.
fn flags() -> Result<Vec<String>> {
    let mut flags = vec!["--cfg".to_owned(), "erase_components".to_owned()];
    let mut shorten = |from: &Path, to: &str| flags.push(format!("--remap-path-prefix={}={to}", from.display()));
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let registries = home.context("there is no home folder")?.join("registry/src");
    for registry in std::fs::read_dir(&registries).into_iter().flatten() {
        shorten(&registry?.path(), "crates");
    }
    let rustc = |question: &[&str]| process::stdout_of("rustc", question).context("rustc does not answer");
    let about = rustc(&["-vV"])?;
    let commit = about
        .lines()
        .find_map(|line| line.strip_prefix("commit-hash: "))
        .unwrap_or("unknown");
    // Where the component rust-src is installed, the standard library's own paths become those of the machine.
    let library = Path::new(&rustc(&["--print", "sysroot"])?).join("lib/rustlib/src/rust");
    shorten(&library, &format!("/rustc/{commit}"));
    Ok(flags)
}

/// Runs wasm-bindgen. Returns the path of the Wasm beside the glue.
fn bind(site: Site, module: Module) -> Result<PathBuf> {
    let made = made(site, module);
    let _ = std::fs::remove_dir_all(&made);
    let bytes = std::fs::read(compiled(site))?;
    let bytes = match site {
        Site::Production | Site::Test => prune::without_async_hydration(&bytes)?,
        Site::Development | Site::Watched => bytes,
    };
    Bindgen::new()
        .input_bytes(module.name(), bytes)
        .web(true)?
        .typescript(false)
        // The Wasm's hashed name is not known yet; the loader is added once it is.
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&made)
        .context("wasm-bindgen failed")?;
    if made.join("snippets").exists() {
        bail!("a dependency has JavaScript files of its own (wasm-bindgen snippets), which are not served");
    }
    Ok(made.join(format!("{}_bg.wasm", module.name())))
}

fn optimise(bound: &Path, wasm: &Path) -> Result<()> {
    let small = bound.with_extension("small");
    run_quietly(
        Command::new("node_modules/.bin/wasm-opt")
            // The lowest kilobyte is the far end of the stack, which Rust puts first: no pointer to data is below it. That
            // saves 1.5 KB in brotli.
            .args(["--low-memory-unused", "-Oz", "--enable-reference-types"])
            .args(FEATURES)
            .args(["--strip-debug", "--strip-producers", "--strip-target-features", "--output"])
            .args([small.as_path(), bound]),
    )?;
    std::fs::remove_file(bound)?;
    // In one move, so that an interrupted run leaves no partial Wasm.
    std::fs::rename(small, wasm)?;
    Ok(())
}

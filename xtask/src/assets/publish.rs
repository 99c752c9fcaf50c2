//! Lays out a site's folder: hashed names, `manifest.json`, and a `.br` and `.gz` beside each file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::wasm::{self, Module};
use super::{Site, name, style, text};
use crate::paths::{self, SITE};
use crate::process::run_quietly;
use crate::stamp::{Inputs, run_if_changed};
use crate::step::step;

/// Files of `public/` that are served under a fixed name, because others know them by it.
const FIXED_NAMES: [&str; 2] = ["robots.txt", "manifest.webmanifest"];

/// The server compiles this file in and fills in the list of files to cache.
const RENDERED: &str = "service-worker.js";

/// Each language has a copy of its own, with its sentences in place of `WORDS`.
const WORDED: &str = "uploads.js";

/// Also served under its plain name, because browsers and the web app manifest request it there.
const ALSO_PLAIN: &str = "favicon.svg";

/// A script that every page loads.
const ON_EVERY_PAGE: &str = "exit.js";

/// Reloads a page when `cargo xtask dev` has restarted the server. Nothing is lost: the pages keep what was typed.
const RELOAD: &[u8] = include_bytes!("reload.js");

/// The sizes of a published file.
pub struct Published {
    /// Bytes of the file itself.
    pub bytes: u64,
    /// Bytes of its `.br`, if brotli makes it smaller.
    pub brotli: Option<u64>,
}

/// Returns the sizes of the published file with this plain name.
pub fn published(plain: &str) -> Result<Published> {
    let manifest = std::fs::read(Path::new(SITE).join("manifest.json")).context("cannot read the site's manifest")?;
    let manifest: Map<String, Value> = serde_json::from_slice(&manifest)?;
    let hashed = manifest
        .get(plain)
        .and_then(Value::as_str)
        .with_context(|| format!("no {plain} in the site's manifest"))?;
    let path = Path::new(SITE).join(hashed);
    let brotli = std::fs::metadata(twin(&path, "br")).ok().map(|about| about.len());
    Ok(Published {
        bytes: std::fs::metadata(path)?.len(),
        brotli,
    })
}

/// Publishes the output of the earlier steps, if any of it has changed.
pub fn publish(site: Site) -> Result<()> {
    let mut inputs = Inputs::new("one Wasm");
    for script in Module::ALL.into_iter().flat_map(scripts_of) {
        inputs.file(Path::new(script))?;
    }
    for folder in [style::MADE, "public"] {
        inputs.folder(Path::new(folder))?;
    }
    for module in Module::ALL {
        inputs.folder(&wasm::made(site, module))?;
    }
    inputs.file(Path::new("xtask/compress.mjs"))?;
    inputs.file(Path::new("package-lock.json"))?;
    for (name, json) in text::made(site)?.into_iter().chain(text::of_uploads(site)?) {
        inputs.bytes(&name, json.as_bytes());
    }
    let manifest = Path::new(site.folder()).join("manifest.json");
    let (stamp, does) = match site {
        Site::Production => ("site", "Hash and compress what is served"),
        Site::Test => ("site-test", "Hash and compress what the browser tests use"),
        Site::Development => ("site-dev", "Hash what is served"),
        Site::Watched => ("site-watched", "Hash what is served"),
    };
    run_if_changed(stamp, inputs, &[&manifest], || step(does, || lay_out(site, &manifest))).map(|_| ())
}

fn lay_out(site: Site, manifest: &Path) -> Result<()> {
    let assets = Path::new(site.folder()).join("assets");
    std::fs::create_dir_all(&assets)?;
    let mut names = BTreeMap::new();
    let mut files = Vec::new();
    let mut add = |plain: &str, content: &[u8]| -> Result<String> {
        let hashed = name::hashed(plain, content);
        let path = assets.join(&hashed);
        write_if_new(&path, content)?;
        files.push(path);
        names.insert(plain.to_owned(), format!("assets/{hashed}"));
        Ok(hashed)
    };

    for (name, json) in text::made(site)? {
        add(&name, json.as_bytes())?;
    }
    for module in Module::ALL {
        let folder = wasm::made(site, module);
        let (wasm, glue) = (format!("{}.wasm", module.name()), format!("{}.js", module.name()));
        let hashed = add(&wasm, &std::fs::read(folder.join(&wasm))?)?;
        let code = std::fs::read_to_string(folder.join(&glue))?;
        let mut scripts = String::new();
        for script in scripts_of(module) {
            scripts += &std::fs::read_to_string(script).with_context(|| format!("cannot read {script}"))?;
        }
        add(&glue, &minify(site, &with_loader(&code, &scripts, &hashed))?)?;
    }
    for path in style::sheets(site) {
        add(&plain_name(&path, Path::new(style::MADE)), &std::fs::read(&path)?)?;
    }
    let uploads = std::fs::read_to_string(Path::new("public").join(WORDED))?;
    for (name, words) in text::of_uploads(site)? {
        add(&name, &minify(site, &uploads.replacen("= WORDS;", &format!("= {words};"), 1))?)?;
    }
    let mut fixed = Vec::new();
    for path in paths::files_under(Path::new("public"))? {
        let (plain, content) = (plain_name(&path, Path::new("public")), std::fs::read(&path)?);
        if plain == RENDERED || plain == WORDED {
            continue;
        }
        if FIXED_NAMES.contains(&plain.as_str()) || plain == ALSO_PLAIN {
            let target = Path::new(site.folder()).join(&plain);
            std::fs::write(&target, &content)?;
            fixed.push(target);
        }
        if !FIXED_NAMES.contains(&plain.as_str()) {
            let reloading = site == Site::Watched && plain == ON_EVERY_PAGE;
            let content = [content.as_slice(), if reloading { RELOAD } else { b"" }].concat();
            let is_script = path.extension().is_some_and(|ending| ending == "js");
            let content = if is_script {
                minify(site, &String::from_utf8(content)?)?
            } else {
                content
            };
            add(&plain, &content)?;
        }
    }

    sweep(&assets, &files)?;
    if site.is_small() {
        compress(files.iter().filter(|path| !twin(path, "gz").exists()).chain(&fixed))?;
    }
    // Written last and in one move, so that every file named in the manifest exists.
    let written = manifest.with_extension("json.new");
    std::fs::write(&written, serde_json::to_vec_pretty(&names)?)?;
    std::fs::rename(written, manifest)?;
    Ok(())
}

/// The JavaScript that the Wasm calls to keep answers on the phone.
const DEVICE: &str = "src/app/client/device.js";

/// The JavaScript that moves between pages without a page load.
const NAVIGATION: &str = "src/app/client/navigation.js";

/// The JavaScript that makes the glue load the Wasm and hydrate the page.
const LOADER: &str = "src/app/client/loader.js";

/// The JavaScript that makes the portal's glue load the Wasm and hydrate the page.
const PORTAL_LOADER: &str = "src/app/client/portal_loader.js";

/// Returns the scripts that follow a module's glue.
fn scripts_of(module: Module) -> &'static [&'static str] {
    match module {
        Module::Form => &[DEVICE, NAVIGATION, LOADER],
        Module::Portal => &[PORTAL_LOADER],
    }
}

/// Appends the loader to the glue. `WASM` in the loader becomes the hashed name.
fn with_loader(glue: &str, loader: &str, wasm: &str) -> String {
    format!("{glue}{}\n", loader.replace("WASM", &format!("\"{wasm}\"")))
}

/// Minifies code for production: a quarter of the glue, and a third of a script of `public/`, is comments and long names.
fn minify(site: Site, code: &str) -> Result<Vec<u8>> {
    if !site.is_small() {
        return Ok(code.as_bytes().to_vec());
    }
    let (long, short) = (paths::kept("glue.js"), paths::kept("glue.min.js"));
    std::fs::write(&long, code)?;
    let options = ["--module", "--ecma", "2020", "--compress", "--mangle", "--output"];
    run_quietly(Command::new("node_modules/.bin/terser").arg(&long).args(options).arg(&short))?;
    Ok(std::fs::read(short)?)
}

/// Returns the flat name of an asset: `public/icons/tick.svg` under `public` is `icons-tick.svg`. No two assets may share
/// one.
fn plain_name(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('/', "-")
}

fn twin(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// A hashed name determines the content, so an existing file is right, and so are its compressed twins.
fn write_if_new(path: &Path, content: &[u8]) -> Result<()> {
    if !path.exists() {
        std::fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Removes the files of earlier builds.
fn sweep(assets: &Path, files: &[PathBuf]) -> Result<()> {
    for path in paths::files_under(assets)? {
        let wanted = files
            .iter()
            .any(|file| path == *file || path == twin(file, "br") || path == twin(file, "gz"));
        if !wanted {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn compress<'a>(files: impl Iterator<Item = &'a PathBuf>) -> Result<()> {
    run_quietly(Command::new("node").arg("xtask/compress.mjs").args(files))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loader_names_the_hashed_wasm() {
        let loader = std::fs::read_to_string(Path::new("..").join(LOADER)).unwrap();
        let text = with_loader("export function hydrate() {}\n", &loader, "onrecord-ab12cd34.wasm");
        assert!(text.starts_with("export function hydrate() {}\n"));
        assert!(text.contains(r#"new URL("onrecord-ab12cd34.wasm", import.meta.url)"#));
        assert!(!text.contains("new URL(WASM"), "{text}");
    }

    #[test]
    fn a_file_in_a_folder_gets_a_flat_name() {
        assert_eq!(
            plain_name(Path::new("public/icons/tick.svg"), Path::new("public")),
            "icons-tick.svg"
        );
        assert_eq!(plain_name(Path::new("public/favicon.svg"), Path::new("public")), "favicon.svg");
    }

    #[test]
    fn a_twin_keeps_the_whole_name() {
        assert_eq!(twin(Path::new("a/main-1.css"), "br"), Path::new("a/main-1.css.br"));
    }
}

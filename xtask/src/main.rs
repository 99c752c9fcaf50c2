//! `cargo xtask`: the only way to build, run, test and measure On Record.
//!
//! A fresh Debian or Ubuntu with rustup and access to the package registries is enough. Each command installs what else it
//! needs (the Wasm target, npm packages, a browser, a Python environment) and says so.

mod assets;
mod bench;
mod dev;
mod dist;
mod paths;
mod postgres;
mod process;
mod run;
mod server;
mod stamp;
mod step;
mod test;
mod tools;

use std::process::ExitCode;

use anyhow::Result;

const USAGE: &str = "\
cargo xtask COMMAND

  run [ARGUMENTS]      build everything and start the portal on http://127.0.0.1:8080, with its data in ./data;
                       ARGUMENTS go to `onrecord serve`
  dev [ARGUMENTS]      the same, built and started again whenever a source file changes; open pages reload
  check                formatting, prose, lints and unit tests
  test [WORD]          run every check, the quick ones first; the last line counts them. With a WORD, only the stages
                       that have it in their names, such as `contract`
  bench [ARGUMENTS]    measure the release build
  build                the production server and the files it serves, into dist/
  assets               only what the browser downloads, into target/site-test/, for the browser tests";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.split_first() {
        Some((command, rest)) => dispatch(command, rest),
        None => Err(anyhow::anyhow!("{USAGE}")),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &str, rest: &[String]) -> Result<ExitCode> {
    std::env::set_current_dir(paths::root())?;
    match (command, rest) {
        ("run", rest) => run::run(rest),
        ("dev", rest) => dev::dev(rest),
        ("check", []) => Ok(test::check()),
        ("test", []) => test::test(""),
        ("test", [word]) => test::test(word),
        ("assets", []) => assets::build(assets::Site::Test).map(|()| ExitCode::SUCCESS),
        ("bench", rest) => bench::bench(rest),
        ("build", []) => dist::build(),
        ("build", [flag]) if flag == "--release" => dist::build(),
        ("help" | "--help" | "-h", _) => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        _ => anyhow::bail!("{USAGE}"),
    }
}

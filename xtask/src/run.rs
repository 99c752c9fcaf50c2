//! `cargo xtask run`: builds everything, then starts the portal.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, anyhow};

use crate::assets::{self, Site};
use crate::paths::SERVER;
use crate::server;

/// Builds the site and the server, then becomes the server, so that signals reach it directly.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    build(Site::Development)?;
    println!("- Start On Record, by default on http://127.0.0.1:8080 with its data in ./data");
    let error = command(Site::Development, arguments).exec();
    Err(error).with_context(|| format!("cannot start {SERVER}"))
}

/// Builds the site and the server at the same time. Cargo keeps them in folders of their own, so neither waits for the other.
pub fn build(site: Site) -> Result<()> {
    std::thread::scope(|scope| {
        let server = scope.spawn(server::build);
        let site = assets::build(site);
        server.join().map_err(|_| anyhow!("the build of the server panicked"))?.and(site)
    })
}

/// Returns the command that starts the server with a site.
pub fn command(site: Site, arguments: &[String]) -> Command {
    let mut command = Command::new(SERVER);
    command.env(server::ALLOCATOR.0, server::ALLOCATOR.1).arg("serve");
    for (option, ours) in [("--site", site.folder()), ("--data", "./data")] {
        if !given(arguments, option) {
            command.args([option, ours]);
        }
    }
    command.args(arguments);
    command
}

/// Returns whether the user set this option. An option may be given only once.
fn given(arguments: &[String], option: &str) -> bool {
    arguments.iter().any(|argument| argument.split('=').next() == Some(option))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_of_the_persons_own_takes_the_place_of_ours() {
        let arguments = [
            "--listen".to_owned(),
            "127.0.0.1:9000".to_owned(),
            "--data=/srv/onrecord".to_owned(),
        ];
        assert!(given(&arguments, "--data"));
        assert!(!given(&arguments, "--site"));
    }
}

//! Connections that send half a head and wait, many more than the server may have open.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::PoisonError;

use anyhow::{Context, Result, ensure};

use super::honest;
use super::{Attack, Stop, Target, attackers};

pub const ATTACK: Attack = Attack {
    name: "Half-sent heads on many connections",
    config: "[connections]\nmost = 100\nper_address = 50\n",
    standard_error: "",
    play,
    honest: honest::save_and_read,
    check_meanwhile: holds,
};

/// How many connections the attackers keep open.
const KEPT: usize = 600;

#[expect(clippy::unnecessary_wraps, reason = "every attack has this signature")]
fn play(target: &Target, stop: &Stop) -> Result<String> {
    let kept: Mutex<Vec<TcpStream>> = Mutex::default();
    let saw = attackers(4, stop, |number| {
        let mut connection = target.client([203, 0, 113, number]).connect()?;
        connection.write_all(b"GET / HTTP/1.1\r\nHost: portal.test\r\nX-Slow: ")?;
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(connection);
        if kept.len() > KEPT {
            kept.remove(0);
        }
        drop(kept);
        std::thread::sleep(std::time::Duration::from_millis(5));
        // No connection is answered.
        Ok(0)
    });
    Ok(saw.replace("x 0", "half heads"))
}

/// Checks that the server has no more connections open than it may.
fn holds(target: &Target) -> Result<()> {
    let files = std::fs::read_dir(format!("/proc/{}/fd", target.server.process_id())).context("cannot list the server's open files")?;
    let open = files.count();
    ensure!(open < 250, "{open} files are open");
    Ok(())
}

//! A server whose log has no reader: the process at the other end of the pipe has ended, and every write fails.

use anyhow::Result;
use serde_json::Value;

use super::honest;
use super::{Attack, Stop, Target, attackers, nothing_more};

pub const ATTACK: Attack = Attack {
    name: "A log that cannot be written",
    config: "",
    standard_error: "2> >(exec true)",
    play,
    honest: honest::save_and_read,
    check_meanwhile: nothing_more,
};

/// Requests `/readyz` repeatedly from two clients.
#[expect(clippy::unnecessary_wraps, reason = "every attack has this signature")]
fn play(target: &Target, stop: &Stop) -> Result<String> {
    Ok(attackers(2, stop, |number| {
        let client = target.client([203, 0, 113, number]);
        std::thread::sleep(std::time::Duration::from_millis(20));
        Ok(client.call("GET", "/readyz", None, &Value::Null, "")?.status)
    }))
}

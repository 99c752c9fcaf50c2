//! Random resume codes from many addresses. A resident must still be able to resume with a code of their own.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::honest::{self, Draft};
use super::{Attack, Stop, Target, attackers};

pub const ATTACK: Attack = Attack {
    name: "Random codes from many addresses",
    config: "",
    standard_error: "",
    play,
    honest: honest::save_and_read,
    check_meanwhile: holds,
};

/// More than the rate limit of all addresses together, from more addresses than that needs.
const TRIES: u32 = 600;

#[expect(clippy::unnecessary_wraps, reason = "every attack has this signature")]
fn play(target: &Target, stop: &Stop) -> Result<String> {
    let tried = AtomicU32::new(0);
    let saw = attackers(4, stop, |_| {
        let n = tried.fetch_add(1, Ordering::Relaxed);
        // Each address has ten tries at once.
        let client = target.client([203, 0, 113, u8::try_from(n / 9 % 250).unwrap_or_default()]);
        if n >= TRIES {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Ok(client
            .call("POST", "/api/v1/returns", None, &json!({ "code": code(n) }), "")?
            .status)
    });
    Ok(format!("{} tries: {saw}", tried.load(Ordering::Relaxed)))
}

/// Returns a well-formed code that was never issued, different for each number. Without its check symbol the server would
/// refuse it before counting it.
fn code(n: u32) -> String {
    const SYMBOLS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let times_x = |v: u8| if v & 16 == 0 { v << 1 } else { (v << 1 ^ 0b10_0101) & 31 };
    let mut values: Vec<u8> = (0..8).map(|place| n.rotate_right(5 * place).to_le_bytes()[0] & 31).collect();
    values.push(values.iter().fold(0, |sum, value| times_x(sum ^ value)));
    values.iter().map(|value| char::from(SYMBOLS[usize::from(*value)])).collect()
}

/// Checks that a resident can resume with a code after the attack has used up the limit of all addresses together.
fn holds(target: &Target) -> Result<()> {
    std::thread::sleep(std::time::Duration::from_secs(4));
    let draft = Draft::begin(honest::client(target))?;
    let made = draft
        .call("POST", "return-codes", &Value::Null, "")?
        .json()
        .context("making a resume code")?;
    let code = made["code"].as_str().context("the response has no code")?.to_owned();
    let other_device = honest::client(target);
    let answer = other_device.call("POST", "/api/v1/returns", None, &json!({ "code": code }), "")?;
    ensure!(
        answer.status == 200,
        "a resident's own code was answered with {}: {}",
        answer.status,
        answer.text()
    );
    Ok(())
}

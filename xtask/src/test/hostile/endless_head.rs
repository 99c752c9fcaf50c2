//! A form with files in which the head of a part never ends. A parser that keeps the head and searches it again with each
//! piece needs unbounded memory and processor time.

use std::time::Duration;

use anyhow::Result;

use super::honest::{self, Draft};
use super::{Attack, Stop, Target, attackers, nothing_more};

pub const ATTACK: Attack = Attack {
    name: "Heads of parts without an end",
    config: "",
    standard_error: "",
    play,
    honest: honest::save_and_read,
    check_meanwhile: nothing_more,
};

fn play(target: &Target, stop: &Stop) -> Result<String> {
    let draft = Draft::begin(target.client([203, 0, 113, 5]))?;
    let headers = format!(
        "Cookie: draft={}\r\nContent-Type: multipart/form-data; boundary=edge\r\n",
        draft.token
    );
    let mut form = b"--edge\r\nContent-Disposition: form-data; name=\"".to_vec();
    form.resize(32_000_000, b'a');
    Ok(attackers(4, stop, |_| {
        let answer = draft
            .client
            .paced("POST", "/complaint/evidence", &headers, &form, 16_000, Duration::ZERO)?;
        Ok(answer.status)
    }))
}

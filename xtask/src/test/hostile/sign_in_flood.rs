//! A hundred sign-ins at once, from many addresses: each takes a slow hash, and sending a complaint takes one too.

use anyhow::Result;
use serde_json::json;

use super::honest::{self, Case};
use super::{Attack, Stop, Target, attackers, nothing_more};

pub const ATTACK: Attack = Attack {
    name: "A hundred sign-ins at once",
    config: "",
    standard_error: "",
    play,
    honest: honest::send,
    check_meanwhile: nothing_more,
};

fn play(target: &Target, stop: &Stop) -> Result<String> {
    let reference = Case::sent(target)?.reference;
    let wrong = json!({"reference": reference, "access_code": "0000-0000-0000"});
    Ok(attackers(100, stop, |number| {
        let client = target.client([203, 0, 113, number]);
        let answer = client.call("POST", "/api/v1/sessions", None, &wrong, "")?;
        if answer.status == 429 {
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
        Ok(answer.status)
    }))
}

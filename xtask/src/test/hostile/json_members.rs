//! One JSON object with tens of thousands of members, sent as an answer by a few clients at once.

use std::fmt::Write;

use anyhow::Result;

use super::honest::{self, Draft};
use super::{Attack, Stop, Target, attackers, nothing_more};

/// Enough that comparing each member with all before it takes many seconds.
const MEMBERS: usize = 40_000;

pub const ATTACK: Attack = Attack {
    name: "JSON with 40,000 members",
    config: "",
    standard_error: "",
    play,
    honest: honest::save_and_read,
    check_meanwhile: nothing_more,
};

fn play(target: &Target, stop: &Stop) -> Result<String> {
    let draft = Draft::begin(target.client([203, 0, 113, 1]))?;
    let path = format!("/api/v1/drafts/{}/answers/what_happened", draft.id);
    let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {}\r\n", draft.token);
    let mut flat = String::from("{");
    for member in 0..MEMBERS {
        let _ = write!(flat, "\"m{member}\":1,");
    }
    flat.push_str("\"m\":1}");
    Ok(attackers(4, stop, |_| {
        Ok(draft.client.send("PUT", &path, &headers, flat.as_bytes())?.status)
    }))
}

//! Posted forms of a megabyte: the same field forty thousand times, and unknown fields that the page would have to show
//! again.

use anyhow::Result;
use serde_json::{Value, json};

use super::honest::{self, Case, Draft};
use super::{Attack, Stop, Target, attackers, nothing_more};

pub const ATTACK: Attack = Attack {
    name: "Forms with 40,000 fields",
    config: "",
    standard_error: "",
    play,
    honest: honest::save_and_read,
    check_meanwhile: nothing_more,
};

fn play(target: &Target, stop: &Stop) -> Result<String> {
    let case = Case::sent(target)?;
    let details = json!({"reference": case.reference, "access_code": case.access_code});
    let signed_in = case.client.call("POST", "/api/v1/sessions", None, &details, "")?.expect(204)?;
    let session = format!("Cookie: {}\r\n", signed_in.cookie()?);
    let draft = Draft::begin(target.client([203, 0, 113, 2]))?;
    draft.save("role", &json!({"role": "resident"}))?;
    let draft_cookie = format!("Cookie: draft={}\r\n", draft.token);
    let repeated: Vec<u8> = (0..40_000).flat_map(|n| format!("file={n:015}&").into_bytes()).collect();
    let unknown = b"f=v&".repeat(240_000);
    let message = format!("/cases/{}/message", case.reference);
    let saw = attackers(6, stop, |number| {
        let answer = match number % 3 {
            0 => case.client.form(&message, &session, &repeated)?,
            1 => draft.client.form("/complaint/what-happened", &draft_cookie, &unknown)?,
            _ => draft.client.form("/sign-in", "", &unknown)?,
        };
        Ok(answer.status)
    });
    // The draft used in the attack still works.
    draft.call("GET", "", &Value::Null, "").map(|_| saw)
}

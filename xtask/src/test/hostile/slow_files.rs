//! Clients that hold file uploads open and send a byte now and then, beside a resident whose file takes 34 s to arrive.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::honest::{self, Case, Draft};
use super::{Attack, Stop, Target};

/// How many requests are held open.
const HELD: usize = 100;

pub const ATTACK: Attack = Attack {
    name: "Slow files",
    config: "",
    standard_error: "",
    play,
    honest: honest::save_and_read,
    check_meanwhile: holds,
};

fn play(target: &Target, stop: &Stop) -> Result<String> {
    let client = target.client([203, 0, 113, 4]);
    let draft = Draft::begin(client)?;
    let headers = format!(
        "Cookie: draft={}\r\nContent-Type: multipart/form-data; boundary=edge\r\n",
        draft.token
    );
    let mut held = Vec::new();
    for _ in 0..HELD {
        let mut connection = client.open("POST", "/complaint/evidence", &headers, 1_000_000)?;
        connection.write_all(b"--edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\n")?;
        held.push(connection);
    }
    let mut ended = 0;
    while !stop.asked() {
        let before = held.len();
        held.retain_mut(|connection| connection.write_all(b"a").is_ok());
        ended += before - held.len();
        std::thread::sleep(Duration::from_secs(1));
    }
    Ok(format!("{HELD} requests held open, {ended} ended by the server"))
}

/// Sends a message with a file on a connection so slow that it takes longer than any other request may.
fn holds(target: &Target) -> Result<()> {
    let case = Case::sent(target)?;
    let details = json!({"reference": case.reference, "access_code": case.access_code});
    let signed_in = case.client.call("POST", "/api/v1/sessions", None, &details, "")?.expect(204)?;
    let headers = format!(
        "Cookie: {}\r\nAccept: text/html\r\nSec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=edge\r\n",
        signed_in.cookie()?
    );
    let mut form = b"--edge\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nslow\r\n\
        --edge\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nSee the wall.\r\n\
        --edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"wall.txt\"\r\n\r\n"
        .to_vec();
    form.extend(b"The wall is wet.\n".repeat(4_000));
    form.extend(b"\r\n--edge--\r\n");
    let path = format!("/cases/{}/message", case.reference);
    let answer = case.client.paced("POST", &path, &headers, &form, 2_000, Duration::from_secs(1));
    let answer = answer.context("a message with a file on a slow connection")?;
    ensure!(
        answer.status == 303,
        "a message with a file on a slow connection was answered with {}",
        answer.status
    );
    Ok(())
}

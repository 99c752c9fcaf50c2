//! PDFs that are made to keep the reader of encrypted PDFs busy, beside an honest one that only forbids printing.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::honest::{self, Draft};
use super::{Attack, Stop, Target, attackers, nothing_more};

pub const ATTACK: Attack = Attack {
    name: "Prepared PDFs",
    config: "",
    standard_error: "",
    play,
    honest,
    check_meanwhile: nothing_more,
};

/// Makes a PDF in which each object begins with an unterminated string. A reader that repairs broken files reads to the end
/// for each of them.
fn prepared() -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n/Encrypt\n".to_vec();
    bytes.extend(b"1 0 obj(\n".repeat(200_000));
    bytes
}

fn upload(draft: &Draft, file: &[u8]) -> Result<u16> {
    let headers = format!(
        "Authorization: Bearer {}\r\nContent-Type: application/octet-stream\r\nUpload-Length: {}\r\n",
        draft.token,
        file.len()
    );
    Ok(draft.client.send("POST", "/api/v1/uploads", &headers, file)?.status)
}

#[expect(clippy::unnecessary_wraps, reason = "every attack has this signature")]
fn play(target: &Target, stop: &Stop) -> Result<String> {
    let file = prepared();
    Ok(attackers(6, stop, |number| {
        let draft = Draft::begin(target.client([203, 0, 113, number]))?;
        upload(&draft, &file)
    }))
}

fn honest(target: &Target) -> Result<Duration> {
    let letter = std::fs::read("tests/samples/no-printing.pdf").context("cannot read the honest client's PDF")?;
    let draft = Draft::begin(honest::client(target))?;
    let started = Instant::now();
    let status = upload(&draft, &letter)?;
    anyhow::ensure!(status == 201, "the upload of the honest client's PDF was answered with {status}");
    Ok(started.elapsed())
}

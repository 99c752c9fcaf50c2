//! Files for complaints that are never sent, from many addresses. A small limit in the settings replaces a small disk.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Result, ensure};

use super::honest::{self, Draft};
use super::{Attack, Stop, Target, attackers};

pub const ATTACK: Attack = Attack {
    name: "Files that fill the disk",
    config: "[service.evidence]\nfile_bytes = 1_000_000\nrecording_bytes = 1_000_000\n\
        [service.space]\nunsent_bytes = 12_000_000\nunsent_bytes_per_address = 3_000_000\nunsent_bytes_per_network = 3_000_000\n",
    standard_error: "",
    play,
    honest: honest::save_and_read,
    check_meanwhile: holds,
};

/// The limit for all unsent files together, in bytes.
const MOST: u64 = 12_000_000;

/// Returns a file of `size` bytes that looks like a photo.
fn photo(size: usize) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec();
    bytes.resize(size, 7);
    bytes
}

#[expect(clippy::unnecessary_wraps, reason = "every attack has this signature")]
fn play(target: &Target, stop: &Stop) -> Result<String> {
    let (tried, file) = (AtomicU32::new(0), photo(900_000));
    Ok(attackers(4, stop, |_| {
        let n = tried.fetch_add(1, Ordering::Relaxed);
        let client = target.client([203, 0, 113, u8::try_from(n % 250).unwrap_or_default()]);
        let draft = Draft::begin(client)?;
        let headers = format!(
            "Authorization: Bearer {}\r\nContent-Type: application/octet-stream\r\nUpload-Length: {}\r\n",
            draft.token,
            file.len()
        );
        Ok(client.send("POST", "/api/v1/uploads", &headers, &file)?.status)
    }))
}

/// Checks that the files stay within the limit, after a few seconds of the attack.
fn holds(target: &Target) -> Result<()> {
    std::thread::sleep(std::time::Duration::from_secs(3));
    let mut taken = 0;
    for file in std::fs::read_dir(target.server.data().join("files"))? {
        // A file that was just refused may be gone.
        taken += file?.metadata().map_or(0, |about| about.len());
    }
    // Four files that are being refused may be there in part.
    ensure!(taken <= MOST + 4_000_000, "files of unsent complaints take {taken} bytes");
    ensure!(taken > MOST / 2, "the attack stored only {taken} bytes: too few to reach the limit");
    Ok(())
}

//! Hostile clients: small attacks on a running server, with an honest resident beside them.
//!
//! Each attack has a module and one line in [`ATTACKS`]. Attacks are bounded in number and time, so that the stage takes
//! minutes. It needs only a compiled server: no root, no load tool, no browser. For each attack three things must hold:
//!
//! 1. The honest request takes at most [`RATIO`] times as long beside the attack as alone, by the median of several samples. Times are
//!    compared within one run only, because a busy machine slows both.
//! 2. The server's memory returns to within [`MEMORY_SLACK_KB`] of its size before the attack.
//! 3. After the attack a resident can still save, send, sign in and get an email.

mod client;
mod closed_log;
mod endless_head;
mod full_disk;
mod half_heads;
mod honest;
mod json_members;
mod measure;
mod prepared_pdfs;
mod random_codes;
mod repeated_fields;
mod sign_in_flood;
mod site;
mod slow_files;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::tally::Tally;
use crate::paths::{self, SERVER};
use crate::server::{self, Server};
use crate::step::plain;
use client::Client;
use measure::{median, settled};

/// How many times as long an honest request may take beside an attack.
const RATIO: u32 = 5;

/// Shorter times than this are noise: the ratio is taken to at least this.
const FLOOR: Duration = Duration::from_millis(20);

/// How many honest requests are timed, alone and beside the attack.
const SAMPLES: usize = 9;

/// How long honest requests are timed beside an attack, at most.
const BESIDE: Duration = Duration::from_secs(12);

/// How much more memory the server may keep after an attack, in KB.
const MEMORY_SLACK_KB: u64 = 32 * 1024;

/// How long the server may take to release memory.
const REST: Duration = Duration::from_secs(8);

/// The configuration of every attacked server, with the default rate limits. Each request names its client's address in a
/// header, as a proxy would.
const CONFIG: &str = "trusted_proxies = [\"127.0.0.1\"]\n";

/// Only warnings and errors are logged, so that the end of the log explains a failure.
const LOG: &str = "\n[log]\nlevel = \"warn\"\n";

/// One attack.
struct Attack {
    name: &'static str,
    /// More configuration (TOML), after [`CONFIG`].
    config: &'static str,
    /// A bash redirection for the server's standard error; empty for the log file.
    standard_error: &'static str,
    /// Attacks until `stop` is set or the attack is complete. Returns what the attacker saw, for the printed line.
    play: fn(&Target, &Stop) -> Result<String>,
    /// Makes the honest request. Returns the duration of the part that counts.
    honest: fn(&Target) -> Result<Duration>,
    /// An additional condition, checked while the attack still runs.
    check_meanwhile: fn(&Target) -> Result<()>,
}

/// Every attack, in the order they run.
const ATTACKS: &[Attack] = &[
    json_members::ATTACK,
    repeated_fields::ATTACK,
    endless_head::ATTACK,
    slow_files::ATTACK,
    random_codes::ATTACK,
    sign_in_flood::ATTACK,
    full_disk::ATTACK,
    closed_log::ATTACK,
    prepared_pdfs::ATTACK,
    half_heads::ATTACK,
];

/// For attacks without an additional condition.
#[expect(clippy::unnecessary_wraps, reason = "every attack has this signature")]
fn nothing_more(_: &Target) -> Result<()> {
    Ok(())
}

/// Runs `attacker` on `threads` threads, each with its number, until `stop` is set. Returns how many responses of each status
/// there were. Errors are only counted, because an attacker does not care about its responses.
fn attackers(threads: u8, stop: &Stop, attacker: impl Fn(u8) -> Result<u16> + Sync) -> String {
    let answers = Mutex::new(BTreeMap::<String, usize>::new());
    std::thread::scope(|scope| {
        for number in 0..threads {
            let (answers, attacker) = (&answers, &attacker);
            scope.spawn(move || {
                while !stop.asked() {
                    let what = attacker(number).map_or_else(|_| "no response".to_owned(), |status| status.to_string());
                    *answers.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default() += 1;
                }
            });
        }
    });
    let answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    let answers: Vec<String> = answers.iter().map(|(what, times)| format!("{times} x {what}")).collect();
    answers.join(", ")
}

/// The attacked server.
struct Target<'a> {
    server: &'a Server,
    address: SocketAddr,
}

impl Target<'_> {
    /// Returns a client with the given source address.
    fn client(&self, from: impl Into<Ipv4Addr>) -> Client {
        Client::new(self.address, from.into())
    }
}

/// A flag that ends an attack.
#[derive(Default)]
struct Stop(AtomicBool);

impl Stop {
    fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The measurements of one attack.
struct Outcome {
    alone: Duration,
    beside: Duration,
    samples: usize,
    memory_before_kb: u64,
    memory_after_kb: u64,
    attacker_saw: String,
}

impl Outcome {
    fn is_within_ratio(&self) -> bool {
        self.beside <= RATIO * self.alone.max(FLOOR)
    }

    fn gave_memory_back(&self) -> bool {
        self.memory_after_kb <= self.memory_before_kb + MEMORY_SLACK_KB
    }
}

/// Runs every attack against a server of its own.
pub fn check() -> Result<Tally> {
    let server = if let Ok(built) = std::env::var("ONRECORD_SERVER") {
        built
    } else {
        server::build_for_tests()?;
        SERVER.to_owned()
    };
    let site = site::write(&std::path::absolute(paths::kept("hostile-site"))?)?;
    // Part of a name, to run one attack alone.
    let only = std::env::var("ONRECORD_HOSTILE").unwrap_or_default();
    let mut tally = Tally::default();
    for attack in ATTACKS.iter().filter(|attack| attack.name.contains(&only)) {
        let started = Instant::now();
        // Another program on the same processors can spoil a measurement once.
        let outcome = match against_new_server(attack, &server, &site) {
            Ok(outcome) if !outcome.is_within_ratio() || !outcome.gave_memory_back() => {
                println!("  {}; measured again, in case the machine was busy", line(attack, &outcome));
                against_new_server(attack, &server, &site)
            }
            outcome => outcome,
        };
        let held = match &outcome {
            Ok(outcome) => {
                println!("  {} ({})", line(attack, outcome), plain(started.elapsed()));
                outcome.is_within_ratio() && outcome.gave_memory_back()
            }
            Err(error) => {
                println!("  {}: {error:#}", attack.name);
                false
            }
        };
        tally += Tally::from_check(held);
    }
    Ok(tally)
}

fn against_new_server(attack: &Attack, binary: &str, site: &Path) -> Result<Outcome> {
    let config = format!("{CONFIG}{}{LOG}", attack.config);
    let server = if attack.standard_error.is_empty() {
        Server::start_with_site(binary, &config, site)?
    } else {
        let program = redirected(binary, attack.standard_error, site)?;
        Server::start_with_site(&program, &config, site)?
    };
    let outcome = against(attack, &server);
    outcome.with_context(|| format!("the server's log ends:\n{}\n", server.log()))
}

/// Writes a script that becomes the server, with its standard error redirected.
fn redirected(binary: &str, standard_error: &str, folder: &Path) -> Result<String> {
    let (binary, program) = (std::path::absolute(binary)?, folder.join("redirected"));
    let script = format!("#!/bin/bash\nexec {} \"$@\" {standard_error}\n", binary.display());
    std::fs::write(&program, script)?;
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(program.display().to_string())
}

fn against(attack: &Attack, server: &Server) -> Result<Outcome> {
    let address = server
        .url
        .trim_start_matches("http://")
        .parse()
        .context("cannot parse the server's address")?;
    let target = Target { server, address };
    // First requests are slower and fill the server's caches.
    honest::everything_works(&target)?;
    (attack.honest)(&target)?;
    let alone = (0..SAMPLES).map(|_| (attack.honest)(&target)).collect::<Result<Vec<_>>>()?;
    let memory_before_kb = measure::memory_kb(server.process_id())?;

    let stop = Stop::default();
    let (beside, attacker_saw) = std::thread::scope(|scope| {
        let playing = scope.spawn(|| (attack.play)(&target, &stop));
        // The attack is under way before the first honest request.
        std::thread::sleep(Duration::from_millis(500));
        let beside = beside(attack, &target);
        let holds = (attack.check_meanwhile)(&target).context("during the attack");
        stop.0.store(true, Ordering::Relaxed);
        let saw = playing.join().map_err(|_| anyhow::anyhow!("the attack panicked"))?;
        holds?;
        anyhow::Ok((beside?, saw?))
    })?;
    let memory_after_kb = settled(server.process_id(), memory_before_kb + MEMORY_SLACK_KB, REST)?;
    honest::everything_works(&target).context("after the attack")?;
    Ok(Outcome {
        alone: median(alone),
        samples: beside.len(),
        beside: median(beside),
        memory_before_kb,
        memory_after_kb,
        attacker_saw,
    })
}

fn beside(attack: &Attack, target: &Target) -> Result<Vec<Duration>> {
    let started = Instant::now();
    let mut times = Vec::new();
    while times.len() < SAMPLES && (times.is_empty() || started.elapsed() < BESIDE) {
        times.push((attack.honest)(target).context("an honest request during the attack")?);
    }
    ensure!(!times.is_empty(), "no honest request was answered");
    Ok(times)
}

fn line(attack: &Attack, outcome: &Outcome) -> String {
    let ms = |time: Duration| time.as_millis();
    let ok = |held: bool| if held { "" } else { " (TOO MUCH)" };
    format!(
        "{}: honest request {} ms alone, {} ms beside ({} samples){}; memory {} MB before, {} MB after{}; attacker: {}",
        attack.name,
        ms(outcome.alone),
        ms(outcome.beside),
        outcome.samples,
        ok(outcome.is_within_ratio()),
        outcome.memory_before_kb / 1024,
        outcome.memory_after_kb / 1024,
        ok(outcome.gave_memory_back()),
        outcome.attacker_saw,
    )
}

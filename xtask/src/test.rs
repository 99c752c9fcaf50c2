//! `cargo xtask test`: runs every check, the quick ones first, and stops at the first stage that fails.

mod browser;
mod contract;
mod hostile;
mod licences;
mod prose;
mod rules;
mod sizes;
mod source;
mod tally;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::step::plain;
use tally::Tally;

/// A stage of the tests. `check` counts what passed and failed; an error means it could not finish, and counts as one
/// failure.
struct Stage {
    name: &'static str,
    check: fn() -> Result<Tally>,
}

const STAGES: [Stage; 13] = [
    Stage {
        name: "Formatting",
        check: source::formatting,
    },
    Stage {
        name: "Prose",
        check: prose::check,
    },
    Stage {
        name: "Licences of the dependencies",
        check: licences::check,
    },
    Stage {
        name: "Lints, server",
        check: source::lints_server,
    },
    Stage {
        name: "Lints, browser",
        check: source::lints_browser,
    },
    Stage {
        name: "Lints, xtask",
        check: source::lints_xtask,
    },
    Stage {
        name: "Tests of rules, records, services and HTTP",
        check: source::tests,
    },
    Stage {
        name: "The rules in Wasm",
        check: rules::check,
    },
    Stage {
        name: "Tests of xtask",
        check: source::tests_xtask,
    },
    Stage {
        name: "Sizes of what the browser downloads",
        check: sizes::check,
    },
    Stage {
        name: "The REST contract, fuzzed",
        check: contract::check,
    },
    Stage {
        name: "Hostile clients",
        check: hostile::check,
    },
    Stage {
        name: "End-to-end tests in a browser",
        check: browser::check,
    },
];

/// Runs the stages with `word` in their names, and ends with the line `N passed, N failed`. A stage that cannot finish counts
/// as failed.
pub fn test(word: &str) -> Result<ExitCode> {
    let word = word.to_lowercase();
    let stages: Vec<&Stage> = STAGES.iter().filter(|stage| stage.name.to_lowercase().contains(&word)).collect();
    ensure!(!stages.is_empty(), "no stage has {word:?} in its name");
    Ok(run(&stages))
}

/// Runs the checks that are quick enough for every change: formatting, prose, lints, and tests without a database or a browser.
pub fn check() -> ExitCode {
    let unit = Stage {
        name: "Unit tests",
        check: source::unit_tests,
    };
    let quick = STAGES.iter().take_while(|stage| !stage.name.starts_with("Tests"));
    run(&quick.chain([&unit]).collect::<Vec<_>>())
}

fn run(stages: &[&Stage]) -> ExitCode {
    let mut total = Tally::default();
    let mut times: Vec<(&str, Duration)> = Vec::new();
    for (number, stage) in stages.iter().enumerate() {
        println!("\n== {} of {}: {}", number + 1, stages.len(), stage.name);
        let started = Instant::now();
        let tally = (stage.check)().unwrap_or_else(|error| {
            println!("{error:#}");
            Tally { passed: 0, failed: 1 }
        });
        times.push((stage.name, started.elapsed()));
        total += tally;
        println!("== {}: {}, {}", stage.name, tally, plain(started.elapsed()));
        if tally.failed > 0 {
            let left = stages.len() - number - 1;
            println!("\n{} failed. {left} later stages were not run.", stage.name);
            break;
        }
    }
    println!("\nTime");
    for (name, took) in &times {
        println!("  {:>12}  {name}", plain(*took));
    }
    println!("  {:>12}  in all\n", plain(times.iter().map(|(_, took)| *took).sum()));
    println!("{total}");
    if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

//! Prints a line for each step: what it does, and how long it took.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Result;

/// Prints the step's name, runs it, and prints how long it took. The step's own output comes in between.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("- {what}");
    // A child process writes to the same terminal, so this line must be flushed before the child starts.
    std::io::stdout().flush()?;
    let started = Instant::now();
    let outcome = work();
    let took = plain(started.elapsed());
    match &outcome {
        Ok(_) => println!("  {what}: {took}"),
        Err(_) => println!("  {what}: failed after {took}"),
    }
    outcome
}

/// Formats a duration: `0.4 s`, `12 s`, `3 min 05 s`.
pub fn plain(took: Duration) -> String {
    let seconds = took.as_secs();
    match seconds {
        0..=9 => format!("{:.1} s", took.as_secs_f64()),
        10..=59 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_reads_as_a_person_says_it() {
        assert_eq!(plain(Duration::from_millis(440)), "0.4 s");
        assert_eq!(plain(Duration::from_millis(12_900)), "12 s");
        assert_eq!(plain(Duration::from_secs(185)), "3 min 05 s");
    }

    #[test]
    fn a_step_hands_back_what_its_work_did() {
        assert_eq!(step("count", || Ok(3)).unwrap(), 3);
        assert!(step::<()>("fail", || anyhow::bail!("no")).is_err());
    }
}

//! Measures times and memory.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Returns the median of several times, or zero if there are none.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Returns the resident memory of a process, in KB.
pub fn memory_kb(process: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).context("the server is gone")?;
    resident_kb(&status).context("the process status has no VmRSS")
}

/// Waits until a process uses at most `bound` KB, or `patience` is over. Returns its memory then.
pub fn settled(process: u32, bound: u64, patience: Duration) -> Result<u64> {
    let started = Instant::now();
    loop {
        let held = memory_kb(process)?;
        if held <= bound || started.elapsed() > patience {
            return Ok(held);
        }
        std::thread::sleep(Duration::from_millis(250));
    }
}

fn resident_kb(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        let ms = Duration::from_millis;
        assert_eq!(median(vec![ms(900), ms(1), ms(3)]), ms(3));
        assert_eq!(median(Vec::new()), Duration::ZERO);
    }

    #[test]
    fn resident_memory_is_read() {
        assert_eq!(resident_kb("Name:\tonrecord\nVmRSS:\t  142336 kB\nThreads:\t9\n"), Some(142_336));
        assert_eq!(resident_kb("Name:\tonrecord\n"), None);
    }
}

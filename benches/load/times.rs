//! Durations of many calls.

use std::time::Duration;

use crate::Gathered;

#[derive(Default)]
pub struct Times(Vec<Duration>);

impl Gathered for Times {
    fn take_in(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }
}

impl Times {
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Returns members of a JSON object: the count, the rate per second, and the median and 99th percentile in milliseconds.
    pub fn json(&mut self, took: Duration) -> String {
        self.0.sort_unstable();
        let within = |percent: usize| {
            let last = self.0.len().saturating_sub(1);
            let place = (self.0.len() * percent / 100).min(last);
            self.0.get(place).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        };
        let count = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        format!(
            r#""count":{count},"per_second":{:.1},"p50_ms":{:.3},"p99_ms":{:.3}"#,
            f64::from(count) / took.as_secs_f64(),
            within(50),
            within(99),
        )
    }
}

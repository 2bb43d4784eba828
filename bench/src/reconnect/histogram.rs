use std::{collections::BTreeMap, fmt};

/// How many came in each second, counted from the first.
pub(super) struct Histogram {
    seconds: BTreeMap<u64, usize>,
    count: usize,
    /// How many came in the fullest second, wherever that begins.
    peak: usize,
    /// From the first to the last, in seconds; at least one.
    window: f64,
}

impl Histogram {
    /// Of times in milliseconds.
    pub(super) fn of(mut times: Vec<u64>) -> Self {
        times.sort_unstable();
        let first = times.first().copied().unwrap_or_default();
        let last = times.last().copied().unwrap_or_default();
        let mut seconds = BTreeMap::new();
        for time in &times {
            *seconds.entry((time - first) / 1000).or_default() += 1;
        }
        Self { seconds, count: times.len(), peak: peak(&times), window: ((last - first) as f64 / 1000.0).max(1.0) }
    }

    /// How much fuller the fullest second is than the average.
    pub(super) fn ratio(&self) -> f64 {
        self.peak as f64 / self.average()
    }

    /// Per second.
    fn average(&self) -> f64 {
        self.count as f64 / self.window
    }
}

/// The most of these that are within a second; they are in order.
fn peak(times: &[u64]) -> usize {
    let within = |(index, start): (usize, &u64)| times[index..].partition_point(|time| *time < start + 1000);
    times.iter().enumerate().map(within).max().unwrap_or_default()
}

impl fmt::Display for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Characters of the longest bar.
        const WIDTH: usize = 60;
        let (last, peak) = (self.seconds.keys().last().copied().unwrap_or_default(), self.peak.max(1));
        for second in 0..=last {
            let count = self.seconds.get(&second).copied().unwrap_or_default();
            writeln!(f, "{second:>4} s {count:>5} {}", "#".repeat(count * WIDTH / peak))?;
        }
        write!(
            f,
            "{} in {:.1} s: {:.1} a second, {} in the fullest: {:.2}",
            self.count,
            self.window,
            self.average(),
            self.peak,
            self.ratio()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Histogram;

    #[test]
    fn the_fullest_second_may_begin_anywhere() {
        let crowd = (0..50).map(|step| 900 + step * 4); // across the edge of two seconds
        let spread = (0..50).map(|step| step * 200);
        let histogram = Histogram::of(crowd.chain(spread).collect());
        assert_eq!(histogram.peak, 55);
        assert!((histogram.ratio() - 55.0 / (100.0 / 9.8)).abs() < 1e-9, "{histogram}");
    }

    #[test]
    fn what_is_even_is_as_full_everywhere() {
        let histogram = Histogram::of((0..1000).map(|step| step * 10).collect());
        assert!((0.99..1.01).contains(&histogram.ratio()), "{histogram}");
    }
}

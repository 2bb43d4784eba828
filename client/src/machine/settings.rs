use std::{fmt, sync::Arc, time::Duration};

use irori::CloseInfo;

use crate::callback::Callback;

/// What an app can choose (PROTOCOL.md, section 7).
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) enabled: bool,
    /// `None`: without end.
    pub(crate) max_retries: Option<u32>,
    pub(crate) min_delay: Duration,
    pub(crate) max_delay: Duration,
    pub(crate) growth: f64,
    pub(crate) jitter: bool,
    pub(crate) stable_after: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) queue: usize,
    pub(crate) should_reconnect: ShouldReconnect,
}

/// Decides whether an end is followed by another try.
pub(crate) type ShouldReconnect = Arc<dyn Callback<CloseInfo, bool>>;

impl Settings {
    /// This part, of 0 to 1, of the longest wait before try `tries`, the first of which is 0.
    pub(crate) fn delay(&self, tries: u32, part: f64) -> Duration {
        let exponent = i32::try_from(tries).unwrap_or(i32::MAX);
        let grown = self.min_delay.as_secs_f64() * self.growth.powi(exponent);
        // What cannot be said as a duration is beyond every limit. `NaN` is no growth.
        let most = Duration::try_from_secs_f64(grown).map_or(self.max_delay, |delay| delay.min(self.max_delay));
        most.mul_f64(part.clamp(0.0, 1.0))
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: true,
            max_retries: Some(5),
            min_delay: Duration::from_millis(250),
            max_delay: Duration::from_secs(30),
            growth: 2.0,
            jitter: true,
            stable_after: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(10),
            queue: 128,
            should_reconnect: Arc::new(is_passing),
        }
    }
}

/// Whether an end may be of short duration: all but 1000, and the codes of an app, 4000-4999, which mean it.
fn is_passing(info: &CloseInfo) -> bool {
    !matches!(info.code.as_u16(), 1000 | 4000..=4999)
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("enabled", &self.enabled)
            .field("max_retries", &self.max_retries)
            .field("min_delay", &self.min_delay)
            .field("max_delay", &self.max_delay)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_up_to_their_limit() {
        let settings = Settings::default();
        let most = |tries| settings.delay(tries, 1.0).as_millis();
        assert_eq!([0, 1, 2, 6, 7, u32::MAX].map(most), [250, 500, 1000, 16_000, 30_000, 30_000]);
        assert_eq!(settings.delay(3, 0.25), Duration::from_millis(500));
        let settings = Settings { growth: f64::NAN, ..settings };
        assert_eq!(settings.delay(1, 1.0), Duration::from_secs(30));
    }
}

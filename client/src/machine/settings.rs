use std::time::Duration;

/// What an app can choose (PROTOCOL.md, section 7).
#[derive(Clone, Debug)]
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
}

impl Settings {
    /// The wait before try `tries`, the first of which is 0, for a client at this `place`, of 0 to 1.
    ///
    /// Each try has a slot, as long as the longest wait before it, and the slots lie one behind the other. A client is at
    /// the same place in each: so those that a server lost at once are spread over the whole of every slot, and stay so. With
    /// a place that is drawn anew each time they would gather, since who waited for less is back at the start of the next.
    pub(crate) fn delay(&self, tries: u32, place: f64) -> Duration {
        let place = place.clamp(0.0, 1.0);
        let before = tries.checked_sub(1).map_or(Duration::ZERO, |before| self.longest(before));
        self.limited(before.as_secs_f64() * (1.0 - place) + self.longest(tries).as_secs_f64() * place)
    }

    fn longest(&self, tries: u32) -> Duration {
        let exponent = i32::try_from(tries).unwrap_or(i32::MAX);
        self.limited(self.min_delay.as_secs_f64() * self.growth.powi(exponent))
    }

    /// What cannot be said as a duration, such as `NaN`, is beyond every limit.
    fn limited(&self, secs: f64) -> Duration {
        Duration::try_from_secs_f64(secs).map_or(self.max_delay, |delay| delay.min(self.max_delay))
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
        }
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
        let settings = Settings { growth: f64::NAN, ..settings };
        assert_eq!(settings.delay(1, 1.0), Duration::from_secs(30));
        let settings = Settings { growth: 1e30, max_delay: Duration::MAX, ..settings };
        assert_eq!(settings.delay(9, 0.5), Duration::MAX);
    }

    #[test]
    fn a_place_is_the_same_in_each_slot() {
        let settings = Settings::default();
        let at = |place: f64| {
            let mut at = Duration::ZERO;
            [0, 1, 2, 3].map(|tries| {
                at += settings.delay(tries, place);
                at.as_millis()
            })
        };
        assert_eq!(at(0.0), [0, 250, 750, 1750], "the start of each");
        assert_eq!(at(0.5), [125, 500, 1250, 2750], "the middle of each");
        assert_eq!(at(1.0), [250, 750, 1750, 3750], "the end of each");
    }
}

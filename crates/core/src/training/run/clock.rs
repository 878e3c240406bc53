//! The time a run has worked, and how long its rounds take.

/// Longest time between two looks that counts, seconds: a machine that slept did not train.
const LONGEST_GAP: f64 = 30.0;
/// Weight of the newest round in the mean.
const NEWEST: f64 = 0.3;

/// Seconds worked so far.
#[derive(Clone, Debug)]
pub struct Clock {
    seconds: f64,
    /// Milliseconds at the last look.
    seen: Option<f64>,
    /// Seconds a round takes, once known.
    round: Option<f64>,
    /// Seconds at the last mark.
    marked: f64,
}

impl Clock {
    /// A clock that goes on from so many seconds.
    pub fn new(seconds: f64) -> Clock {
        Clock { seconds, seen: None, round: None, marked: seconds }
    }

    /// Looks at the time; what has passed counts if the run `worked`.
    pub fn tick(&mut self, now: f64, worked: bool) {
        let passed = self.seen.map_or(0.0, |seen| (now - seen) / 1000.0);
        if worked {
            self.seconds += passed.clamp(0.0, LONGEST_GAP);
        }
        self.seen = Some(now);
    }

    /// Remembers the present reading.
    pub fn mark(&mut self) {
        self.marked = self.seconds;
    }

    /// Goes back to the reading that was marked last.
    pub fn back(&mut self) {
        self.seconds = self.marked;
    }

    /// Learns how long a round took, seconds.
    pub fn learn(&mut self, seconds: f64) {
        let seconds = seconds.clamp(0.0, LONGEST_GAP);
        self.round = Some(self.round.map_or(seconds, |round| round + NEWEST * (seconds - round)));
    }

    /// Seconds worked.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Seconds a round takes; `None` before the first is done.
    pub fn round(&self) -> Option<f64> {
        self.round
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_counts_while_the_run_works_and_a_long_gap_as_half_a_minute() {
        let mut clock = Clock::new(5.0);
        let mut look = |now: f64, worked: bool| {
            clock.tick(now, worked);
            clock.seconds()
        };
        assert_eq!(look(7000.0, true), 5.0, "nothing is known of before the first look");
        assert_eq!([look(9000.0, true), look(12_000.0, false), look(12_500.0, true)], [7.0, 7.0, 7.5]);
        assert_eq!([look(42_500.0, true), look(100_000.0, true)], [37.5, 67.5]);
        assert_eq!([look(90_000.0, true), look(91_000.0, true)], [67.5, 68.5], "no clock goes back");
    }

    #[test]
    fn what_was_worked_since_the_mark_can_be_taken_back() {
        let mut clock = Clock::new(5.0);
        clock.tick(0.0, true);
        clock.tick(1000.0, true);
        clock.back();
        assert_eq!(clock.seconds(), 5.0, "a clock begins with a mark");
        clock.tick(3000.0, true);
        clock.mark();
        clock.tick(4000.0, true);
        clock.back();
        assert_eq!(clock.seconds(), 7.0);
    }

    #[test]
    fn a_round_takes_what_the_first_took_and_later_ones_move_it_by_three_tenths() {
        let mut clock = Clock::new(0.0);
        assert_eq!(clock.round(), None);
        let mut learn = |seconds: f64| {
            clock.learn(seconds);
            clock.round().unwrap()
        };
        for (seconds, round) in [(10.0, 10.0), (20.0, 13.0), (3.0, 10.0), (1000.0, 16.0), (-1.0, 11.2)] {
            let found = learn(seconds);
            assert!((found - round).abs() < 1e-9, "{found} after {seconds}");
        }
    }
}

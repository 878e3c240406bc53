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

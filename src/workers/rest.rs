//! Rest: a frame that nobody sees takes no processor time, and goes on where it was when it is seen again.
//!
//! `www/start.js` watches whether an embed is in view and marks the document; this is how both programs of the page read
//! the mark. Each worker is told by whoever started it, and what is timed is timed by a clock that stands still meanwhile,
//! so that nobody takes a worker at rest for dead, and no run loses seconds of its budget.

#[cfg(target_arch = "wasm32")]
mod window;
#[cfg(target_arch = "wasm32")]
pub use window::{CHANGED, is_on, now};

/// A clock that stands still during rests. All times are milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clock {
    /// Time of all rests that are over.
    lost: f64,
    /// When the present rest began.
    since: Option<f64>,
}

impl Clock {
    /// A rest begins or ends now; nothing changes if it already has.
    pub fn turn(&mut self, resting: bool, now: f64) {
        match (resting, self.since) {
            (true, None) => self.since = Some(now),
            (false, Some(since)) => {
                self.lost += now - since;
                self.since = None;
            }
            _ => {}
        }
    }

    /// What it shows at this time.
    pub fn read(&self, now: f64) -> f64 {
        self.since.unwrap_or(now) - self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_takes_no_time() {
        let mut clock = Clock::default();
        assert_eq!(clock.read(5.0), 5.0);
        clock.turn(false, 7.0);
        clock.turn(true, 10.0);
        assert_eq!((clock.read(10.0), clock.read(500.0)), (10.0, 10.0));
        clock.turn(true, 600.0);
        clock.turn(false, 1000.0);
        assert_eq!((clock.read(1000.0), clock.read(1003.0)), (10.0, 13.0));
        clock.turn(true, 1003.0);
        clock.turn(false, 1004.0);
        assert_eq!(clock.read(1010.0), 19.0);
    }
}

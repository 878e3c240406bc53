//! Rest: a frame that nobody sees takes no processor time, and goes on where it was when it is seen again.
//!
//! `www/start.js` watches whether an embed is in view and marks the document; this is how both programs of the page read
//! the mark. Each worker is told by whoever started it, and what is timed is timed by a clock that stands still meanwhile,
//! so that nobody takes a worker at rest for dead, and no run loses seconds of its budget. A page that its browser freezes,
//! behind other tabs or for the way back to it, rests as well.

#[cfg(target_arch = "wasm32")]
mod window;
#[cfg(target_arch = "wasm32")]
pub use window::{CHANGED, is_on, lose, now};

/// How late a timer comes at most while the page runs, milliseconds: in view, and in a hidden tab, where browsers let
/// timers run once a minute. A later one tells that the page itself stood still, as when the machine slept.
const LATE: [f64; 2] = [2000.0, 65_000.0];
/// Time that workers get after that to show life, milliseconds: they stood still too.
const GRACE: f64 = 5000.0;

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

    /// A timer came so much too late. What a page that stood still would have done meanwhile nobody can be blamed for,
    /// so the clock goes back to shortly before the timer was due.
    pub fn lose(&mut self, late: f64, hidden: bool) {
        if late > LATE[usize::from(hidden)] {
            self.lost += late + GRACE;
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

    /// F28: a page that was frozen for ten minutes calls no worker hung.
    #[test]
    fn time_in_which_the_page_stood_still_is_nobodys() {
        let mut clock = Clock::default();
        let due = clock.read(1000.0) + 60_000.0;
        clock.lose(clock.read(61_500.0) - due, false);
        clock.lose(clock.read(120_000.0) - due, true);
        assert_eq!(clock.read(61_500.0), 61_500.0, "a timer may come a little late");
        clock.lose(clock.read(661_000.0) - due, true);
        assert_eq!(clock.read(661_000.0), due - GRACE);
        assert_eq!(clock.read(667_000.0), due + 1000.0, "who is silent after that is lost");
    }

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

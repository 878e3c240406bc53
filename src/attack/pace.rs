//! When to send the newest attack while a control is being dragged.
//!
//! Every new attack replaces the one under way, so sending at every movement would let none finish and the picture
//! would stand still until the hand rests. A short attack is therefore allowed to finish first.

use foolproof_core::protocol::Ticket;

/// How long a running attack may hold the next one back, in milliseconds.
const PATIENCE: f64 = 150.0;

/// What is under way and whether something waits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    running: Option<(Ticket, f64)>,
    waiting: bool,
}

/// When to send a newer attack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Advice {
    /// Send it.
    Send,
    /// Ask again in this many milliseconds, unless the running one ends before.
    Wait(f64),
}

impl Pace {
    /// There is something new to attack.
    pub fn wish(&mut self, now: f64) -> Advice {
        match self.running {
            Some((_, since)) if now < since + PATIENCE => {
                self.waiting = true;
                Advice::Wait(since + PATIENCE - now)
            }
            _ => Advice::Send,
        }
    }

    /// An attack was sent.
    pub fn sent(&mut self, ticket: Ticket, now: f64) {
        *self = Pace { running: Some((ticket, now)), waiting: false };
    }

    /// An attack has ended, in whatever way; whether the one that waits should be sent now.
    pub fn ended(&mut self, ticket: Ticket) -> bool {
        if self.running.is_some_and(|(running, _)| running == ticket) {
            self.running = None;
            return std::mem::take(&mut self.waiting);
        }
        false
    }

    /// The time of an earlier [`Advice::Wait`] has come; whether to send.
    pub fn due(&mut self, now: f64) -> bool {
        self.waiting && self.wish(now) == Advice::Send
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_attack_finishes_before_the_next_is_sent() {
        let mut pace = Pace::default();
        assert_eq!(pace.wish(0.0), Advice::Send);
        pace.sent(Ticket(1), 0.0);
        assert_eq!(pace.wish(16.0), Advice::Wait(134.0));
        assert_eq!(pace.wish(32.0), Advice::Wait(118.0));
        assert!(pace.ended(Ticket(1)), "the newest wish goes out at once");
        assert_eq!(pace.wish(60.0), Advice::Send);
        pace.sent(Ticket(2), 60.0);
        assert!(!pace.ended(Ticket(2)), "nothing waits");
    }

    #[test]
    fn a_long_attack_is_replaced() {
        let mut pace = Pace::default();
        pace.sent(Ticket(1), 0.0);
        assert_eq!(pace.wish(100.0), Advice::Wait(50.0));
        assert!(!pace.due(149.0));
        assert!(pace.due(150.0));
        pace.sent(Ticket(2), 150.0);
        assert!(!pace.ended(Ticket(1)), "the end of a replaced attack starts nothing");
        assert!(!pace.due(1000.0), "nothing waits any more");
        assert_eq!(pace.wish(1000.0), Advice::Send);
    }
}

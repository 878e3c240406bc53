//! One worker's place in the pool: what it is at, and when it was last heard.

use super::{SILENCE, share::Share};
use foolproof_core::protocol::Ticket;

/// A worker, running or not.
pub struct Slot {
    /// What it is at.
    pub phase: Phase,
    /// When it was last heard of, or given something to do.
    pub heard: f64,
    /// How often it failed before it could work.
    pub failures: u32,
}

/// What a worker is at.
pub enum Phase {
    /// Not running.
    Off,
    /// Its program loads.
    Starting,
    /// It has so many models still to take in.
    Loading(usize),
    /// It waits.
    Idle,
    /// It evaluates.
    Working {
        /// On these inputs.
        share: Share,
        /// Under this ticket.
        ticket: Ticket,
        /// So much of it is done, 0 to 1.
        part: f64,
    },
}

impl Slot {
    /// A worker that is being started.
    pub fn new(now: f64) -> Slot {
        Slot { phase: Phase::Starting, heard: now, failures: 0 }
    }

    /// The worker is being started again.
    pub fn restart(&mut self, now: f64) {
        (self.phase, self.heard) = (Phase::Starting, now);
    }

    /// Whether it does not run.
    pub fn is_off(&self) -> bool {
        matches!(self.phase, Phase::Off)
    }

    /// When its silence has been too long.
    pub fn due(&self) -> Option<f64> {
        (!matches!(self.phase, Phase::Off | Phase::Idle)).then_some(self.heard + SILENCE)
    }
}

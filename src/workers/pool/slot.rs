//! One worker's place in the pool: its life, its task, and the models that it has.

use super::Task;
use foolproof_core::protocol::Ticket;
use std::{collections::BTreeMap, rc::Rc};

/// Longest silence of a worker that should be at work, milliseconds. A busy one shows life each second.
pub const SILENCE: f64 = 60_000.0;

/// A worker, running or not.
#[derive(Default)]
pub struct Slot {
    /// Where its life is.
    pub phase: Phase,
    /// When it was last heard of, or given something to do.
    pub heard: f64,
    /// How often it died without being at work since it was last done with a task.
    pub failures: u32,
    /// What it is to do.
    pub task: Option<Task>,
    /// How often it died at work on that.
    pub deaths: u32,
    /// Weights of the models that it was sent, by id.
    pub models: BTreeMap<String, Rc<[u8]>>,
}

/// Where a worker's life is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Phase {
    /// It does not run, and is started when it is given a task.
    #[default]
    Off,
    /// Its program loads.
    Starting,
    /// It waits for a task.
    Idle,
    /// It was sent its task.
    Working {
        /// Under this ticket.
        ticket: Ticket,
        /// So many models it has still to take in before.
        models: usize,
    },
    /// It cannot be kept alive.
    GivenUp,
}

impl Slot {
    /// Whether it runs.
    pub fn runs(&self) -> bool {
        !matches!(self.phase, Phase::Off | Phase::GivenUp)
    }

    /// Whether it is at work on its task: it is up, and has the models.
    pub fn is_at_work(&self) -> bool {
        matches!(self.phase, Phase::Working { models: 0, .. })
    }

    /// Whether it works under this ticket.
    pub fn has(&self, ticket: Ticket) -> bool {
        matches!(self.phase, Phase::Working { ticket: own, .. } if own == ticket)
    }

    /// A model came in.
    pub fn took_model(&mut self) {
        if let Phase::Working { models, .. } = &mut self.phase {
            *models = models.saturating_sub(1);
        }
    }

    /// It waits again, and its task is over.
    pub fn rest(&mut self) {
        (self.phase, self.task, self.deaths) = (Phase::Idle, None, 0);
    }

    /// It no longer runs; its models are gone with it.
    pub fn dies(&mut self) {
        if self.is_at_work() {
            self.deaths += 1;
        } else {
            self.failures += 1;
        }
        self.phase = Phase::Off;
        self.models.clear();
    }

    /// When its silence will have been too long.
    pub fn due(&self) -> Option<f64> {
        (self.runs() && self.phase != Phase::Idle).then_some(self.heard + SILENCE)
    }
}

//! One engine as the supervisor knows it: how far it is, how it did, how long it has been silent.

use crate::i18n::tr;
use foolproof_core::{
    defence::bare,
    protocol::{EngineKind, ParityCheck, Ticket},
};
use std::collections::BTreeMap;

/// Longest silence of a busy engine, in milliseconds; it posts a heartbeat every second.
const SILENCE: f64 = 10_000.0;
/// The same while it tests or measures itself, and until a GPU's first job is done: it compiles its shaders first.
const LONG_SILENCE: f64 = 60_000.0;
/// Longest time to load and start, in milliseconds: enough for the GPU engine over a line of 25 kB/s.
const LOADING: f64 = 180_000.0;
/// Second thoughts before a silence counts: after a laptop's sleep, the timer may come before the messages.
const GRACE: f64 = 2000.0;
/// Times an engine is started again.
const RESTARTS: u32 = 3;
/// Wait before the first, second and third new start, in milliseconds.
const WAITS: [f64; 3] = [0.0, 1000.0, 4000.0];

/// How far an engine is.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Not started.
    Off,
    /// The page looks for a GPU.
    Probing,
    /// To be started at this time.
    Waiting(f64),
    /// Started at this time, not yet ready.
    Loading(f64),
    /// Takes jobs.
    Up,
    /// Never to be started again, for the reason in this sentence.
    Retired(String),
}

/// A task that the supervisor gives for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// The comparison with the CPU.
    SelfTest,
    /// The measurement of speed.
    Measure,
}

/// Milliseconds a PGD step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    /// On one input.
    pub single: f64,
    /// On sixteen inputs.
    pub batch: f64,
}

/// One engine.
pub struct Slot {
    /// How far it is.
    pub phase: Phase,
    /// What it calls itself.
    pub name: String,
    /// The self-test's result for each model.
    pub parity: BTreeMap<String, ParityCheck>,
    /// Whether it has models that no self-test has seen.
    pub untested: bool,
    /// How fast it is here.
    pub speed: Option<Speed>,
    /// Whether it was measured, or cannot be.
    pub measured: bool,
    /// The task under way.
    pub task: Option<(Task, Ticket)>,
    /// Times it died.
    pub failures: u32,
    /// Why it last did.
    pub last_failure: Option<String>,
    kind: EngineKind,
    ever_up: bool,
    proven: bool,
    /// Whether its file is still being built.
    pub being_built: bool,
    heard: f64,
    suspected: Option<f64>,
}

impl Slot {
    /// An engine that is not started.
    pub fn new(kind: EngineKind) -> Slot {
        let name = match kind {
            EngineKind::Cpu => tr("WebAssembly SIMD, 1 thread"),
            EngineKind::Gpu => "WebGPU",
        };
        Slot {
            phase: Phase::Off,
            name: name.to_string(),
            parity: BTreeMap::new(),
            untested: false,
            speed: None,
            measured: false,
            task: None,
            failures: 0,
            last_failure: None,
            kind,
            ever_up: false,
            proven: false,
            being_built: false,
            heard: 0.0,
            suspected: None,
        }
    }

    /// Whether it takes jobs.
    pub fn up(&self) -> bool {
        self.phase == Phase::Up
    }

    /// Whether it will never take jobs again.
    pub fn retired(&self) -> bool {
        matches!(self.phase, Phase::Retired(_))
    }

    /// Whether it ever took jobs.
    pub fn was_up(&self) -> bool {
        self.ever_up
    }

    /// Whether the self-test passed on every one of these models. What stands before a network has none of its own.
    pub fn passed(&self, models: &[String]) -> bool {
        models.iter().all(|model| self.parity.get(bare(model)).is_some_and(|check| check.passed))
    }

    /// Its worker is started.
    pub fn load(&mut self, now: f64) {
        self.phase = Phase::Loading(now);
        self.suspected = None;
    }

    /// It is ready.
    pub fn rise(&mut self, name: String) {
        self.phase = Phase::Up;
        self.name = name;
        self.ever_up = true;
        self.proven = false;
        self.being_built = false;
    }

    /// Its file is still being built, so its time to load begins anew.
    pub fn wait_for_build(&mut self, now: f64) {
        if matches!(self.phase, Phase::Loading(_)) {
            self.load(now);
            self.being_built = true;
        }
    }

    /// It showed that it lives, or has something to do only from now on.
    pub fn hear(&mut self, now: f64) {
        self.heard = now;
        self.suspected = None;
    }

    /// It finished something, so its shaders are there and its silences short.
    pub fn prove(&mut self) {
        self.proven = true;
    }

    /// It is ended on purpose, which is no failure.
    pub fn end(&mut self, next: Phase) {
        self.phase = next;
        self.forget();
    }

    /// It was given a task.
    pub fn begin(&mut self, task: Task, ticket: Ticket) {
        match task {
            Task::SelfTest => self.untested = false,
            Task::Measure => self.measured = true,
        }
        self.task = Some((task, ticket));
    }

    /// The task of this ticket is over.
    pub fn complete(&mut self, ticket: Ticket) -> Option<Task> {
        self.task.take_if(|(_, named)| *named == ticket).map(|(task, _)| task)
    }

    /// Drops the task, to be run again in a quiet hour.
    pub fn drop_task(&mut self) {
        match self.task.take() {
            Some((Task::SelfTest, _)) => self.untested = true,
            Some((Task::Measure, _)) => self.measured = false,
            None => {}
        }
    }

    /// It died. `again` says whether another try makes sense.
    pub fn fail(&mut self, now: f64, why: String, again: bool) {
        self.forget();
        self.failures += 1;
        self.last_failure = Some(why.clone());
        let starts = if self.ever_up { RESTARTS } else { RESTARTS - 1 };
        if !again || self.failures > starts {
            self.phase = Phase::Retired(why);
            return;
        }
        self.phase = Phase::Waiting(now + WAITS[(self.failures as usize - 1).min(WAITS.len() - 1)]);
    }

    /// When its silence or slowness is too long, or its next start is due.
    pub fn due(&self, busy: bool) -> Option<f64> {
        match self.phase {
            Phase::Waiting(until) => Some(until),
            Phase::Loading(since) => Some(self.suspected.map_or(since + LOADING, |since| since + GRACE)),
            Phase::Up if busy => {
                Some(self.suspected.map_or_else(|| self.heard + self.patience(), |since| since + GRACE))
            }
            _ => None,
        }
    }

    /// Whether it must be taken for dead. The first time it is only suspected.
    pub fn silent(&mut self, now: f64, busy: bool) -> bool {
        let watched = matches!(self.phase, Phase::Loading(_)) || (self.up() && busy);
        if !watched || self.due(busy).is_none_or(|due| now < due) {
            return false;
        }
        self.suspected.replace(now).is_some()
    }

    fn patience(&self) -> f64 {
        let quick = self.proven || self.kind == EngineKind::Cpu;
        // A test or a measurement is one piece of work, long on a software renderer.
        if quick && self.task.is_none() { SILENCE } else { LONG_SILENCE }
    }

    /// What holds for one worker only.
    fn forget(&mut self) {
        self.drop_task();
        self.parity.clear();
        self.untested = false;
        self.suspected = None;
    }
}

//! The one worker of the engine that is being timed.

use crate::workers::{
    machine::{self, Machine},
    pool::{Notice, Pool, Task},
    worker_host::WorkerHost,
};
use foolproof_core::protocol::{EngineKind, Request};

/// Deaths of a worker over one piece after which its engine is left out.
const MOST_DEATHS: u32 = 1;

/// A pool whose one worker runs the GPU engine.
pub struct OnGpu(Pool);

impl Machine for OnGpu {
    type Place = usize;
    type Notice = Notice;

    fn engine(_: usize) -> EngineKind {
        EngineKind::Gpu
    }

    fn hear(&mut self, now: f64, input: machine::Input) {
        self.0.hear(now, input);
    }

    fn take(&mut self) -> Vec<machine::Action<Notice>> {
        self.0.take()
    }

    fn due(&self) -> Option<f64> {
        self.0.due()
    }
}

/// The worker of the engine that is being timed.
pub enum Worker {
    /// The CPU engine's.
    Cpu(WorkerHost<Pool>),
    /// The GPU engine's.
    Gpu(WorkerHost<OnGpu>),
}

impl Worker {
    /// Starts it; it is told `first` before all else.
    pub fn start(engine: EngineKind, first: Vec<Request>, heard: impl Fn(Notice) + 'static) -> Worker {
        let pool = Pool::new(1, MOST_DEATHS, first);
        match engine {
            EngineKind::Cpu => Worker::Cpu(WorkerHost::start(|_| pool, heard)),
            EngineKind::Gpu => Worker::Gpu(WorkerHost::start(|_| OnGpu(pool), heard)),
        }
    }

    /// Its engine.
    pub fn engine(&self) -> EngineKind {
        match self {
            Worker::Cpu(_) => EngineKind::Cpu,
            Worker::Gpu(_) => EngineKind::Gpu,
        }
    }

    /// Gives it a task.
    pub fn give(&self, task: Task) {
        match self {
            Worker::Cpu(host) => host.decide(|pool, now| pool.give(now, 0, task)),
            Worker::Gpu(host) => host.decide(|pool, now| pool.0.give(now, 0, task)),
        }
    }
}

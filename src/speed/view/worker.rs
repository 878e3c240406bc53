//! The one worker of the engine that is being timed.

use crate::workers::{
    pool::{Notice, Pool, Task},
    worker_host::WorkerHost,
};
use foolproof_core::protocol::{EngineKind, Request};

/// Deaths of a worker over one piece after which its engine is left out.
const MOST_DEATHS: u32 = 1;

/// The worker of the engine that is being timed.
pub struct Worker {
    engine: EngineKind,
    /// Where only the place of that engine gets work, so that no other worker is started.
    pool: WorkerHost<Pool>,
}

impl Worker {
    /// A worker that is told `first` before all else.
    pub fn start(engine: EngineKind, first: Vec<Request>, heard: impl Fn(Notice) + 'static) -> Worker {
        Worker { engine, pool: WorkerHost::start(|_| Pool::new(1, MOST_DEATHS, first).with_gpu(), heard) }
    }

    /// Its engine.
    pub fn engine(&self) -> EngineKind {
        self.engine
    }

    /// Gives it a task.
    pub fn give(&self, task: Task) {
        let own = |pool: &Pool| if self.engine == EngineKind::Gpu { pool.gpu() } else { Some(0) };
        self.pool.decide(|pool, now| own(pool).into_iter().for_each(|place| pool.give(now, place, task.clone())));
    }
}

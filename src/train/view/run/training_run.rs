//! A run under way: its state machine, its workers, and what it needs beside them. It says what the workers are to do and
//! takes in what they tell; `rounds` has it done and shows it.

use super::examination::Examined;
use crate::{
    train::{engine::TrainingEngine, request::Points},
    workers::{
        evaluation::Evaluation,
        pool::{Model, Pool, Task, Work},
        worker_host::WorkerHost,
    },
};
use foolproof_core::{
    manifest::Dataset,
    protocol::{EngineKind, Fault, Inputs, Learner, Lesson, TrainingJob},
    training::{Answer, Choice, Ending, Order, Run},
};
use std::rc::Rc;

/// Training time between two checkpoints, seconds.
const EVERY: f64 = 5.0;

/// What a run is about.
pub struct RunContext {
    /// What the points are, if it is not images.
    pub points: Option<Points>,
    /// The dataset.
    pub data: Dataset,
    /// The model it began with; `None` for random weights.
    pub before: Option<Model>,
    /// Id of that model, or `random`.
    pub from: String,
    /// Name that the new model is to have.
    pub name: String,
    /// Radius that it is to hold.
    pub eps: f32,
    /// The link that asked for it.
    pub fragment: String,
    /// The first of the test split, for the scoreboard.
    pub tests: Inputs,
    /// The strip's pictures, and after them the held-out ones.
    pub watched: Inputs,
    /// When the run was asked for, milliseconds.
    pub asked: f64,
}

/// What is called when training is over, or cannot go on.
pub type Over = Rc<dyn Fn(Result<Ending, Fault>)>;

/// A run, owned by the state of the Train page from its start until its result is kept. Its workers end with it.
pub struct TrainingRun {
    /// What it is about.
    pub context: RunContext,
    /// How it goes on.
    pub run: Run,
    /// Which engine trains.
    pub engine: TrainingEngine,
    /// Who trains; nobody once training is over.
    pub workers: Option<WorkerHost<Pool>>,
    /// Who makes the scoreboard after that.
    pub scorers: Option<WorkerHost<Evaluation>>,
    /// Called once, when training is over.
    pub over: Over,
    /// What the present examination has seen.
    pub seen: Examined,
    /// When the curve was last shown, milliseconds.
    pub shown: f64,
    /// Bytes of the last checkpoint: room for the next one.
    pub saved: usize,
    /// Names the order under way.
    tag: u64,
    /// Training time at the last checkpoint, seconds.
    kept: f64,
}

/// What is to be done next.
pub enum Next {
    /// These tasks, each by the worker of this place; none while others are under way, or the run rests.
    Work(Vec<(usize, Task)>),
    /// Training is over.
    Over(Ending),
    /// It cannot go on.
    Failed(Fault),
}

fn training(job: Box<TrainingJob>) -> Task {
    Task { models: Vec::new(), work: Work::Train(job) }
}

impl TrainingRun {
    /// A run whose workers wait.
    pub fn new(
        context: RunContext,
        run: Run,
        engine: TrainingEngine,
        workers: WorkerHost<Pool>,
        over: Over,
    ) -> TrainingRun {
        let kept = run.progress().seconds;
        let (seen, workers) = (Examined::default(), Some(workers));
        TrainingRun { context, run, engine, workers, scorers: None, over, seen, shown: 0.0, saved: 0, tag: 0, kept }
    }

    /// What is to be done next.
    pub fn next(&mut self, now: f64) -> Next {
        if self.engine.is_in_trial() {
            let order = self.engine.order().map(|(kind, job)| (self.place(kind, &job), training(job)));
            return Next::Work(order.into_iter().collect());
        }
        let orders = self.run.next(now);
        match (self.run.fault(), self.run.ending()) {
            (Some(fault), _) => return Next::Failed(fault.clone()),
            (None, Some(ending)) => return Next::Over(ending),
            (None, None) => {}
        }
        let mut tasks = Vec::new();
        for order in orders {
            match order {
                Order::Round { tag, job } => {
                    self.tag = tag;
                    tasks.push((self.place(self.engine.kind(), &job), training(job)));
                }
                Order::Examine { tag, weights } => {
                    self.tag = tag;
                    self.seen = Examined::default();
                    let (settings, workers) = (&self.run.checkpoint().settings, self.engine.workers());
                    match super::examination::tasks(settings, workers, &weights, &self.context.watched) {
                        Ok(all) => tasks.extend(all),
                        Err(fault) => return Next::Failed(fault),
                    }
                }
            }
        }
        Next::Work(tasks)
    }

    /// Who does a job of training on this engine: the last place of the pool has the GPU.
    fn place(&self, kind: EngineKind, job: &TrainingJob) -> usize {
        match kind {
            EngineKind::Cpu => job.round.replica as usize,
            EngineKind::Gpu => self.engine.workers(),
        }
    }

    /// Takes in what the worker of this place did for the trial; what that told, once it is over.
    pub fn tried(&mut self, place: usize, learner: Learner, lesson: Lesson, now: f64) -> Option<Choice> {
        let kind = if place == self.engine.workers() { EngineKind::Gpu } else { EngineKind::Cpu };
        let choice = self.engine.hear(kind, learner, lesson)?;
        if choice.engine == EngineKind::Cpu {
            self.dismiss_gpu();
        }
        self.run.reseat(self.engine.seats(), now);
        Some(choice)
    }

    /// The GPU cannot train, or not any more: CPU workers go on from the last round.
    pub fn lose_gpu(&mut self, why: &str, now: f64) {
        self.engine.lose_gpu(why);
        self.dismiss_gpu();
        self.run.reseat(self.engine.seats(), now);
    }

    fn dismiss_gpu(&self) {
        if let Some(workers) = &self.workers {
            workers.decide(|pool, _| pool.gpu().into_iter().for_each(|place| pool.dismiss(place)));
        }
    }

    /// Takes in what came of the order under way.
    pub fn hear(&mut self, now: f64, answer: Answer) {
        self.run.hear(self.tag, answer, now);
    }

    /// Whether a checkpoint is to be written now, as the last one is a while ago.
    pub fn is_due(&mut self) -> bool {
        let seconds = self.run.checkpoint().seconds;
        let due = self.lasts() && seconds - self.kept >= EVERY;
        if due {
            self.kept = seconds;
        }
        due
    }

    /// Whether it outlives the page: one on points is begun again sooner than it is found.
    pub fn lasts(&self) -> bool {
        self.context.points.is_none()
    }
}

//! Which engine trains: a trial of both by the run's own recipe, before its first step. Both learn from the same pictures,
//! so that a GPU which learns something else is found out, and then are timed.

use super::settings::Settings;
use crate::protocol::{EngineKind, Learner, Lesson, Round, TrainingJob};

/// Steps of the rounds that compare and warm up, of which there are two, and of the one that is timed beside them.
const SHORT: u32 = 2;
const LONG: u32 = 10;
/// Milliseconds of a short round from which on it is timed itself.
const SLOW: f64 = 2000.0;
/// How much faster a GPU has to be, since a moment's figure is not a minute's.
const FASTER: f64 = 1.3;
/// What a further worker adds to the speed of one: two made 1.72 times as much as one.
const EACH: f64 = 0.86;
/// Largest distance between what both engines learn, as a share of it.
const TOLERANCE: f64 = 1e-2;
/// Seconds of a round on a GPU, whose learner goes to and fro each time.
const ROUND: f64 = 1.5;

/// A trial under way.
#[derive(Clone, Debug)]
pub struct EngineTrial {
    job: TrainingJob,
    /// Workers that a run on the CPU has.
    replicas: u32,
    /// Whether the faster one is to be found, or the GPU was asked for by name.
    timed: bool,
    cpu: Side,
    gpu: Side,
}

/// What an engine has done.
#[derive(Clone, Debug, Default)]
struct Side {
    /// What it learnt first: the mean of the gradients, as the optimiser remembers it.
    learnt: Option<Vec<f32>>,
    short: Vec<Lesson>,
    long: Option<Lesson>,
}

/// What came of a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The engine that trains.
    pub engine: EngineKind,
    /// Why.
    pub why: Why,
    /// Batches of a round on a GPU.
    pub round: u32,
}

/// Why an engine trains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// It was asked for.
    Asked,
    /// The GPU does not learn what the CPU learns.
    Apart,
    /// It trains faster: images a second on CPU and GPU.
    Measured {
        /// On the CPU, with all workers of the run.
        cpu: f64,
        /// On the GPU.
        gpu: f64,
    },
}

impl EngineTrial {
    /// A trial for a run that begins with this learner; `timed` unless the GPU was asked for.
    pub fn new(settings: &Settings, learner: Learner, timed: bool) -> EngineTrial {
        let Settings { architecture, pictures, recipe, replicas, .. } = settings;
        let mut recipe = recipe.clone();
        recipe.batch *= replicas;
        // In the middle of a run rate and radius are what they are most of the time.
        let round = Round { replica: 0, replicas: 1, first: 0, steps: SHORT, from: 0.5, to: 0.5 };
        let (architecture, pictures) = (architecture.clone(), pictures.clone());
        let job = TrainingJob { architecture, pictures, recipe, round, learner };
        EngineTrial { job, replicas: *replicas, timed, cpu: Side::default(), gpu: Side::default() }
    }

    /// What an engine is to do next; `None` once it is known who trains.
    pub fn next(&self) -> Option<(EngineKind, Box<TrainingJob>)> {
        if self.are_apart() {
            return None;
        }
        let sides = [(EngineKind::Cpu, &self.cpu), (EngineKind::Gpu, &self.gpu)];
        let (engine, steps) = sides.into_iter().find_map(|(engine, side)| Some((engine, side.steps(self.timed)?)))?;
        let round = Round { steps, ..self.job.round };
        Some((engine, Box::new(TrainingJob { round, ..self.job.clone() })))
    }

    /// Takes in what an engine did.
    pub fn hear(&mut self, engine: EngineKind, learner: Learner, lesson: Lesson) {
        let timed = self.timed;
        let side = match engine {
            EngineKind::Cpu => &mut self.cpu,
            EngineKind::Gpu => &mut self.gpu,
        };
        if side.steps(timed) == Some(LONG) {
            side.long = Some(lesson);
        } else {
            side.short.push(lesson);
            side.learnt.get_or_insert_with(|| learner.moments.into_iter().next().unwrap_or_default());
        }
    }

    /// Who trains, and why.
    pub fn choice(&self) -> Choice {
        let (cpu, gpu) = (self.cpu.speed(), self.gpu.speed());
        let cpu = cpu * (EACH * f64::from(self.replicas)).max(1.0);
        let round = (ROUND * gpu / f64::from(self.job.recipe.batch)).clamp(1.0, 1000.0) as u32;
        let (engine, why) = match (self.are_apart(), self.timed) {
            (true, _) => (EngineKind::Cpu, Why::Apart),
            (false, false) => (EngineKind::Gpu, Why::Asked),
            (false, true) if gpu >= FASTER * cpu => (EngineKind::Gpu, Why::Measured { cpu, gpu }),
            (false, true) => (EngineKind::Cpu, Why::Measured { cpu, gpu }),
        };
        Choice { engine, why, round }
    }

    /// Whether both have learnt, and not the same.
    fn are_apart(&self) -> bool {
        let (Some(cpu), Some(gpu)) = (&self.cpu.learnt, &self.gpu.learnt) else { return false };
        let length = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>().sqrt();
        let apart = length(&mut cpu.iter().zip(gpu).map(|(cpu, gpu)| f64::from(*cpu) - f64::from(*gpu)));
        let all = length(&mut cpu.iter().map(|value| f64::from(*value)));
        cpu.len() != gpu.len() || apart.is_nan() || apart > TOLERANCE * all
    }
}

impl Side {
    /// Steps of its next round, if there is one.
    fn steps(&self, timed: bool) -> Option<u32> {
        let quick = || self.short.last().is_some_and(|lesson| lesson.millis < SLOW);
        match self.short.len() {
            0..2 => Some(SHORT),
            _ => (timed && self.long.is_none() && quick()).then_some(LONG),
        }
    }

    /// Images a second: of the long round beside the short one, in which nothing was new any more, or of that alone.
    fn speed(&self) -> f64 {
        let Some(short) = self.short.last() else { return 0.0 };
        let (images, millis) = match &self.long {
            Some(long) => (long.images.saturating_sub(short.images), long.millis - short.millis),
            None => (short.images, short.millis),
        };
        1000.0 * images as f64 / millis.max(1e-3)
    }
}

#[cfg(test)]
mod tests;

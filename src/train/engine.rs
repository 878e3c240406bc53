//! Who trains a run, and why. Where there is a GPU, a trial before the first round decides.

use crate::i18n::{tr, tr_with};
use foolproof_core::{
    protocol::{EngineKind, Learner, Lesson, TrainingJob},
    training::{Choice, EngineTrial, Seats, Settings, Why},
};

/// The engine of a run.
#[derive(Clone, Debug)]
pub struct TrainingEngine {
    /// Who trains on the CPU.
    workers: Seats,
    /// The GPU's name; empty if none is in question.
    gpu: String,
    /// Whether somebody would ask why it trains.
    asked: bool,
    /// What a choice would hold for.
    pub like: ChosenFor,
    state: State,
}

#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one a run")]
enum State {
    /// Both are tried; whether an answer is awaited.
    Trial(EngineTrial, bool),
    /// One trains, for this reason.
    Chosen(EngineKind, String, Seats),
}

/// What a choice holds for: runs of one kind are as fast on either engine.
#[derive(Clone, Debug, PartialEq)]
pub struct ChosenFor(String);

impl ChosenFor {
    /// Runs like that of these settings.
    pub fn like(settings: &Settings) -> ChosenFor {
        let Settings { architecture, recipe, replicas, .. } = settings;
        let (layers, knobs) = (&architecture.layers, &recipe.knobs);
        ChosenFor(format!("{layers:?} {} {knobs:?} {} {replicas} {:?}", recipe.method, recipe.batch, recipe.norm))
    }
}

impl TrainingEngine {
    /// CPU workers, for this reason.
    pub fn cpu(settings: &Settings, reason: String) -> TrainingEngine {
        let workers = settings.seats();
        let state = State::Chosen(EngineKind::Cpu, reason, workers);
        TrainingEngine { workers, gpu: String::new(), asked: false, like: ChosenFor::like(settings), state }
    }

    /// The same where a GPU was asked for.
    pub fn refused(settings: &Settings, reason: String) -> TrainingEngine {
        TrainingEngine { asked: true, ..TrainingEngine::cpu(settings, reason) }
    }

    /// What a trial will tell of a run that begins with this learner; `timed` unless the GPU was asked for.
    pub fn tried(settings: &Settings, learner: Learner, gpu: String, timed: bool) -> TrainingEngine {
        let state = State::Trial(EngineTrial::new(settings, learner, timed), false);
        TrainingEngine { gpu, asked: true, state, ..TrainingEngine::cpu(settings, String::new()) }
    }

    /// What an earlier trial told.
    pub fn known(settings: &Settings, gpu: String, choice: &Choice) -> TrainingEngine {
        let mut engine = TrainingEngine { gpu, asked: true, ..TrainingEngine::cpu(settings, String::new()) };
        engine.choose(choice);
        engine
    }

    /// Whether the trial goes on.
    pub fn is_in_trial(&self) -> bool {
        matches!(self.state, State::Trial(..))
    }

    /// What an engine is to do for the trial; none while it does, and once the trial is over.
    pub fn order(&mut self) -> Option<(EngineKind, Box<TrainingJob>)> {
        let State::Trial(trial, waits @ false) = &mut self.state else { return None };
        let next = trial.next();
        *waits = next.is_some();
        next
    }

    /// Takes in what an engine did for the trial; what it told, once it is over.
    pub fn hear(&mut self, engine: EngineKind, learner: Learner, lesson: Lesson) -> Option<Choice> {
        let State::Trial(trial, waits) = &mut self.state else { return None };
        *waits = false;
        trial.hear(engine, learner, lesson);
        let choice = trial.next().is_none().then(|| trial.choice())?;
        self.choose(&choice);
        Some(choice)
    }

    /// The GPU cannot train, or not any more.
    pub fn lose_gpu(&mut self, why: &str) {
        let reason = tr_with("The CPU trains, as the GPU could not go on: {0}.", &[&why.trim_end_matches('.')]);
        self.state = State::Chosen(EngineKind::Cpu, reason, self.workers);
    }

    fn choose(&mut self, choice: &Choice) {
        let (images, gpu) = (|speed: f64| format!("{:.0}", 10.0 * (speed / 10.0).round()), &self.gpu);
        let reason = match (choice.why, choice.engine) {
            (Why::Asked, _) => tr_with("The GPU trains, because it was chosen: {0}.", &[gpu]),
            (Why::Apart, _) => tr("The CPU trains, as the GPU did not learn the same in a trial.").to_owned(),
            (Why::Measured { cpu, gpu: own }, EngineKind::Gpu) => tr_with(
                "The GPU trains ({0}): {1} inputs a second in a trial, and {2} on the CPU.",
                &[gpu, &images(own), &images(cpu)],
            ),
            (Why::Measured { cpu, gpu: own }, EngineKind::Cpu) => tr_with(
                "The CPU trains: {0} inputs a second in a trial, and {1} on the GPU ({2}).",
                &[&images(cpu), &images(own), gpu],
            ),
        };
        let seats = match choice.engine {
            EngineKind::Cpu => self.workers,
            // As many inputs a step as all workers take together.
            EngineKind::Gpu => {
                Seats { replicas: 1, batch: self.workers.batch * self.workers.replicas, round: choice.round }
            }
        };
        self.state = State::Chosen(choice.engine, reason, seats);
    }

    /// Who trains, as the run's settings have it.
    pub fn seats(&self) -> Seats {
        match &self.state {
            State::Trial(..) => self.workers,
            State::Chosen(_, _, seats) => *seats,
        }
    }

    /// Workers on the CPU, which also examine.
    pub fn workers(&self) -> usize {
        self.workers.replicas as usize
    }

    /// Which engine trains.
    pub fn kind(&self) -> EngineKind {
        match &self.state {
            State::Trial(..) => EngineKind::Cpu,
            State::Chosen(kind, ..) => *kind,
        }
    }

    /// The GPU that trains.
    pub fn gpu(&self) -> Option<&str> {
        (self.kind() == EngineKind::Gpu).then_some(&self.gpu)
    }

    /// Why, in a sentence.
    pub fn reason(&self) -> &str {
        match &self.state {
            State::Trial(..) => tr("GPU and CPU are tried, to see which trains faster."),
            State::Chosen(_, reason, _) => reason,
        }
    }

    /// Whether a worker with a GPU is needed.
    pub fn may_use_gpu(&self) -> bool {
        self.is_in_trial() || self.kind() == EngineKind::Gpu
    }

    /// What is to be said of it: nothing where nobody would have asked.
    pub fn said(&self) -> &str {
        if self.asked { self.reason() } else { "" }
    }
}

#[cfg(test)]
mod tests;

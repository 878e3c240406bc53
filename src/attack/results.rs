//! What the engines have answered. [`Results::apply`] is the only writer of it.

use super::defence::behind;
use crate::link::Settings;
use foolproof_core::defence::bare;
use foolproof_core::protocol::{AttackJob, AttackSpec, Event, Fault, Outcome, Prediction, Sample, Ticket};
use std::{collections::BTreeMap, sync::Arc};

/// The attack that does nothing.
const NONE: &str = "none";

/// The newest attack and what is known of it, and the last pictures to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results {
    /// The newest attack.
    pub run: Option<Run>,
    /// The last outcome of each model, by its bare id, with the job that it belongs to, which may be an older one.
    pub shown: BTreeMap<String, Shown>,
    /// The newest search for the smallest radius.
    search: Option<(Ticket, Arc<AttackJob>)>,
    /// Smallest radius that fools each model, `None` for one that held up to the largest tried.
    pub marks: BTreeMap<String, Option<f32>>,
}

/// An attack that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its ticket.
    pub ticket: Ticket,
    /// What was sent.
    pub job: Arc<AttackJob>,
    /// The settings it came from.
    pub settings: Settings,
    /// How it stands.
    pub phase: Phase,
    /// One a model that is done.
    pub outcomes: Vec<Arc<Outcome>>,
    /// Steps done and in all, of the model under attack.
    pub progress: Option<(u32, u32)>,
}

impl Run {
    /// Whether it is the experiment of a job: the same attack on the same model and input, whatever stands beside.
    pub fn is_of(&self, job: &AttackJob) -> bool {
        let AttackJob { models, inputs, attack, seed, .. } = &*self.job;
        models.first() == job.models.first() && (inputs, attack, seed) == (&job.inputs, &job.attack, &job.seed)
    }
}

/// How an attack stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Sent.
    Running,
    /// Every model is done, after this many milliseconds in the worker.
    Done(f64),
    /// Stopped by the visitor.
    Stopped,
    /// It could not be carried out.
    Failed(Fault),
}

/// A model's outcome with its job.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The job.
    pub job: Arc<AttackJob>,
    /// The outcome.
    pub outcome: Arc<Outcome>,
}

/// How a result stands to what is asked for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// It is the answer.
    Now,
    /// Of the same attack with other numbers, or on another input.
    Before,
    /// Of another attack.
    Another,
}

impl Shown {
    /// The one input's result.
    pub fn sample(&self) -> Option<&Sample> {
        self.outcome.samples.first()
    }

    /// How it stands to the attack that the settings ask for.
    pub fn age(&self, job: Option<&AttackJob>) -> Age {
        let AttackJob { inputs, attack, company, seed, .. } = &*self.job;
        match job {
            Some(job)
                if (inputs, attack, company, seed) == (&job.inputs, &job.attack, &job.company, &job.seed)
                    && behind(&self.job) == behind(job) =>
            {
                Age::Now
            }
            Some(job) if job.attack.id == attack.id => Age::Before,
            _ => Age::Another,
        }
    }

    /// The true class where there is one, the model's own clean answer otherwise.
    pub fn truth(&self) -> Option<u32> {
        let labels = self.job.inputs.labels.as_ref();
        labels.and_then(|labels| labels.first().copied()).or_else(|| self.sample().map(|sample| sample.clean.label))
    }
}

impl Results {
    /// An attack was sent.
    pub fn sent(&mut self, ticket: Ticket, job: Arc<AttackJob>, settings: Settings) {
        self.run = Some(Run { ticket, job, settings, phase: Phase::Running, outcomes: Vec::new(), progress: None });
    }

    /// A search for the smallest radius was sent; marks of another input or attack are gone.
    pub fn searching(&mut self, ticket: Ticket, job: Arc<AttackJob>) {
        self.search = Some((ticket, job));
        self.marks.clear();
    }

    /// What the marks are of, whether they are all there or not.
    pub fn searched(&self) -> Option<&AttackJob> {
        self.search.as_ref().map(|(_, job)| &**job)
    }

    /// Forgets everything: there is nothing to attack.
    pub fn clear(&mut self) {
        *self = Results::default();
    }

    /// Takes an engine's answer. What belongs to a job that was given up changes nothing.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Progress { ticket, done, total, .. } => {
                self.running(ticket, |run| run.progress = Some((done, total)))
            }
            // A job says what stands before its models; what is kept goes by the bare id.
            Event::Seen { ticket, model, clean } => self.seen(ticket, bare(&model).to_owned(), clean),
            Event::Attacked { ticket, outcome } => {
                let model = bare(&outcome.model).to_owned();
                self.attacked(ticket, Arc::new(Outcome { model, ..outcome }));
            }
            Event::Done { ticket, millis } => self.running(ticket, |run| run.phase = Phase::Done(millis)),
            Event::Fault { ticket: Some(ticket), fault } => {
                self.running(ticket, |run| run.phase = Phase::Failed(fault))
            }
            Event::Radius { ticket, model, radius } => {
                if self.search.as_ref().is_some_and(|(newest, _)| *newest == ticket) {
                    self.marks.insert(bare(&model).to_owned(), radius);
                }
            }
            // Which request it answers does not matter: nothing is under way after a stop.
            Event::Stopped { .. } => self.stopped(),
            Event::Fault { ticket: None, .. }
            | Event::Ready { .. }
            | Event::ModelReady { .. }
            | Event::Parity { .. }
            | Event::Measured { .. }
            // What belongs to an evaluation is its page's.
            | Event::Evaluated { .. }
            | Event::Radii { .. }
            | Event::Votes { .. }
            | Event::Trained { .. }
            | Event::Explained { .. } => {}
        }
    }

    /// Every job is stopped.
    pub fn stopped(&mut self) {
        self.search = None;
        if let Some(run) = self.run.as_mut().filter(|run| run.phase == Phase::Running) {
            run.phase = Phase::Stopped;
        }
    }

    fn running(&mut self, ticket: Ticket, change: impl FnOnce(&mut Run)) {
        if let Some(run) = self.run.as_mut().filter(|run| run.ticket == ticket && run.phase == Phase::Running) {
            change(run);
        }
    }

    /// The input as it is, as long as nothing else is known of it: shown as what no attack has touched.
    fn seen(&mut self, ticket: Ticket, model: String, clean: Prediction) {
        let Some(job) = self.run.as_ref().filter(|run| run.ticket == ticket).map(|run| run.job.clone()) else { return };
        let known = |shown: &Shown| shown.job.inputs == job.inputs && behind(&shown.job) == behind(&job);
        if self.shown.get(&model).is_some_and(known) {
            return;
        }
        let attack = AttackSpec { id: NONE.into(), ..job.attack.clone() };
        let label = job.inputs.labels.as_ref().and_then(|labels| labels.first().copied());
        let sample = Sample::untouched(job.inputs.pixels.clone(), label, clean);
        let (samples, queries, millis, step, fooled, draws) = (vec![sample], 1, 0.0, 0.0, None, 1);
        let outcome =
            Outcome { model: model.clone(), samples, queries, millis, step, fooled, draws, detected: Vec::new() };
        let job = Arc::new(AttackJob { attack, ..(*job).clone() });
        self.shown.insert(model, Shown { job, outcome: Arc::new(outcome) });
    }

    fn attacked(&mut self, ticket: Ticket, outcome: Arc<Outcome>) {
        let mut job = None;
        self.running(ticket, |run| {
            // A job that an engine died over is run again, so an outcome may come twice.
            run.outcomes.retain(|known| known.model != outcome.model);
            run.outcomes.push(outcome.clone());
            job = Some(run.job.clone());
        });
        if let Some(job) = job {
            self.shown.insert(outcome.model.clone(), Shown { job, outcome });
        }
    }
}

#[cfg(test)]
mod tests;

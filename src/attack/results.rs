//! What the engines have answered. [`Results::apply`] is the only writer of it.

use crate::link::Settings;
use foolproof_core::protocol::{AttackJob, Event, Fault, Outcome, Sample, Ticket};
use std::{collections::BTreeMap, sync::Arc};

/// The newest attack and what is known of it, and the last pictures to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results {
    /// The newest attack.
    pub run: Option<Run>,
    /// The last outcome of each model, with the job that it belongs to, which may be an older one.
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
            Some(job) if (inputs, attack, company, seed) == (&job.inputs, &job.attack, &job.company, &job.seed) => {
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
            Event::Attacked { ticket, outcome } => self.attacked(ticket, Arc::new(outcome)),
            Event::Done { ticket, millis } => self.running(ticket, |run| run.phase = Phase::Done(millis)),
            Event::Fault { ticket: Some(ticket), fault } => {
                self.running(ticket, |run| run.phase = Phase::Failed(fault))
            }
            Event::Radius { ticket, model, radius } => {
                if self.search.as_ref().is_some_and(|(newest, _)| *newest == ticket) {
                    self.marks.insert(model, radius);
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
mod tests {
    use super::*;
    use crate::fixture::{job, outcome};
    use foolproof_core::protocol::{FaultKind, Target};

    fn running(ticket: u64) -> Results {
        let mut results = Results::default();
        results.sent(Ticket(ticket), Arc::new(job(&["natural", "robust"])), Settings::default());
        results
    }

    #[test]
    fn a_run_is_of_its_experiment_whatever_stands_beside() {
        let run = running(4).run.unwrap();
        assert!(run.is_of(&job(&["natural"])) && run.is_of(&job(&["natural", "other"])));
        let another = |change: fn(&mut AttackJob)| {
            let mut other = job(&["natural", "robust"]);
            change(&mut other);
            other
        };
        for other in [
            job(&["robust", "natural"]),
            another(|job| job.seed += 1),
            another(|job| job.attack.eps *= 2.0),
            another(|job| job.attack.target = Some(Target::Least)),
            another(|job| job.inputs.pixels[0] = 1.0),
        ] {
            assert!(!run.is_of(&other), "{other:?}");
        }
    }

    #[test]
    fn a_result_is_of_now_or_before_or_of_another_attack() {
        let shown = Shown { job: Arc::new(job(&["natural"])), outcome: Arc::new(outcome("natural", 7, 3)) };
        let age = |change: fn(&mut AttackJob)| {
            let mut now = job(&["natural", "robust"]);
            change(&mut now);
            shown.age(Some(&now))
        };
        assert_eq!(age(|_| ()), Age::Now, "models that came meanwhile do not matter");
        assert_eq!(age(|job| job.attack.eps *= 2.0), Age::Before);
        assert_eq!(age(|job| job.inputs.pixels[0] = 1.0), Age::Before);
        assert_eq!(age(|job| job.attack.id = "cw".into()), Age::Another);
        assert_eq!(shown.age(None), Age::Another, "nothing can be asked for yet");
    }

    #[test]
    fn an_attack_is_shown_model_by_model_and_then_done() {
        let mut results = running(4);
        results.apply(Event::Progress { ticket: Ticket(4), model: "natural".into(), done: 8, total: 40 });
        assert_eq!(results.run.as_ref().unwrap().progress, Some((8, 40)));
        results.apply(Event::Attacked { ticket: Ticket(4), outcome: outcome("natural", 7, 3) });
        assert_eq!(results.shown.keys().collect::<Vec<_>>(), ["natural"]);
        results.apply(Event::Attacked { ticket: Ticket(4), outcome: outcome("robust", 7, 7) });
        results.apply(Event::Attacked { ticket: Ticket(4), outcome: outcome("robust", 7, 7) });
        results.apply(Event::Done { ticket: Ticket(4), millis: 80.0 });
        let run = results.run.unwrap();
        assert_eq!((run.phase, run.outcomes.len()), (Phase::Done(80.0), 2));
    }

    #[test]
    fn events_of_an_older_ticket_change_nothing() {
        let mut results = running(4);
        results.sent(Ticket(5), Arc::new(job(&["natural"])), Settings::default());
        let before = results.clone();
        results.apply(Event::Attacked { ticket: Ticket(4), outcome: outcome("natural", 7, 3) });
        results.apply(Event::Progress { ticket: Ticket(4), model: "natural".into(), done: 40, total: 40 });
        results.apply(Event::Done { ticket: Ticket(4), millis: 1.0 });
        results.apply(Event::Fault { ticket: Some(Ticket(4)), fault: Fault::new(FaultKind::Input, "Wrong.") });
        results.apply(Event::Radius { ticket: Ticket(4), model: "natural".into(), radius: Some(0.1) });
        assert_eq!(results, before);
    }

    #[test]
    fn what_was_shown_stays_until_the_next_outcome() {
        let mut results = running(4);
        results.apply(Event::Attacked { ticket: Ticket(4), outcome: outcome("natural", 7, 3) });
        results.sent(Ticket(5), Arc::new(job(&["natural"])), Settings::default());
        assert_eq!(results.shown["natural"].sample().unwrap().adversarial.label, 3);
        results.apply(Event::Attacked { ticket: Ticket(5), outcome: outcome("natural", 7, 8) });
        assert_eq!(results.shown["natural"].sample().unwrap().adversarial.label, 8);
    }

    #[test]
    fn a_stop_ends_what_runs_and_late_outcomes_are_dropped() {
        let mut results = running(4);
        results.apply(Event::Stopped { ticket: Ticket(9) });
        assert_eq!(results.run.as_ref().unwrap().phase, Phase::Stopped);
        results.apply(Event::Attacked { ticket: Ticket(4), outcome: outcome("natural", 7, 3) });
        assert!(results.shown.is_empty());
    }

    #[test]
    fn marks_belong_to_the_newest_search() {
        let mut results = running(4);
        results.searching(Ticket(5), Arc::new(job(&["natural"])));
        results.apply(Event::Radius { ticket: Ticket(5), model: "natural".into(), radius: Some(0.1) });
        assert_eq!(results.marks["natural"], Some(0.1));
        results.searching(Ticket(6), Arc::new(job(&["natural"])));
        assert!(results.marks.is_empty());
        results.apply(Event::Radius { ticket: Ticket(5), model: "natural".into(), radius: Some(0.1) });
        assert!(results.marks.is_empty());
    }

    #[test]
    fn the_truth_of_a_drawing_is_the_models_own_answer() {
        let mut results = running(1);
        results.apply(Event::Attacked { ticket: Ticket(1), outcome: outcome("natural", 5, 3) });
        assert_eq!(results.shown["natural"].truth(), Some(7), "the job has a label");
        let mut drawn = job(&["natural"]);
        drawn.inputs.labels = None;
        results.sent(Ticket(2), Arc::new(drawn), Settings::default());
        results.apply(Event::Attacked { ticket: Ticket(2), outcome: outcome("natural", 5, 3) });
        assert_eq!(results.shown["natural"].truth(), Some(5));
    }
}

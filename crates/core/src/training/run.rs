//! The state machine of a run: what to send next, what each answer changes. It does nothing by itself: the page asks it
//! for the next orders, carries them out, and tells it the answers.

mod clock;
mod messages;
mod round_in_flight;

use super::checkpoint::{Checkpoint, Kept};
use super::curve::Point;
use super::judge::{Ending, Examination, guesses, lost, ruined, verdict};
use super::settings::{Seats, Settings};
use crate::protocol::{Fault, FaultKind, Learner, Lesson, Recipe, TrainingJob};
use clock::Clock;
use round_in_flight::RoundInFlight;

pub use messages::{Answer, Order, Progress};

/// Roll-backs after which a run is given up.
const MOST_FALLS: u32 = 4;
/// Times in a row that a round is sent again before the run is given up.
const MOST_TRIES: u32 = 3;

/// Whether the next round is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    Going,
    /// After one round it pauses.
    OneRound,
    Paused,
}

/// An examination that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Wanted,
    Sent,
}

/// A run.
#[derive(Clone, Debug)]
pub struct Run {
    state: Checkpoint,
    start: Learner,
    hold: Hold,
    round_in_flight: Option<RoundInFlight>,
    due: Option<Due>,
    tag: u64,
    clock: Clock,
    tries: u32,
    fault: Option<Fault>,
}

impl Run {
    /// A run that goes on from a checkpoint: a new one, or one that was kept.
    pub fn new(state: Checkpoint) -> Run {
        let fresh = state.batch == 0 && state.before.is_none() && !state.last().is_empty();
        let due = (state.ending.is_none() && (fresh || state.overdue())).then_some(Due::Wanted);
        let (start, clock) = (state.learner.clone(), Clock::new(state.seconds));
        Run { state, start, hold: Hold::Going, round_in_flight: None, due, tag: 0, clock, tries: 0, fault: None }
    }

    /// All that is to be kept of it.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.state
    }

    /// Why it is over, if it is.
    pub fn ending(&self) -> Option<Ending> {
        self.state.ending
    }

    /// The fault that ended it, if one did.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        let Checkpoint { share, batch, ref settings, .. } = self.state;
        let seconds = self.clock.seconds();
        // The first round also starts engines, so that its pace says nothing of those to come.
        let first = self.state.curve().first().filter(|first| first.batch < batch);
        let by_share = first.filter(|_| share > 0.0).map(|first| {
            let pace = (seconds - first.seconds) / (batch - first.batch) as f64;
            pace * batch as f64 / share * (1.0 - share)
        });
        let by_clock = (settings.budget.seconds > 0.0).then(|| (settings.budget.seconds - seconds).max(0.0));
        let left = match (by_share, by_clock) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => other.or(one),
        };
        let images = self.state.curve().iter().map(|point| point.lesson.images).sum();
        let paused = self.hold == Hold::Paused && !self.working();
        Progress { share, seconds, left, batch, images, paused }
    }

    /// Sends no further round after the one under way.
    pub fn pause(&mut self) {
        self.hold = Hold::Paused;
    }

    /// Goes on.
    pub fn go_on(&mut self) {
        self.hold = Hold::Going;
    }

    /// One round, and then a pause.
    pub fn step(&mut self) {
        self.hold = Hold::OneRound;
    }

    /// Ends it; the model of the last round stays.
    pub fn cancel(&mut self) {
        self.end(Ending::Cancelled);
    }

    /// What is to be sent at `now` (milliseconds of any steady clock): rounds, an examination, or nothing while answers
    /// are awaited, in a pause, and after the end.
    pub fn next(&mut self, now: f64) -> Vec<Order> {
        self.tick(now);
        if self.state.ending.is_some() || self.due == Some(Due::Sent) {
            return Vec::new();
        }
        if self.due == Some(Due::Wanted) {
            self.due = Some(Due::Sent);
            self.tag += 1;
            self.clock.mark();
            return vec![Order::Examine { tag: self.tag, weights: self.state.last().to_vec() }];
        }
        if self.round_in_flight.is_none() && self.hold != Hold::Paused {
            self.round_in_flight = Some(RoundInFlight::plan(&self.state, self.clock.round(), now));
            self.tag += 1;
            self.clock.mark();
            if self.hold == Hold::OneRound {
                self.hold = Hold::Paused;
            }
        }
        self.rounds()
    }

    /// Parts of the round in flight that no worker has.
    fn rounds(&mut self) -> Vec<Order> {
        let (state, tag) = (&self.state, self.tag);
        let Settings { architecture, pictures, recipe, .. } = &state.settings;
        let Some(round_in_flight) = &mut self.round_in_flight else { return Vec::new() };
        let job = |round| {
            Box::new(TrainingJob {
                architecture: architecture.clone(),
                pictures: pictures.clone(),
                recipe: Recipe { rate: recipe.rate * state.rate, ..recipe.clone() },
                round,
                learner: state.learner.clone(),
            })
        };
        round_in_flight.unsent().into_iter().map(|round| Order::Round { tag, job: job(round) }).collect()
    }

    /// Has others train from the last round on: the one under way, if there is one, is begun anew by them.
    pub fn reseat(&mut self, seats: Seats, now: f64) {
        if self.round_in_flight.is_some() {
            self.lost(now);
            self.round_in_flight = None;
        }
        self.state.settings.reseat(seats);
    }

    /// A worker of the order under way was lost, and begins its part anew: what the order took so far was no work.
    pub fn lost(&mut self, now: f64) {
        self.tick(now);
        if self.working() {
            self.clock.back();
            self.state.seconds = self.clock.seconds();
            self.round_in_flight.iter_mut().for_each(|round| round.began = now);
        }
    }

    /// Takes the answer to the order of this tag; one of an order that no longer counts changes nothing.
    pub fn hear(&mut self, tag: u64, answer: Answer, now: f64) {
        self.tick(now);
        if tag != self.tag || self.state.ending.is_some() || !self.working() {
            return;
        }
        match answer {
            Answer::Trained { replica, learner, lesson } => self.trained(replica, learner, lesson, now),
            Answer::Examined(found) if self.due == Some(Due::Sent) => self.examined(found),
            Answer::Examined(_) => (),
            Answer::Failed { replica, fault } => self.failed(replica, fault),
        }
    }

    fn trained(&mut self, replica: u32, learner: Learner, lesson: Lesson, now: f64) {
        let Some(round_in_flight) = &mut self.round_in_flight else { return };
        let Some((learner, lesson)) = round_in_flight.land(replica, learner, lesson) else { return };
        let (began, steps, to) = (round_in_flight.began, round_in_flight.steps, round_in_flight.to);
        self.round_in_flight = None;
        self.tries = 0;
        self.clock.learn((now - began) / 1000.0);
        let state = &mut self.state;
        state.learner = learner;
        state.batch += u64::from(steps);
        state.share = to;
        state.curve.add(Point { batch: state.batch, seconds: state.seconds, lesson, examination: None });
        if state.overdue() {
            self.due = Some(Due::Wanted);
        }
    }

    fn examined(&mut self, found: Examination) {
        self.due = None;
        self.tries = 0;
        let state = &mut self.state;
        if state.batch == 0 {
            state.before = Some(Kept { weights: state.last().to_vec(), batch: 0, examination: found });
            return;
        }
        state.curve.examined(found);
        // Several may have come due at once where rounds are long.
        let all = f64::from(state.settings.examinations.max(1));
        state.examined = (state.examined + 1).max((state.share * all + 1e-9) as u32);
        let best = state.best.as_ref().map(|best| best.examination.robust.value);
        if best.is_none_or(|best| found.robust.value >= best) {
            let (weights, batch) = (state.last().to_vec(), state.batch);
            state.best = Some(Kept { weights, batch, examination: found });
            state.since = 0;
        } else {
            state.since += 1;
        }
        state.safe = Some((state.learner.clone(), state.batch, state.share));
        let before = state.before.as_ref().map_or(0.0, |model| model.examination.robust.value);
        let ending = match lost(&found, before, state.settings.fall) {
            // Nothing on the way was as good as what it began with.
            Some(ending) if state.settings.monitored && best.is_none_or(|best| best < before) => {
                state.best = state.before.clone();
                Some(ending)
            }
            _ if !state.settings.monitored => (state.share >= 1.0).then_some(Ending::Finished),
            _ => verdict(&found, best, state.since, &state.settings, state.share >= 1.0),
        };
        if let Some(ending) = ending {
            let ending = match self.ruined(&found) {
                Some(ruined) => ruined,
                None if ending == Ending::Finished && guesses(&found, self.state.settings.architecture.classes) => {
                    Ending::Stuck { clean: found.clean.value }
                }
                None => ending,
            };
            self.end(ending);
        }
    }

    /// The end of a run whose last model is ruined; the best one is then a model that is not.
    fn ruined(&mut self, found: &Examination) -> Option<Ending> {
        let state = &mut self.state;
        let before = state.before.as_ref().filter(|before| ruined(found, &before.examination))?;
        let start = before.examination;
        if state.best.as_ref().is_none_or(|best| ruined(&best.examination, &start)) {
            state.best = state.before.clone();
        }
        let rate = state.settings.recipe.rate;
        Some(Ending::Ruined { rate, before: start.clean.value, after: found.clean.value })
    }

    fn failed(&mut self, replica: u32, fault: Fault) {
        self.tries += 1;
        match (fault.kind, self.due, &mut self.round_in_flight) {
            (FaultKind::NotFinite, due, _) if due.is_none() || self.state.batch > 0 => {
                (self.round_in_flight, self.due) = (None, None);
                self.state.roll_back(&self.start);
                if self.state.falls > MOST_FALLS {
                    self.end(Ending::Restored);
                }
            }
            (FaultKind::Crash | FaultKind::Gpu, Some(_), _) if self.tries <= MOST_TRIES => self.due = Some(Due::Wanted),
            (FaultKind::Crash | FaultKind::Gpu, None, Some(round_in_flight)) if self.tries <= MOST_TRIES => {
                round_in_flight.lose(replica)
            }
            _ => {
                self.fault = Some(fault);
                self.end(Ending::Cancelled);
            }
        }
    }

    fn end(&mut self, ending: Ending) {
        (self.round_in_flight, self.due) = (None, None);
        self.state.ending = self.state.ending.or(Some(ending));
    }

    /// Whether answers are awaited, or an examination is to be sent.
    fn working(&self) -> bool {
        self.round_in_flight.is_some() || self.due.is_some()
    }

    fn tick(&mut self, now: f64) {
        let counts = self.state.ending.is_none() && (self.working() || self.hold != Hold::Paused);
        self.clock.tick(now, counts);
        self.state.seconds = self.clock.seconds();
    }
}

//! Requests in, events out: the jobs of one worker, without the web.
//!
//! Nothing here computes for long. [`Session::accept`] only notes what is asked; [`Session::advance`] does a small piece
//! of the work at hand and ends with one readback, which on a GPU is also what keeps its queue short.

mod assault;
mod checks;
mod evaluation;
mod explain;
mod models;
mod radius;
mod selftest;
mod timing;
mod training;
mod watches;

use crate::{attacks, defences, detectors, pictures::Pictures, training_methods};
use assault::Assault;
use burn::tensor::Device;
use evaluation::{Crafted, Evaluation};
use explain::Explanation;
use foolproof_core::catalog::Catalog;
use foolproof_core::protocol::{Engine, Event, ExplainJob, Fault, Request, Ticket, VERSION, unpack};
use models::Models;
use radius::Search;
use timing::Timing;
use training::{PictureStore, Training};
use watches::Watches;

/// One worker's models and jobs.
pub struct Session {
    engine: Engine,
    models: Models,
    attack: Option<(Ticket, Assault)>,
    /// A comparison with the CPU, done when no attack waits, and a measurement of speed, done after that.
    self_test: Option<Ticket>,
    timing: Option<(Ticket, Timing)>,
    explanation: Option<(Ticket, Explanation)>,
    radius: Option<(Ticket, Search)>,
    evaluation: Option<(Ticket, Evaluation)>,
    /// What evaluations have crafted for all their inputs, for the next share.
    crafted: Crafted,
    /// Detectors that jobs have fitted, for the next one.
    watches: Watches,
    pictures: PictureStore,
    training: Option<(Ticket, Training)>,
    /// Whether no work is to be done for now.
    resting: bool,
}

impl Session {
    /// A session whose jobs run on `device`; self-tests compare it with the CPU.
    pub fn new(device: Device, engine: Engine) -> Session {
        let (attack, self_test, timing, explanation, radius) = (None, None, None, None, None);
        let (evaluation, training, models, pictures) = (None, None, Models::new(device), PictureStore::new());
        let resting = false;
        Session {
            engine,
            models,
            attack,
            self_test,
            timing,
            explanation,
            radius,
            evaluation,
            crafted: Crafted::default(),
            watches: Watches::default(),
            pictures,
            training,
            resting,
        }
    }

    /// The worker's first message.
    pub fn ready(&self) -> Event {
        let (attacks, methods) = (attacks::cards(), training_methods::cards());
        let catalog = Catalog { attacks, methods, defences: defences::cards(), detectors: detectors::cards() };
        Event::Ready { version: VERSION, engine: self.engine.clone(), catalog }
    }

    /// Whether there is work for [`Session::advance`], and it may be done.
    pub fn busy(&self) -> bool {
        let check = self.self_test.is_some() || self.timing.is_some();
        let now = self.attack.is_some() || check || self.explanation.is_some();
        let later = self.radius.is_some() || self.training.is_some() || self.evaluation.is_some();
        (now || later) && !self.resting
    }

    /// Takes what has come: a request, or why it cannot be read, which is then the answer.
    pub fn answer(&mut self, message: Result<Request, Fault>) -> Vec<Event> {
        message.map_or_else(|fault| vec![Event::Fault { ticket: None, fault }], |request| self.accept(request))
    }

    /// Takes note of a request; answers at once what needs no computing.
    pub fn accept(&mut self, request: Request) -> Vec<Event> {
        match request {
            Request::Model { id, architecture, weights } => match self.models.insert(&id, architecture, weights) {
                Ok(()) => {
                    // What was made for an older model of this id is nothing to the new one.
                    (self.crafted, self.watches) = (Crafted::default(), Watches::default());
                    vec![Event::ModelReady { id }]
                }
                Err(fault) => vec![Event::Fault { ticket: None, fault }],
            },
            Request::Attack { ticket, job } => {
                self.attack = None;
                let checked = self.models.check(&job);
                started(ticket, checked, || self.attack = Some((ticket, Assault::new(job))))
            }
            Request::Explain { ticket, job } => {
                self.explanation = None;
                let asked: Result<ExplainJob, Fault> = unpack(&job);
                let checked = asked.and_then(|asked| self.models.check_question(&asked).map(|()| asked));
                let explanation = checked.map(|asked| self.explanation = Some((ticket, Explanation::new(asked))));
                started(ticket, explanation, || ())
            }
            Request::Radius { ticket, job } => {
                self.radius = None;
                let checked = self.models.check(&job);
                started(ticket, checked, || self.radius = Some((ticket, Search::new(job))))
            }
            Request::Evaluate { ticket, job } => {
                self.evaluation = None;
                let checked = self.models.check_evaluation(&job);
                started(ticket, checked, || self.evaluation = Some((ticket, Evaluation::new(job))))
            }
            Request::SelfTest { ticket } => {
                self.self_test = Some(ticket);
                Vec::new()
            }
            Request::Measure { ticket } => {
                self.timing = Some((ticket, Timing::default()));
                Vec::new()
            }
            Request::Stop { ticket } => {
                (self.attack, self.explanation, self.radius) = (None, None, None);
                (self.evaluation, self.training) = (None, None);
                (self.self_test, self.timing) = (None, None);
                vec![Event::Stopped { ticket }]
            }
            Request::Pictures { id, shape, values, labels } => match Pictures::new(shape, values, labels) {
                Ok(pictures) => {
                    self.pictures.insert(id, pictures);
                    Vec::new()
                }
                Err(fault) => vec![Event::Fault { ticket: None, fault }],
            },
            Request::MorePictures { id, values, labels } => {
                match training::add(&mut self.pictures, &id, &values, &labels) {
                    Ok(()) => Vec::new(),
                    Err(fault) => vec![Event::Fault { ticket: None, fault }],
                }
            }
            Request::Train { ticket, job } => {
                self.training = None;
                let checked = training::check(&job, &self.models, &self.pictures);
                started(ticket, checked, || self.training = Some((ticket, Training::new(job))))
            }
            Request::Rest(resting) => {
                self.resting = resting;
                Vec::new()
            }
            Request::Panic => panic!("asked to panic, to test recovery"),
        }
    }

    /// Does a small piece of the work at hand: an attack first, then checks of the engine, then an explanation, then
    /// the search for the smallest radius, then training, then an evaluation. `now` tells milliseconds.
    pub async fn advance(&mut self, now: impl Fn() -> f64) -> Vec<Event> {
        if let Some((ticket, mut assault)) = self.attack.take() {
            let (events, over) = finish(ticket, assault.advance(ticket, &self.models, &mut self.watches, &now).await);
            self.attack = (!over).then_some((ticket, assault));
            events
        } else if let Some(ticket) = self.self_test.take() {
            vec![selftest::run(ticket, &self.models).await]
        } else if let Some((ticket, mut timing)) = self.timing.take() {
            let (events, over) = finish(ticket, timing.advance(ticket, &self.models, &now).await);
            self.timing = (!over).then_some((ticket, timing));
            events
        } else if let Some((ticket, mut explanation)) = self.explanation.take() {
            let (events, over) = finish(ticket, explanation.advance(ticket, &self.models, &now).await);
            self.explanation = (!over).then_some((ticket, explanation));
            events
        } else if let Some((ticket, mut search)) = self.radius.take() {
            let (events, over) = finish(ticket, search.advance(ticket, &self.models, &now).await);
            self.radius = (!over).then_some((ticket, search));
            events
        } else if let Some((ticket, mut round)) = self.training.take() {
            let piece = round.advance(ticket, &self.models, &self.pictures, &now).await;
            let (events, over) = finish(ticket, piece);
            self.training = (!over).then_some((ticket, round));
            events
        } else if let Some((ticket, mut evaluation)) = self.evaluation.take() {
            let kept = (&mut self.crafted, &mut self.watches);
            let (events, over) = finish(ticket, evaluation.advance(ticket, &self.models, kept, &now).await);
            self.evaluation = (!over).then_some((ticket, evaluation));
            events
        } else {
            Vec::new()
        }
    }
}

/// Starts a job if it can be carried out, else says why not.
fn started(ticket: Ticket, checked: Result<(), Fault>, start: impl FnOnce()) -> Vec<Event> {
    match checked {
        Ok(()) => {
            start();
            Vec::new()
        }
        Err(fault) => vec![Event::Fault { ticket: Some(ticket), fault }],
    }
}

/// The events of one piece of a job, and whether the job is over: done, or failed with a fault.
fn finish(ticket: Ticket, piece: Result<Vec<Event>, Fault>) -> (Vec<Event>, bool) {
    let events = piece.unwrap_or_else(|fault| vec![Event::Fault { ticket: Some(ticket), fault }]);
    let over = matches!(events.last(), Some(Event::Done { .. } | Event::Measured { .. } | Event::Fault { .. }));
    (events, over)
}

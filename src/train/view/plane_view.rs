//! A run on points as a picture: the answers all over the box and an attack on every point, found by a worker of its
//! own, so that the run need not wait for its picture.

use crate::i18n::tr_with;
use crate::{
    link::Remark,
    train::{
        plane_picture::{Frame, Mark},
        request::{Points, TrainingRequest, inputs},
    },
    workers::{
        pool::{Model, Notice, Pool, Task, Work, not_kept_alive},
        worker_host::WorkerHost,
    },
};
use foolproof_core::{
    architecture::Architecture,
    plane::{SHAPE, outline},
    protocol::{
        AttackJob, AttackSpec, EvaluationJob, Event, ExplainJob, Explained, Fault, Inputs, Question, ThreatModel, pack,
        unpack,
    },
    weights::{self, Precision},
};
use leptos::prelude::*;
use std::{rc::Rc, sync::Arc};

/// Places on each side of the grid of answers.
pub const SIDE: usize = 61;
/// Iterations and restarts of the attack on each point.
const STEPS: f64 = 20.0;
const RESTARTS: f64 = 2.0;
/// Deaths of workers over one look after which no picture is drawn.
const MOST_DEATHS: u32 = 3;
/// Seed of the attack, so that the same weights are marked alike.
const SEED: u64 = 1;

/// Handles to the picture; copies are the same one.
#[derive(Clone, Copy)]
pub struct PlaneView {
    /// The newest picture of a network.
    pub frame: RwSignal<Option<Arc<Frame>>>,
    /// What the link asks for.
    request: Memo<Option<(TrainingRequest, Vec<Remark>)>>,
    /// Where it is said why there is no picture.
    said: RwSignal<String>,
    hand: StoredValue<Hand, LocalStorage>,
}

/// What is to be looked at.
#[derive(Clone)]
struct Look {
    points: Points,
    weights: Rc<[u8]>,
    threat: ThreatModel,
}

/// The worker, and what it is at.
#[derive(Default)]
struct Hand {
    workers: Option<WorkerHost<Pool>>,
    architecture: Option<Architecture>,
    /// What was looked at last.
    last: Option<Look>,
    wanted: Option<Look>,
    under_way: Option<UnderWay>,
}

struct UnderWay {
    look: Look,
    model: Model,
    answers: Option<Arc<[f32]>>,
    marks: Vec<Mark>,
}

impl PlaneView {
    /// A picture with nothing on it, of what the link asks for; `said` hears why it cannot be drawn. To be called inside
    /// a reactive owner.
    pub fn new(request: Memo<Option<(TrainingRequest, Vec<Remark>)>>, said: RwSignal<String>) -> PlaneView {
        PlaneView { frame: RwSignal::new(None), request, said, hand: StoredValue::new_local(Hand::default()) }
    }

    /// Begins with another network.
    pub fn begin(self, architecture: &Architecture) {
        self.clear();
        self.hand.update_value(|hand| hand.architecture = Some(architecture.clone()));
    }

    /// Takes the network off.
    pub fn clear(self) {
        self.frame.set(None);
        self.hand.update_value(|hand| (hand.last, hand.wanted, hand.under_way) = (None, None, None));
    }

    /// Ends the worker; the next look starts one.
    pub fn rest(self) {
        self.hand.update_value(|hand| (hand.workers, hand.wanted, hand.under_way) = (None, None, None));
    }

    /// Has these weights looked at, at the radius of the link.
    pub fn look(self, values: &[f32]) {
        let Some((points, threat)) = self.asked().filter(|_| !values.is_empty()) else { return };
        let file = self.hand.with_value(|hand| {
            let architecture = hand.architecture.as_ref()?;
            weights::write(architecture, values, Precision::Full).ok()
        });
        if let Some(file) = file {
            self.want(Look { points, weights: file.into(), threat });
        }
    }

    /// Has the network on show looked at again, at the radius and norm that the link has now.
    pub fn again(self) {
        let Some((points, threat)) = self.asked() else { return };
        match self.hand.with_value(|hand| hand.last.clone()) {
            // Another network is none of these points'.
            Some(last) if last.points != points => self.clear(),
            Some(last) if last.threat != threat => self.want(Look { threat, ..last }),
            _ => {}
        }
    }

    fn want(self, look: Look) {
        let busy = self.hand.try_update_value(|hand| {
            hand.last = Some(look.clone());
            hand.wanted = Some(look);
            hand.under_way.is_some()
        });
        if busy == Some(false) {
            self.next();
        }
    }

    /// Begins with the picture that is wanted: first the answers on the grid.
    fn next(self) {
        let Some(look) = self.hand.try_update_value(|hand| hand.wanted.take()).flatten() else { return };
        let architecture = self.hand.with_value(|hand| hand.architecture.clone());
        let Some((architecture, question)) = architecture.zip(question(&look)) else { return };
        let model = Model { id: MODEL.into(), architecture, weights: look.weights.clone() };
        self.hand.update_value(|hand| {
            let model = model.clone();
            hand.under_way = Some(UnderWay { look, model, answers: None, marks: Vec::new() });
            let start =
                || WorkerHost::start(|_| Pool::new(1, MOST_DEATHS, Vec::new()), move |notice| self.heard(notice));
            hand.workers.get_or_insert_with(start);
        });
        self.send(model, Work::Ask(question));
    }

    fn send(self, model: Model, work: Work) {
        let task = Task { models: vec![model], work };
        if let Some(workers) = self.hand.with_value(|hand| hand.workers.clone()) {
            workers.decide(|pool, now| pool.give(now, 0, task));
        }
    }

    fn heard(self, notice: Notice) {
        match notice {
            Notice::Said(_, event) => {
                self.hand.update_value(|hand| hand.under_way.iter_mut().for_each(|at| take(at, &event)))
            }
            Notice::Done(_) => self.done(),
            Notice::Refused(_, fault) | Notice::Failed(fault) => self.fail(&fault),
            Notice::Lost(_, why) => self.fail(&not_kept_alive(&why)),
            Notice::Restarted(_) => {}
        }
    }

    /// After the answers the attack, after the attack the picture.
    fn done(self) {
        let Some(at) = self.hand.try_update_value(|hand| hand.under_way.take()).flatten() else {
            return self.next();
        };
        if at.marks.is_empty() && at.answers.is_some() {
            let (model, work) = (at.model.clone(), Work::Evaluate(Box::new(attack(&at.look))));
            self.hand.update_value(|hand| hand.under_way = Some(at));
            return self.send(model, work);
        }
        if let UnderWay { look, answers: Some(answers), marks, .. } = at
            && self.asked().is_some_and(|(points, ..)| points == look.points)
        {
            let Look { points, threat: ThreatModel { norm, eps, .. }, .. } = look;
            self.frame.set(Some(Arc::new(Frame { points, answers, marks, norm, eps })));
        }
        self.next();
    }

    /// The points of the link, and what they are to hold against.
    fn asked(self) -> Option<(Points, ThreatModel)> {
        self.request.with_untracked(|request| {
            let (request, _) = request.as_ref()?;
            Some((request.points?, request.settings.threat()))
        })
    }

    fn fail(self, fault: &Fault) {
        self.rest();
        self.said.set(tr_with("The picture could not be drawn. {0}", &[&fault.message]));
    }
}

/// Id of the network in the worker.
const MODEL: &str = "now";

fn spec(look: &Look) -> AttackSpec {
    look.threat.attack("pgd", &[("steps", STEPS), ("restarts", RESTARTS)])
}

fn question(look: &Look) -> Option<Vec<u8>> {
    let [channels, rows, columns] = SHAPE;
    let pixels: Vec<f32> = outline::grid(SIDE).into_iter().flatten().collect();
    let inputs = Inputs { shape: [SIDE * SIDE, channels, rows, columns], pixels, labels: None };
    let job = AttackJob {
        models: vec![MODEL.into()],
        inputs,
        attack: spec(look),
        company: None,
        detection: None,
        seed: SEED,
    };
    pack(&ExplainJob { job, adversarial: Vec::new(), question: Question::Answers }).ok()
}

fn attack(look: &Look) -> EvaluationJob {
    let (models, inputs) = (vec![MODEL.to_owned()], inputs(&look.points.drawn()));
    EvaluationJob::new(models, inputs, vec![spec(look)], SEED)
}

fn take(at: &mut UnderWay, event: &Event) {
    match event {
        Event::Explained { answer, .. } => {
            if let Ok(Explained::Answers(answers)) = unpack(answer) {
                at.answers = Some(answers.into());
            }
        }
        Event::Evaluated { part, .. } => {
            // Parts come in order; one that comes again after a restart says the same.
            at.marks.truncate(part.first as usize);
            at.marks.extend(part.samples.iter().map(Mark::of));
        }
        _ => {}
    }
}

//! An evaluation's life, told as a browser would live it.

use super::*;
use crate::workers::pool::SILENCE;
use foolproof_core::{
    architecture::{Architecture, LayerSpec},
    catalog::{Catalog, Norm},
    protocol::{
        AttackSpec, Engine, EngineKind, EvaluationJob, Event, FaultKind, Inputs, Request, Smoothing, Ticket, VERSION,
    },
};

fn model() -> Model {
    let architecture = Architecture::new([1, 1, 2], 2, vec![LayerSpec::Flatten]);
    Model { id: "one".into(), architecture, weights: vec![1, 2].into() }
}

fn job(n: usize) -> CostedJob {
    let attack = AttackSpec {
        id: "pgd".into(),
        norm: Norm::Linf,
        eps: 0.1,
        target: None,
        knobs: std::collections::BTreeMap::new(),
        limits: Vec::new(),
    };
    let inputs = Inputs {
        shape: [n, 1, 1, 2],
        pixels: (0..2 * n).map(|at| at as f32).collect(),
        labels: Some((0..n as u32).collect()),
    };
    let job = EvaluationJob::new(vec!["one".into()], inputs, vec![attack], 1);
    CostedJob { job, cost: 10.0 }
}

/// An evaluation with the shares that its workers have at the moment.
struct Story {
    evaluation: Evaluation,
    now: f64,
    /// By worker: ticket, first input, number of inputs.
    under_way: Vec<Option<(Ticket, u64, usize)>>,
    spawned: Vec<usize>,
    terminated: Vec<usize>,
    told: Vec<Notice>,
}

impl Story {
    fn begin(workers: usize, jobs: Vec<CostedJob>) -> Story {
        let evaluation = Evaluation::new(0.0, workers, vec![model()], jobs);
        let under_way = vec![None; MOST_WORKERS];
        let mut story = Story { evaluation, now: 0.0, under_way, spawned: vec![], terminated: vec![], told: vec![] };
        story.act();
        story
    }

    fn act(&mut self) {
        for action in self.evaluation.take() {
            match action {
                Action::Spawn(place) => self.spawned.push(place),
                Action::Terminate(place) => {
                    self.under_way[place] = None;
                    self.terminated.push(place);
                }
                Action::Send(place, Request::Evaluate { ticket, job }) => {
                    assert_eq!(job.inputs.pixels.len(), 2 * job.inputs.shape[0]);
                    assert_eq!(job.inputs.labels.as_ref().unwrap()[0], job.first as u32);
                    self.under_way[place] = Some((ticket, job.first, job.inputs.shape[0]));
                }
                Action::Send(_, request) => assert!(matches!(request, Request::Model { .. })),
                Action::Share(..) => panic!("an evaluation's workers are told nothing but models"),
                Action::Notify(notice) => self.told.push(notice),
            }
        }
    }

    fn hear(&mut self, input: Input) {
        self.now += 100.0;
        self.evaluation.hear(self.now, input);
        self.act();
    }

    fn comes_up(&mut self, place: usize) {
        let engine = Engine { kind: EngineKind::Cpu, name: "test".into() };
        self.hear(Input::Said(place, Event::Ready { version: VERSION, engine, catalog: Catalog::default() }));
        self.hear(Input::Said(place, Event::ModelReady { id: "one".into() }));
    }

    fn finishes(&mut self, place: usize) -> usize {
        let (ticket, _, count) = self.under_way[place].take().unwrap();
        self.hear(Input::Said(place, Event::Done { ticket, millis: 1.0 }));
        count
    }
}

#[test]
fn every_input_is_handed_out_once_and_the_workers_end() {
    let mut story = Story::begin(2, vec![job(20), job(7)]);
    assert_eq!(story.spawned, [0, 1]);
    story.comes_up(0);
    story.comes_up(1);
    let mut inputs = 0;
    while let Some(place) = story.under_way.iter().position(Option::is_some) {
        inputs += story.finishes(place);
    }
    assert_eq!(inputs, 27);
    assert_eq!(story.told.last(), Some(&Notice::Done));
    assert_eq!(story.terminated, [0, 1]);
    assert_eq!(story.evaluation.progress(story.now).share, 1.0);
}

#[test]
fn few_inputs_start_few_workers() {
    assert_eq!(Story::begin(8, vec![job(2)]).spawned, [0, 1]);
    assert_eq!(Story::begin(2, vec![]).told, [Notice::Done]);
}

#[test]
fn a_worker_that_dies_is_started_again_and_its_share_tried_once_more() {
    let mut story = Story::begin(1, vec![job(20)]);
    story.comes_up(0);
    let (_, first, count) = story.under_way[0].unwrap();
    story.hear(Input::Broke(0, "out of memory".into()));
    assert_eq!((story.spawned.len(), story.terminated.len()), (2, 1));
    story.comes_up(0);
    assert_eq!(story.under_way[0].map(|(_, f, c)| (f, c)), Some((first, count)), "the same share again");
    story.hear(Input::Broke(0, "out of memory".into()));
    assert!(story.told.contains(&Notice::Lost(0, count)), "not a third time");
    story.comes_up(0);
    assert!(story.under_way[0].is_some_and(|(_, next, _)| next == first + count as u64), "the rest goes on");
}

#[test]
fn a_worker_that_never_comes_up_leaves_the_work_to_the_others() {
    let mut story = Story::begin(2, vec![job(20)]);
    story.comes_up(1);
    story.hear(Input::Broke(0, "404".into()));
    story.hear(Input::Broke(0, "404".into()));
    assert_eq!(story.spawned, [0, 1, 0]);
    while story.under_way[1].is_some() {
        story.finishes(1);
    }
    assert_eq!(story.told.last(), Some(&Notice::Done));
}

#[test]
fn without_any_worker_it_fails_in_a_sentence() {
    let mut story = Story::begin(1, vec![job(5)]);
    story.hear(Input::Broke(0, "The file is gone.".into()));
    story.hear(Input::Broke(0, "The file is gone.".into()));
    let Some(Notice::Failed(fault)) = story.told.last() else { panic!("{:?}", story.told) };
    assert_eq!(fault.message, "No worker could be kept alive: The file is gone.");
}

#[test]
fn a_pause_finishes_what_is_under_way_and_hands_out_no_more() {
    let mut story = Story::begin(1, vec![job(20)]);
    story.comes_up(0);
    let before = story.finishes(0);
    story.evaluation.pause(story.now, true);
    let count = before + story.finishes(0);
    assert!(story.under_way[0].is_none());
    let paused = story.evaluation.progress(story.now);
    assert!(paused.paused && paused.busy == 0 && (paused.share - count as f64 / 20.0).abs() < 1e-9);
    let later = story.evaluation.progress(story.now + 1e6);
    assert!(paused.left.is_some() && later.left == paused.left, "a pause costs no time");
    story.evaluation.pause(story.now, false);
    story.act();
    assert!(story.under_way[0].is_some());
}

#[test]
fn the_time_left_follows_from_the_pace_since_the_first_piece() {
    let mut story = Story::begin(1, vec![job(20)]);
    story.comes_up(0);
    let (ticket, _, count) = story.under_way[0].unwrap();
    // The first piece is slow, as the engine is new.
    story.now += 10_000.0;
    let progress = |done| Event::Progress { ticket, model: "one".into(), done, total: 4 };
    story.hear(Input::Said(0, progress(1)));
    assert_eq!(story.evaluation.progress(story.now).left, None);
    story.hear(Input::Said(0, progress(3)));
    let now = story.evaluation.progress(story.now);
    let quarter = count as f64 / 80.0;
    assert!((now.share - 3.0 * quarter).abs() < 1e-9);
    // Two quarters of the share took the 100 ms between the two.
    assert!((now.left.unwrap() - 100.0 * (1.0 - 3.0 * quarter) / (2.0 * quarter)).abs() < 1e-6);
}

#[test]
fn cancelled_or_failed_it_hears_nothing_more() {
    let mut story = Story::begin(2, vec![job(20)]);
    story.comes_up(0);
    story.comes_up(1);
    let (ticket, ..) = story.under_way[0].unwrap();
    let fault = Fault::new(FaultKind::NotFinite, "Not a number.");
    story.hear(Input::Said(0, Event::Fault { ticket: Some(ticket), fault: fault.clone() }));
    assert_eq!(story.told.last(), Some(&Notice::Failed(fault)));
    assert_eq!(story.terminated, [0, 1]);
    let told = story.told.len();
    story.hear(Input::Broke(1, "late".into()));
    assert_eq!((story.told.len(), story.spawned.len()), (told, 2));
    let mut story = Story::begin(1, vec![job(20)]);
    story.evaluation.cancel(story.now);
    story.act();
    assert_eq!((story.terminated.as_slice(), story.told.len()), (&[0][..], 0));
}

#[test]
fn a_silent_worker_is_taken_for_dead_and_a_busy_one_is_not() {
    let mut story = Story::begin(1, vec![job(20)]);
    story.comes_up(0);
    story.now += SILENCE - 200.0;
    story.hear(Input::Alive(0));
    story.hear(Input::Tick);
    assert!(story.terminated.is_empty());
    assert_eq!(story.evaluation.due(), Some(story.now - 100.0 + SILENCE));
    story.now += SILENCE;
    story.hear(Input::Tick);
    assert_eq!((story.terminated.len(), story.spawned.len()), (1, 2));
}

#[test]
fn an_engine_of_another_build_is_refused() {
    let mut story = Story::begin(1, vec![job(5)]);
    let engine = Engine { kind: EngineKind::Cpu, name: "test".into() };
    story.hear(Input::Said(0, Event::Ready { version: VERSION ^ 1, engine, catalog: Catalog::default() }));
    assert!(matches!(story.told.last(), Some(Notice::Failed(fault)) if fault.kind == FaultKind::Version));
}

#[test]
fn votes_are_passed_on() {
    let smoothing = Some(Smoothing { sigma: 0.5, select: 10, draws: 100 });
    let mut story = Story::begin(1, vec![CostedJob { job: EvaluationJob { smoothing, ..job(4).job }, cost: 10.0 }]);
    story.comes_up(0);
    let (ticket, first, count) = story.under_way[0].unwrap();
    let found = Votes { model: "one".into(), first, votes: vec![(1, 90); count] };
    story.hear(Input::Said(0, Event::Votes { ticket, found: found.clone() }));
    assert_eq!(story.told, [Notice::Votes(0, found)]);
}

#[test]
fn radii_whose_worker_dies_are_searched_again() {
    let radius = job(1).job.attacks.pop();
    let searched = EvaluationJob { attacks: Vec::new(), radius, ..job(4).job };
    let mut story = Story::begin(1, vec![job(0), CostedJob { job: searched, cost: 10.0 }]);
    story.comes_up(0);
    let (_, first, count) = story.under_way[0].unwrap();
    story.hear(Input::Broke(0, "out of memory".into()));
    story.comes_up(0);
    assert_eq!(story.under_way[0].map(|(_, f, c)| (f, c)), Some((first, count)), "the same inputs again");
    let (ticket, ..) = story.under_way[0].unwrap();
    let found = Radii { model: "one".into(), first, radii: vec![Some(0.1); count], certified: Vec::new() };
    story.hear(Input::Said(0, Event::Radii { ticket, found: found.clone() }));
    assert_eq!(story.told, [Notice::Radii(1, found)]);
    story.finishes(0);
    assert_eq!(story.told.last(), Some(&Notice::Done));
}

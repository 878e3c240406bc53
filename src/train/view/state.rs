//! The Train page's one state: what the link asks for, and what the run shows.

use super::{
    plane_view::PlaneView,
    run::{
        sweep_run::{SweepRun, Trained},
        training_run::TrainingRun,
    },
};
use crate::evaluate::view::state::EvaluationState;
use crate::i18n::{tr, tr_with};
use crate::{
    link::{Remark, Settings},
    train::{
        engine::ChosenFor,
        request::TrainingRequest,
        scoreboard::{Board, Strip},
        sweep::{Over, Row},
    },
    web::reactive::memo,
    workers::worker_host,
};
use foolproof_core::{
    input_kind::InputKind,
    protocol::Fault,
    training::{Choice, Ending, Point, Progress},
};
use leptos::prelude::*;
use serde_json::Value;
use std::{rc::Rc, sync::Arc};

/// What the page is at.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Nothing has been trained.
    Empty,
    /// Model and images are on their way: bytes so far and in all.
    Loading(u64, u64),
    /// Training.
    Running,
    /// Between two rounds, until the visitor goes on.
    Paused,
    /// Training is over; the scoreboard is being made.
    Scoring,
    /// All is done.
    Done,
    /// It could not go on.
    Failed(Fault),
}

/// How far a run is that has not begun.
pub const NOTHING: Progress = Progress { share: 0.0, seconds: 0.0, left: None, batch: 0, images: 0, paused: false };

/// A run that an earlier visit left behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// Share of its budget that was spent.
    pub share: f64,
    /// Runs that are done, and all, of the sweep that it is one of.
    pub sweep: Option<(usize, usize)>,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Closed {
    /// How it ended.
    pub ending: Ending,
    /// Id of the model; `None` if there is none, as of points.
    pub model: Option<String>,
    /// Id of the model that it began with.
    pub from: String,
    /// What the run managed, where it was to harden its model and did not.
    pub short: Option<Short>,
}

/// A run that was to harden its model, and ended before it had.
#[derive(Clone, Debug, PartialEq)]
pub struct Short {
    /// Share of the attacked inputs that the model holds.
    pub held: f64,
    /// Images that it has seen.
    pub images: u64,
    /// Radius that it was to hold.
    pub eps: f32,
}

/// Handles to every signal; copies are the same state.
#[derive(Clone, Copy)]
pub struct TrainingState {
    /// Settings, models and files, shared with the Measure page.
    pub evaluation: EvaluationState,
    /// What the link asks for, and what of it could not be taken.
    pub request: Memo<Option<(TrainingRequest, Vec<Remark>)>>,
    /// What the page is at.
    pub phase: RwSignal<Phase>,
    /// How far the run is.
    pub progress: RwSignal<Progress>,
    /// The curve so far.
    pub curve: RwSignal<Arc<[Point]>>,
    /// The sixteen pictures, once they were attacked.
    pub strip: RwSignal<Option<Arc<Strip>>>,
    /// The scoreboard.
    pub board: RwSignal<Option<Arc<Board>>>,
    /// What came of the last run.
    pub closed: RwSignal<Option<Closed>>,
    /// The last model of the last run, where that ended with an earlier one and nobody has kept it.
    pub worse: RwSignal<Option<Rc<Trained>>, LocalStorage>,
    /// The rows of the last sweep, and what its runs differ in.
    pub rows: RwSignal<(Vec<Over>, Arc<[Row]>)>,
    /// Which run of a sweep is shown, if it is one.
    pub which: RwSignal<Option<String>>,
    /// A run to go on with.
    pub left: RwSignal<Option<Left>>,
    /// A sentence about something that happened on the way.
    pub said: RwSignal<String>,
    /// Which engine trains, and why, where there is a choice.
    pub engine: RwSignal<String>,
    /// What the last trial of both engines told, and for which runs.
    pub chosen: StoredValue<Option<(ChosenFor, Choice)>>,
    /// Why the run under way, or its sweep, would not survive a reload; empty if it would.
    pub unkept: RwSignal<String>,
    /// Whether the host asked for a run that has not begun.
    pub asked: RwSignal<bool>,
    /// What came of the last run or sweep, as the host gets it.
    pub made: StoredValue<Option<Value>>,
    /// The picture of a run on points.
    pub plane_view: PlaneView,
    /// The run under way. Signals hold only what is shown.
    pub run: StoredValue<Option<TrainingRun>, LocalStorage>,
    /// The sweep that it is one of, or the last one.
    pub sweep: StoredValue<SweepRun, LocalStorage>,
    /// This tab's place for checkpoints, once it has claimed one.
    pub place: StoredValue<Option<js_sys::Promise>, LocalStorage>,
    /// Counts runs, so that what belongs to an older one is known by its number.
    pub turn: StoredValue<u32>,
}

impl TrainingState {
    /// A state in which nothing was trained. To be called inside a reactive owner.
    pub fn new(evaluation: EvaluationState) -> TrainingState {
        let request = memo(move || {
            let known = evaluation.known.get()?;
            evaluation.settings.with(|settings| {
                TrainingRequest::read(settings, &known.manifest, &known.catalog, worker_host::trainers())
            })
        });
        let said = RwSignal::new(String::new());
        TrainingState {
            evaluation,
            request,
            phase: RwSignal::new(Phase::Empty),
            progress: RwSignal::new(NOTHING),
            curve: RwSignal::new(Arc::new([])),
            strip: RwSignal::new(None),
            board: RwSignal::new(None),
            closed: RwSignal::new(None),
            worse: RwSignal::new_local(None),
            rows: RwSignal::new((Vec::new(), Arc::new([]))),
            which: RwSignal::new(None),
            left: RwSignal::new(None),
            said,
            engine: RwSignal::new(String::new()),
            chosen: StoredValue::new(None),
            unkept: RwSignal::new(String::new()),
            asked: RwSignal::new(false),
            made: StoredValue::new(None),
            plane_view: PlaneView::new(request, said),
            run: StoredValue::new_local(None),
            sweep: StoredValue::new_local(SweepRun::default()),
            place: StoredValue::new_local(None),
            turn: StoredValue::new(0),
        }
    }

    /// Something of the request, recomputed only when it changes itself.
    pub fn wished<T: PartialEq + Send + Sync + 'static>(
        self,
        read: impl Fn(&TrainingRequest) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        memo(move || self.request.with(|request| request.as_ref().map(|(request, _)| read(request))))
    }

    /// What of a key's value cannot be used, if something cannot.
    pub fn refused(self, key: &str, value: &str) -> Option<String> {
        let known = self.evaluation.known.get_untracked()?;
        let mut settings = self.evaluation.settings.get_untracked();
        drop(settings.update(vec![(key.to_owned(), value.to_owned())]));
        let (_, remarks) = TrainingRequest::read(&settings, &known.manifest, &known.catalog, worker_host::trainers())?;
        remarks.into_iter().find_map(|remark| match remark {
            Remark::Clamped { key: own, given, .. } => (own == key).then_some(given),
            Remark::Ignored { .. } | Remark::TooLong { .. } => None,
        })
    }

    /// The result of the last run or sweep, if it is of what these settings ask for. Which model the attack page shows, the
    /// run itself has changed.
    pub fn made_of(self, settings: &Settings) -> Option<Value> {
        let known = self.evaluation.known.get_untracked()?;
        let asked = |settings: &Settings| {
            let (request, _) =
                TrainingRequest::read(settings, &known.manifest, &known.catalog, worker_host::trainers())?;
            Some((settings.data.clone(), request))
        };
        let own = |made: &Value| made["fragment"].as_str().map(|fragment| Settings::read(fragment).0);
        self.made.get_value().filter(|made| own(made).is_some_and(|own| asked(&own) == asked(settings)))
    }

    /// Which run of a sweep is shown, as a sentence.
    pub fn of_run(self) -> Option<String> {
        self.which.get().map(|which| tr_with("Shown is the run of the sweep with {0}.", &[&which]))
    }

    /// What the run of the link learns from.
    pub fn kind(self) -> InputKind {
        let points = |request: &TrainingRequest| request.points.is_some();
        match self.request.with(|request| request.as_ref().is_some_and(|(request, _)| points(request))) {
            true => InputKind::Plane,
            false => self.evaluation.dataset().map(|data| data.kind).unwrap_or_default(),
        }
    }

    /// Whether a run is under way.
    pub fn is_busy(self) -> bool {
        self.phase.with(|phase| !matches!(phase, Phase::Empty | Phase::Done | Phase::Failed(_)))
    }

    /// Reads or changes the run under way; nothing if there is none.
    pub fn with_run<T>(self, read: impl FnOnce(&mut TrainingRun) -> T) -> Option<T> {
        self.run.try_update_value(|run| run.as_mut().map(read)).flatten()
    }

    /// Begins another turn; the run of the one before is dropped with its workers, and so is what still comes of it.
    pub fn next_turn(self) -> u32 {
        self.run.set_value(None);
        self.turn.update_value(|turn| *turn += 1);
        self.turn.get_value()
    }

    /// Whether this turn is still the newest.
    pub fn is_turn(self, turn: u32) -> bool {
        self.turn.get_value() == turn
    }

    /// A model's name.
    pub fn name(self, id: &str) -> String {
        if id == crate::train::request::RANDOM {
            return tr("random weights").into();
        }
        let known = self.evaluation.known.get();
        let found = known.iter().flat_map(|known| &known.manifest.models).find(|model| model.id == id);
        found.map_or_else(|| id.to_owned(), |model| model.name.clone())
    }
}

//! A training run from its start to its end, as one controller: [`TrainingState`] owns the run and, where it is one of a
//! sweep, the sweep. Here is what the page and the host can do with it, and what follows when a run is over.

mod examination;
mod keep;
mod prepare;
mod rounds;
mod rows;
pub mod saved;
mod score;
pub mod sweep_run;
pub mod training_run;

use super::state::{NOTHING, Phase, TrainingState};
use crate::{
    bridge::lab_listener,
    link::{Job, Settings},
    train::request::TrainingRequest,
    workers::{
        pool::Pool,
        worker_host::{self, WorkerHost},
    },
};
use foolproof_core::{
    protocol::Fault,
    report::Ledger,
    training::{Checkpoint, Ending, Run},
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use prepare::{PreparedRun, prepare, settings_with};
use saved::Resumed;
use std::{rc::Rc, sync::Arc};
use sweep_run::SweepRun;
use training_run::TrainingRun;
use wasm_bindgen_futures::spawn_local;

/// Deaths of workers over a round or an examination after which a run ends.
const MOST_DEATHS: u32 = 3;

impl TrainingState {
    /// Starts, unless a run is under way.
    pub fn start(self) {
        if !untrack(|| self.is_busy()) {
            self.begin(false);
        }
    }

    /// Sets these keys of the link and starts the run that it then asks for, unless one is under way.
    pub fn start_with(self, keys: &[(&str, String)]) {
        if !untrack(|| self.is_busy()) {
            let fragment = self.evaluation.settings.with_untracked(Settings::fragment);
            self.evaluation.set(keys);
            self.begin_one(&fragment, keys, None);
        }
    }

    /// Starts for the host: a run that is under way goes on.
    pub fn start_for_host(self) {
        if !untrack(|| self.is_busy()) {
            self.begin(false);
        } else if self.phase.with_untracked(|phase| *phase == Phase::Paused) {
            self.pause(false);
        }
    }

    /// Trains one round and rests; begins a run for that if there is none.
    pub fn step(self) {
        if untrack(|| self.is_busy()) {
            self.order(Run::step);
        } else {
            self.begin(true);
        }
    }

    /// Pauses after the round under way, or goes on.
    pub fn pause(self, paused: bool) {
        self.order(if paused { Run::pause } else { Run::go_on });
    }

    /// Goes on with the run that an earlier visit left behind.
    pub fn resume(self) {
        if untrack(|| self.is_busy()) {
            return;
        }
        spawn_local(async move {
            match saved::resumed(self).await {
                Some(Resumed::Run(fragment, checkpoint)) => {
                    self.turn_to(&fragment);
                    self.begin_one(&fragment, &[], Some(checkpoint));
                }
                Some(Resumed::Sweep(progress, models, checkpoint)) => {
                    self.turn_to(&progress.fragment);
                    let under_way = progress.is_under_way();
                    self.sweep.set_value(SweepRun { progress, models, lasts: true });
                    self.show_rows();
                    if under_way { self.begin_row(checkpoint) } else { self.next_row() }
                }
                None => {}
            }
        });
    }

    /// Ends the run; what was learnt until now is kept.
    pub fn stop(self) {
        if self.asked.get_untracked() {
            self.asked.set(false);
            lab_listener::tell_stopped(Job::Train);
        }
        match self.phase.get_untracked() {
            Phase::Loading(..) => {
                self.next_turn();
                self.phase.set(Phase::Empty);
                if self.is_in_sweep() {
                    self.give_sweep_up();
                } else {
                    // Nothing was written over what an earlier visit left.
                    saved::find(self);
                }
                lab_listener::tell_stopped(Job::Train);
            }
            Phase::Running | Phase::Paused | Phase::Scoring => self.stop_run(),
            Phase::Empty | Phase::Done | Phase::Failed(_) => {}
        }
    }

    /// Ends the run under way by hand: what it had learnt is kept, nothing more is measured.
    fn stop_run(self) {
        let stopped = self.with_run(|run| {
            (run.workers, run.scorers) = (None, None);
            run.run.cancel();
            (run.run.ending().unwrap_or(Ending::Cancelled), score::unscored(self, run), run.lasts())
        });
        match stopped {
            Some((ending, Ok(ledger), _)) => self.close(ending, &ledger),
            // Nothing was learnt yet.
            nothing => {
                self.next_turn();
                if nothing.is_none_or(|(_, _, lasts)| lasts) {
                    saved::forget(self);
                }
                self.phase.set(Phase::Empty);
                self.give_sweep_up();
                lab_listener::tell_stopped(Job::Train);
            }
        }
    }

    /// Has the run under way do something, and carries out what follows from it.
    fn order(self, verb: fn(&mut Run)) {
        let training = self.phase.with_untracked(|phase| matches!(phase, Phase::Running | Phase::Paused));
        if training && self.with_run(|run| verb(&mut run.run)).is_some() {
            rounds::next(self);
        }
    }

    /// Begins a run or a sweep from the link; with `rest` one run, which rests after its first round.
    fn begin(self, rest: bool) {
        let Some((request, _)) = self.request.get_untracked() else { return };
        let fragment = self.evaluation.settings.with_untracked(Settings::fragment);
        match &request.sweep {
            Some(sweep) if !rest => {
                self.sweep.set_value(SweepRun::new(sweep, fragment, request.points.is_none()));
                self.show_rows();
                self.next_row();
            }
            _ => self.launch(request, fragment, rest, None),
        }
    }

    /// Begins the run of a link with these keys changed, or goes on with it.
    fn begin_one(self, fragment: &str, keys: &[(&str, String)], earlier: Option<Checkpoint>) {
        let settings = settings_with(fragment, keys);
        let known = self.evaluation.known.get_untracked();
        let cores = worker_host::trainers();
        let read = known.and_then(|known| TrainingRequest::read(&settings, &known.manifest, &known.catalog, cores));
        if let Some((request, _)) = read {
            self.launch(request, settings.fragment(), false, earlier);
        }
    }

    /// Sets the keys of a link, but for those that are the visitor's own: another language would load the page anew.
    fn turn_to(self, fragment: &str) {
        let (settings, _) = Settings::read(fragment);
        let settings = self.evaluation.settings.with_untracked(|now| settings.seen_as(now));
        let pairs = settings.pairs();
        let keys = pairs.iter().filter(|(key, _)| key != "v" && key != "page");
        let keys: Vec<(&str, String)> = keys.map(|(key, value)| (key.as_str(), value.clone())).collect();
        self.evaluation.set(&keys);
    }

    /// Brings everything and starts the workers, at the beginning or where an earlier run was.
    fn launch(self, request: TrainingRequest, fragment: String, rest: bool, earlier: Option<Checkpoint>) {
        let turn = self.next_turn();
        self.phase.set(Phase::Loading(0, 0));
        self.progress.set(NOTHING);
        self.worse.set(None);
        self.curve.set(Arc::new([]));
        self.strip.set(None);
        self.board.set(None);
        self.closed.set(None);
        self.which.set(self.sweep.with_value(|sweep| sweep.progress.under_way()));
        self.left.set(None);
        self.said.set(String::new());
        self.engine.set(String::new());
        self.unkept.set(String::new());
        if request.points.is_some() {
            self.plane_view.begin(&request.settings.architecture);
        }
        let told = move |done, total| {
            if self.is_turn(turn) {
                self.phase.set(Phase::Loading(done, total));
            }
        };
        spawn_local(async move {
            let prepared = prepare(self, &request, fragment, earlier, told).await;
            match prepared {
                _ if !self.is_turn(turn) => {}
                Ok(prepared) => self.go(prepared, rest),
                Err(fault) => self.fail(&fault),
            }
        });
    }

    /// Trains, until the run is over.
    fn go(self, PreparedRun { context, mut run, engine, first }: PreparedRun, rest: bool) {
        if rest {
            run.step();
        }
        let (turn, workers, gpu) = (self.turn.get_value(), engine.workers(), engine.may_use_gpu());
        let heard = move |notice| {
            if self.is_turn(turn) {
                rounds::heard(self, notice);
            }
        };
        let pool = Pool::new(workers, MOST_DEATHS, first);
        let workers = WorkerHost::start(move |_| if gpu { pool.with_gpu() } else { pool }, heard);
        let over = Rc::new(move |result| match result {
            Ok(ending) => score::score(self, move |ledger| match ledger {
                Ok(ledger) => self.close(ending, ledger),
                Err(fault) => self.fail(&fault),
            }),
            Err(fault) => self.fail(&fault),
        });
        self.run.set_value(Some(TrainingRun::new(context, run, engine, workers, over)));
        self.phase.set(Phase::Running);
        rounds::show_engine(self);
        rounds::next(self);
    }

    /// Ends the run with a fault; its last checkpoint stays, and the sweep that it is one of can be gone on with.
    fn fail(self, fault: &Fault) {
        self.next_turn();
        self.phase.set(Phase::Failed(fault.clone()));
        self.end_sweep();
        lab_listener::tell_fault(Job::Train, fault);
        saved::find(self);
    }

    /// The run is over and scored: it is a row of its sweep, or its model is kept and everybody is told.
    fn close(self, ending: Ending, ledger: &Ledger) {
        let board = score::board(self, ledger);
        let Some(run) = self.run.try_update_value(Option::take).flatten() else { return };
        self.next_turn();
        self.board.set(Some(Arc::new(board.clone())));
        if self.is_in_sweep() {
            self.close_row(&run, ending, &board);
        } else {
            // In a turn of its own, as what is drawn of the scoreboard takes one.
            Timeout::new(0, move || spawn_local(self.keep(run, ending, board))).forget();
        }
    }
}

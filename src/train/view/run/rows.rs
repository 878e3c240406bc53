//! The runs of a sweep, one after another.

use super::{saved, score, sweep_run::SweepRun, training_run::TrainingRun};
use crate::{
    bridge::lab_listener,
    link::Job,
    train::{
        scoreboard::Board,
        sweep::Row,
        view::state::{Phase, TrainingState},
    },
};
use foolproof_core::training::{Checkpoint, Ending};
use leptos::prelude::*;
use std::rc::Rc;

impl TrainingState {
    /// Whether the run under way is one of a sweep.
    pub(super) fn is_in_sweep(self) -> bool {
        self.sweep.with_value(|sweep| sweep.progress.is_under_way())
    }

    pub(super) fn show_rows(self) {
        self.rows.set(self.sweep.with_value(|sweep| sweep.rows()));
    }

    /// Begins the next run of the sweep, or ends it.
    pub(super) fn next_row(self) {
        let stepped = self.sweep.try_update_value(|sweep| (sweep.step(), sweep.lasts.then(|| sweep.progress.clone())));
        match stepped {
            Some((true, lasting)) => {
                lasting.iter().for_each(|progress| saved::save_sweep(self, progress));
                self.begin_row(None);
            }
            _ => self.give_sweep_up(),
        }
    }

    /// Begins the run of the sweep that is under way, or goes on with it.
    pub(super) fn begin_row(self, earlier: Option<Checkpoint>) {
        let (fragment, keys) = self.sweep.with_value(|sweep| (sweep.progress.fragment.clone(), sweep.progress.keys()));
        self.begin_one(&fragment, &keys, earlier);
    }

    /// Takes a run of the sweep down as a row of it, and goes on unless it was cancelled. Its model is kept if the visitor
    /// says so.
    pub(super) fn close_row(self, run: &TrainingRun, ending: Ending, board: &Board) {
        self.phase.set(Phase::Done);
        let cancelled = ending == Ending::Cancelled;
        let outcome = score::outcome(run, ending, board, None);
        let model = score::trained(run, ending, board).ok().filter(|_| run.lasts()).map(Rc::new);
        if run.lasts() {
            saved::forget_run(self);
        }
        let row = |values| Row::of(values, board, outcome.seconds, ending);
        let took = |sweep: &mut SweepRun| (sweep.took(row, &outcome.json(), model.clone()), sweep.lasts);
        if let (Some((place, true)), Some(model), false) = (self.sweep.try_update_value(took), &model, cancelled) {
            saved::save_row(self, place, model);
        }
        self.show_rows();
        if cancelled { self.give_sweep_up() } else { self.next_row() }
    }

    /// Ends the sweep for good: nothing of it is to be gone on with.
    pub(super) fn give_sweep_up(self) {
        if self.sweep.with_value(|sweep| sweep.lasts && sweep.is_open()) {
            saved::forget(self);
        }
        self.end_sweep();
    }

    /// Ends the sweep; the host learns what there is.
    pub(super) fn end_sweep(self) {
        if let Some(value) = self.sweep.try_update_value(SweepRun::end).flatten() {
            lab_listener::tell_report(Job::Train, &value);
            self.made.set_value(Some(value));
        }
    }
}

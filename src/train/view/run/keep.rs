//! What a run that is over leaves: its model in the store, and word of it for the page and the host.

use super::{saved, score, training_run::TrainingRun};
use crate::{
    bridge::lab_listener,
    link::Job,
    models::view::storage,
    train::{
        request::RANDOM,
        scoreboard::Board,
        view::state::{Closed, Phase, TrainingState},
    },
};
use foolproof_core::training::Ending;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use std::rc::Rc;

impl TrainingState {
    /// Keeps the model that came of a run, and tells the page and the host.
    pub(super) async fn keep(self, run: TrainingRun, ending: Ending, board: Board) {
        let context = &run.context;
        // No other page could do anything with a model of points.
        let made = context.points.is_none().then(|| score::trained(&run, ending, &board));
        let model = match made.transpose() {
            Ok(Some(made)) => Some(storage::keep(self.evaluation, made.kept, &made.weights).await.kept.id()),
            Ok(None) => None,
            Err(fault) => {
                self.said.set(fault.message);
                None
            }
        };
        // The list of models has been drawn in the turn of the store's answer; the scoreboard has one of its own.
        TimeoutFuture::new(0).await;
        let worse = context.points.is_none().then(|| score::worse(&run, ending, &board)).flatten();
        self.worse.set(worse.map(Rc::new));
        let short = score::short(context, &run.run, ending, &board);
        self.closed.set(Some(Closed { ending, model: model.clone(), from: context.from.clone(), short }));
        self.phase.set(Phase::Done);
        match context.points {
            // An earlier run on images may still rest.
            Some(_) => saved::find(self),
            None => saved::forget(self),
        }
        // Another dataset, chosen meanwhile, has no use for it.
        let here = self.evaluation.settings.with_untracked(|settings| settings.data == context.data.id);
        if let Some(model) = model.as_ref().filter(|_| here) {
            let beside = if context.from == RANDOM { String::new() } else { context.from.clone() };
            self.evaluation.set(&[("model", model.clone()), ("train.beside", beside)]);
        }
        let value = score::outcome(&run, ending, &board, model.as_deref()).json();
        lab_listener::tell_report(Job::Train, &value);
        self.made.set_value(Some(value));
    }
}

//! The end of a run: the new model goes into the model store, both models go onto the scoreboard, the result to the
//! host.

use super::{RunContext, UNDER_WAY, fail, saved, with};
use crate::i18n::tr;
use crate::{
    bridge::lab_listener,
    link::Job,
    models::{Kept, view::storage},
    train::{
        request::RANDOM,
        result::Outcome,
        scoreboard::{Board, Score},
        sweep::Row,
        view::{
            state::{Closed, Phase, TrainingState},
            sweep::{self, Trained},
        },
    },
    workers::{
        evaluation::{CostedJob, Evaluation, Notice},
        pool::Model,
        rest::now,
        worker_host::{self, WorkerHost},
    },
};
use foolproof_core::{
    catalog::Aim,
    protocol::{AttackSpec, EvaluationJob, Fault, FaultKind, Inputs, Part},
    report::{Accuracy, Ledger, Trial},
    training::{Ending, Run},
    weights::{self, Precision},
};
use leptos::prelude::*;
use std::{cell::RefCell, rc::Rc, sync::Arc};
use wasm_bindgen_futures::spawn_local;

/// The attacks of the scoreboard, none of which a training method uses: one with gradients, one without.
const ATTACKS: [(&str, &str, f64); 2] = [("apgd-ce", "steps", 40.0), ("square", "queries", 200.0)];

/// The two models in the workers.
const BEFORE: &str = "before";
const AFTER: &str = "after";

/// Training is over: its workers rest, and both models are attacked on the same inputs.
pub fn score(trainer: TrainingState, turn: u32, ending: Ending) {
    trainer.workers.set_value(None);
    trainer.phase.set(Phase::Scoring);
    let prepared = with(turn, |set, run| prepare(trainer, set, run));
    let (models, job, ledger) = match prepared {
        Some(Ok(prepared)) => prepared,
        Some(Err(fault)) => return fail(trainer, &fault),
        None => return,
    };
    let ledger = Rc::new(RefCell::new(ledger));
    let on_notice = move |notice| {
        if !trainer.is_turn(turn) {
            return;
        }
        match notice {
            Notice::Part(_, part) => note(&ledger, part),
            Notice::Done => close(trainer, turn, ending, &ledger.borrow()),
            Notice::Failed(fault) => fail(trainer, &fault),
            Notice::Radii(..) | Notice::Progress | Notice::Lost(..) => {}
        }
    };
    // A network for points answers in microseconds: one worker is done before a second would be up.
    let points = with(turn, |set, _| set.points.is_some()) == Some(true);
    let workers = if points { 1 } else { worker_host::cores() };
    let machine = move |now| Evaluation::new(now, workers, models, vec![job]);
    trainer.scorers.set_value(Some(WorkerHost::start(machine, on_notice)));
}

/// Ends a run by hand: what it had learnt is kept, nothing more is measured.
pub fn cancelled(trainer: TrainingState) {
    let turn = trainer.turn.get_value();
    trainer.workers.set_value(None);
    trainer.scorers.set_value(None);
    let prepared = with(turn, |set, run| {
        run.cancel();
        let ending = run.ending().unwrap_or(Ending::Cancelled);
        prepare(trainer, set, run).map(|(_, _, ledger)| (ending, ledger))
    });
    match prepared {
        Some(Ok((ending, ledger))) => close(trainer, turn, ending, &ledger),
        // Nothing was learnt yet.
        Some(Err(_)) | None => {
            trainer.next_turn();
            if UNDER_WAY.take().is_none_or(|(set, _)| set.points.is_none()) {
                saved::forget(trainer);
            }
            trainer.phase.set(Phase::Empty);
            sweep::over(trainer);
            lab_listener::tell_stopped(Job::Train);
        }
    }
}

fn note(ledger: &RefCell<Ledger>, part: Part) {
    // A share that a worker died over comes twice, and the second time says nothing new.
    if let Err(fault) = ledger.borrow_mut().add(part) {
        web_sys::console::warn_1(&fault.message.into());
    }
}

/// The weights that a run ends with, as a file; those it began with are no result.
fn result(run: &Run) -> Result<Rc<[u8]>, Fault> {
    let values = run.checkpoint().model();
    if run.checkpoint().batch == 0 || values.is_empty() {
        return Err(Fault::new(FaultKind::Input, tr("Nothing was learnt yet.")));
    }
    Ok(weights::write(&run.checkpoint().settings.architecture, values, Precision::Full)?.into())
}

fn prepare(trainer: TrainingState, set: &RunContext, run: &Run) -> Result<(Vec<Model>, CostedJob, Ledger), Fault> {
    let architecture = run.checkpoint().settings.architecture.clone();
    let after = Model { id: AFTER.into(), architecture, weights: result(run)? };
    let mut models: Vec<Model> = set.before.iter().map(|model| Model { id: BEFORE.into(), ..model.clone() }).collect();
    models.push(after);
    let recipe = &run.checkpoint().settings.recipe;
    let known = trainer.evaluation.known.get_untracked();
    let cards = || known.iter().flat_map(|known| &known.catalog.attacks);
    let trial = |(id, knob, value): (&str, &str, f64)| {
        let card = cards().find(|card| card.id == id && card.norms.contains(&recipe.norm))?;
        let knobs = card.knobs.iter().filter(|own| own.key == knob).map(|own| (own.key.clone(), value)).collect();
        let spec =
            AttackSpec { id: id.into(), norm: recipe.norm, eps: set.eps, target: None, knobs, limits: Vec::new() };
        Some(Trial { spec, aim: Aim::Within })
    };
    let trials: Vec<Trial> = ATTACKS.into_iter().filter_map(trial).collect();
    let ids: Vec<String> = models.iter().map(|model| model.id.clone()).collect();
    let job = EvaluationJob {
        models: ids.clone(),
        inputs: set.tests.clone(),
        first: 0,
        crafted_on: None,
        attacks: trials.iter().map(|trial| trial.spec.clone()).collect(),
        radius: None,
        seed: recipe.seed,
    };
    let Inputs { labels, .. } = &set.tests;
    let ledger = Ledger::new(ids, trials, labels.clone().unwrap_or_default(), set.data.classes.len());
    Ok((models, CostedJob { job, cost: 240.0 }, ledger))
}

fn board(trainer: TrainingState, ledger: &Ledger) -> Board {
    let score = |id: &str| {
        let found = ledger.models.iter().position(|model| model == id).map(|model| ledger.figures(model, 0.5));
        let none = Accuracy::of(0, 0);
        let attacked = |at: usize| {
            let of = |report: &foolproof_core::report::ModelReport| {
                report.attacks.iter().find(|one| one.attack == at).map(|one| one.accuracy)
            };
            found.as_ref().and_then(of).unwrap_or(none)
        };
        Score {
            clean: found.as_ref().map_or(none, |report| report.clean),
            attacked: (0..ledger.trials.len()).map(attacked).collect(),
        }
    };
    let known = trainer.evaluation.known.get_untracked();
    let name = |trial: &Trial| {
        let card = known.iter().flat_map(|known| &known.catalog.attacks).find(|card| card.id == trial.spec.id);
        card.map_or_else(|| trial.spec.id.clone(), |card| card.name.clone())
    };
    Board {
        attacks: ledger.trials.iter().map(|trial| trial.spec.clone()).collect(),
        names: ledger.trials.iter().map(name).collect(),
        before: score(BEFORE),
        after: score(AFTER),
    }
}

/// Keeps the model and tells everybody.
fn close(trainer: TrainingState, turn: u32, ending: Ending, ledger: &Ledger) {
    let board = board(trainer, ledger);
    let Some((set, run)) = UNDER_WAY.take().filter(|(set, _)| set.turn == turn) else { return };
    trainer.next_turn();
    trainer.board.set(Some(Arc::new(board.clone())));
    if sweep::is_under_way() {
        return close_row(trainer, &set, &run, ending, &board);
    }
    spawn_local(async move {
        let kept = match set.points {
            // No other page could do anything with a model of points.
            Some(_) => Ok(None),
            None => keep(trainer, &set, &run, ending, &board).await.map(Some),
        };
        let model = match kept {
            Ok(kept) => kept.map(|kept| kept.id()),
            Err(fault) => {
                trainer.said.set(fault.message);
                None
            }
        };
        trainer.closed.set(Some(Closed { ending, model: model.clone(), from: set.from.clone() }));
        trainer.phase.set(Phase::Done);
        match set.points {
            // An earlier run on images may still rest.
            Some(_) => saved::find(trainer),
            None => saved::forget(trainer),
        }
        // Another dataset, chosen meanwhile, has no use for it.
        let here = trainer.evaluation.settings.with_untracked(|settings| settings.data == set.data.id);
        if let Some(model) = model.as_ref().filter(|_| here) {
            let beside = if set.from == RANDOM { String::new() } else { set.from.clone() };
            trainer.evaluation.set(&[("model", model.clone()), ("train.beside", beside)]);
        }
        let value = outcome(&set, &run, ending, &board, model.as_deref()).json();
        lab_listener::tell_report(Job::Train, &value);
        trainer.made.set_value(Some(value));
    });
}

/// Takes a run of a sweep down as a row of it; its model is kept if the visitor says so.
fn close_row(trainer: TrainingState, set: &RunContext, run: &Run, ending: Ending, board: &Board) {
    trainer.phase.set(Phase::Done);
    let outcome = outcome(set, run, ending, board, None);
    let model = trained(set, run, ending, board).ok().filter(|_| set.points.is_none());
    if set.points.is_none() {
        saved::forget_run(trainer);
    }
    let row = |values| Row::of(values, board, outcome.seconds, ending);
    sweep::took(trainer, row, &outcome.json(), model, ending == Ending::Cancelled);
}

/// The model that came of a run, with its card.
fn trained(set: &RunContext, run: &Run, ending: Ending, board: &Board) -> Result<Trained, Fault> {
    let weights = result(run)?;
    let card = outcome(set, run, ending, board, None).card().to_string();
    let robust = run.checkpoint().settings.recipe.method != "standard";
    let architecture = run.checkpoint().settings.architecture.clone();
    Ok(Trained { kept: Kept::new(&set.name, &set.data.id, robust, architecture, &weights, card), weights })
}

async fn keep(
    trainer: TrainingState,
    set: &RunContext,
    run: &Run,
    ending: Ending,
    board: &Board,
) -> Result<Kept, Fault> {
    let Trained { kept, weights } = trained(set, run, ending, board)?;
    Ok(storage::keep(trainer.evaluation, kept, &weights).await.kept)
}

fn outcome<'a>(
    set: &'a RunContext,
    run: &'a Run,
    ending: Ending,
    board: &'a Board,
    model: Option<&'a str>,
) -> Outcome<'a> {
    let progress = run.progress();
    Outcome {
        fragment: &set.fragment,
        replicas: run.checkpoint().settings.replicas,
        millis: now() - set.asked,
        recipe: &run.checkpoint().settings.recipe,
        from: &set.from,
        model,
        batches: progress.batch,
        images: progress.images,
        seconds: progress.seconds,
        ending,
        curve: run.checkpoint().curve(),
        board,
    }
}

//! The scoreboard of a run: both models are attacked on the same inputs; and what a run ends with, as a model and as a
//! result.

use super::{
    sweep_run::Trained,
    training_run::{RunContext, TrainingRun},
};
use crate::i18n::tr;
use crate::{
    models::Kept,
    train::{
        request::is_plain,
        result::Outcome,
        scoreboard::{Board, Score},
        view::state::{Phase, Short, TrainingState},
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
    protocol::{AttackSpec, EvaluationJob, Fault, FaultKind, Inputs, Part, ThreatModel},
    report::{Accuracy, Ledger, ModelReport, Trial},
    training::{Ending, Run},
    weights::{self, Precision},
};
use leptos::prelude::*;
use serde_json::Value;
use std::{cell::RefCell, rc::Rc};

/// The attacks of the scoreboard, none of which a training method uses: one with gradients, one without.
const ATTACKS: [(&str, &str, f64); 2] = [("apgd-ce", "steps", 40.0), ("square", "queries", 200.0)];

/// The two models in the workers.
const BEFORE: &str = "before";
const AFTER: &str = "after";

/// Training is over: its workers end, both models are attacked on the same inputs, and `then` hears what came of it.
pub fn score(trainer: TrainingState, then: impl Fn(Result<&Ledger, Fault>) + 'static) {
    trainer.phase.set(Phase::Scoring);
    let prepared = trainer.with_run(|run| {
        run.workers = None;
        // A network for points answers in microseconds: one worker is done before a second would be up.
        let workers = if run.context.points.is_some() { 1 } else { worker_host::cores() };
        prepare(trainer, &run.context, &run.run).map(|prepared| (workers, prepared))
    });
    let (workers, (models, job, ledger)) = match prepared {
        Some(Ok(prepared)) => prepared,
        Some(Err(fault)) => return then(Err(fault)),
        None => return,
    };
    let (ledger, turn) = (RefCell::new(ledger), trainer.turn.get_value());
    let on_notice = move |notice| match notice {
        _ if !trainer.is_turn(turn) => {}
        Notice::Part(_, part) => note(&ledger, part),
        Notice::Done => then(Ok(&ledger.borrow())),
        Notice::Failed(fault) => then(Err(fault)),
        Notice::Radii(..) | Notice::Votes(..) | Notice::Progress | Notice::Lost(..) => {}
    };
    let scorers = WorkerHost::start(move |now| Evaluation::new(now, workers, models, vec![job]), on_notice);
    trainer.with_run(|run| run.scorers = Some(scorers));
}

/// The ledger of a scoreboard on which nothing stands.
///
/// # Errors
/// A [`Fault`] if nothing was learnt yet.
pub fn unscored(trainer: TrainingState, run: &TrainingRun) -> Result<Ledger, Fault> {
    prepare(trainer, &run.context, &run.run).map(|(_, _, ledger)| ledger)
}

fn note(ledger: &RefCell<Ledger>, part: Part) {
    // A share that a worker died over comes twice, and the second time says nothing new.
    if let Err(fault) = ledger.borrow_mut().add(part) {
        web_sys::console::warn_1(&fault.message.into());
    }
}

/// The weights that a run ends with, as a file; those it began with are no result.
fn result(run: &Run) -> Result<Rc<[u8]>, Fault> {
    file(run, run.checkpoint().model())
}

fn file(run: &Run, values: &[f32]) -> Result<Rc<[u8]>, Fault> {
    if run.checkpoint().batch == 0 || values.is_empty() {
        return Err(Fault::new(FaultKind::Input, tr("Nothing was learnt yet.")));
    }
    Ok(weights::write(&run.checkpoint().settings.architecture, values, Precision::Full)?.into())
}

fn prepare(trainer: TrainingState, context: &RunContext, run: &Run) -> Result<(Vec<Model>, CostedJob, Ledger), Fault> {
    let architecture = run.checkpoint().settings.architecture.clone();
    let after = Model { id: AFTER.into(), architecture, weights: result(run)? };
    let mut models: Vec<Model> =
        context.before.iter().map(|model| Model { id: BEFORE.into(), ..model.clone() }).collect();
    models.push(after);
    let recipe = &run.checkpoint().settings.recipe;
    let threat = ThreatModel { eps: context.eps, ..run.checkpoint().settings.threat() };
    let known = trainer.evaluation.known.get_untracked();
    let cards = || known.iter().flat_map(|known| &known.catalog.attacks);
    let trial = |(id, knob, value): (&str, &str, f64)| {
        let card = cards().find(|card| card.id == id && card.norms.contains(&recipe.norm))?;
        let knobs = card.knobs.iter().filter(|own| own.key == knob).map(|own| (own.key.clone(), value)).collect();
        Some(Trial { spec: AttackSpec { knobs, ..threat.attack(id, &[]) }, aim: Aim::Within })
    };
    let trials: Vec<Trial> = ATTACKS.into_iter().filter_map(trial).collect();
    let ids: Vec<String> = models.iter().map(|model| model.id.clone()).collect();
    let job = EvaluationJob::new(
        ids.clone(),
        context.tests.clone(),
        trials.iter().map(|trial| trial.spec.clone()).collect(),
        recipe.seed,
    );
    let Inputs { labels, .. } = &context.tests;
    let ledger = Ledger::new(ids, trials, labels.clone().unwrap_or_default(), context.data.classes.len());
    Ok((models, CostedJob { job, cost: 240.0 }, ledger))
}

/// The scoreboard, from what the attacks have told.
pub fn board(trainer: TrainingState, ledger: &Ledger) -> Board {
    let score = |id: &str| {
        let found = ledger.models.iter().position(|model| model == id).map(|model| ledger.figures(model, 0.5));
        let none = Accuracy::of(0, 0);
        let attacked = |at: usize| {
            let of = |report: &ModelReport| report.attacks.iter().find(|one| one.attack == at).map(|one| one.accuracy);
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

/// The model that came of a run, with its card.
pub fn trained(run: &TrainingRun, ending: Ending, board: &Board) -> Result<Trained, Fault> {
    let card = outcome(run, ending, board, None).card();
    Ok(with_card(run, &run.context.name, result(&run.run)?, &card))
}

/// What the run managed, where it ended well and its model is not hardened all the same.
pub fn short(context: &RunContext, run: &Run, ending: Ending, board: &Board) -> Option<Short> {
    let meant = context.points.is_none() && !is_plain(&run.checkpoint().settings.recipe.method);
    let ended = matches!(ending, Ending::Finished | Ending::Cancelled | Ending::Early);
    let held = board.unhardened().filter(|_| meant && ended)?;
    Some(Short { held, images: run.progress().images, eps: context.eps })
}

/// The last model of a run that ended with an earlier one: worse, and kept only if somebody asks for it.
pub fn worse(run: &TrainingRun, ending: Ending, board: &Board) -> Option<Trained> {
    let last = ending.keeps_best().then(|| file(&run.run, run.run.checkpoint().last()).ok()).flatten()?;
    let mut card = outcome(run, ending, board, None).card();
    card["model"] = "the last one, not the best".into();
    let name = format!("{}-last", run.context.name);
    Some(with_card(run, &name, last, &card))
}

fn with_card(run: &TrainingRun, name: &str, weights: Rc<[u8]>, card: &Value) -> Trained {
    let settings = &run.run.checkpoint().settings;
    let (robust, architecture) = (!is_plain(&settings.recipe.method), settings.architecture.clone());
    Trained { kept: Kept::new(name, &run.context.data.id, robust, architecture, &weights, card.to_string()), weights }
}

/// A run's result, as the host gets it and as the card of its model says it.
pub fn outcome<'a>(of: &'a TrainingRun, ending: Ending, board: &'a Board, model: Option<&'a str>) -> Outcome<'a> {
    let (context, run) = (&of.context, &of.run);
    let progress = run.progress();
    Outcome {
        fragment: &context.fragment,
        engine: &of.engine,
        millis: now() - context.asked,
        recipe: &run.checkpoint().settings.recipe,
        from: &context.from,
        model,
        batches: progress.batch,
        images: progress.images,
        seconds: progress.seconds,
        ending,
        curve: run.checkpoint().curve(),
        board,
    }
}

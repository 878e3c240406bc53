//! The beginning of a run: what the link asks for, its files, its workers.

use super::{RunContext, UNDER_WAY, fail, rounds};
use crate::i18n::{tr, tr_with};
use crate::{
    attack::plan,
    files::job_files::Load,
    link::Settings,
    train::{
        request::{PICTURES, Points, RANDOM, TrainingRequest, all_images},
        scoreboard::STRIP,
        view::{
            state::{NOTHING, Phase, TrainingState},
            sweep,
        },
    },
    workers::{
        pool::{Model, Pool},
        rest::now,
        worker_host::{self, WorkerHost},
    },
};
use foolproof_browser::pause::Pause;
use foolproof_core::{
    manifest::Dataset,
    plane::SHAPE,
    protocol::{Fault, FaultKind, Inputs, Learner, Request},
    training::{Checkpoint, Run},
    weights,
};
use leptos::prelude::*;
use std::collections::BTreeMap;
use wasm_bindgen_futures::spawn_local;

/// Deaths of workers over a round or an examination after which a run ends.
const MOST_DEATHS: u32 = 3;

/// Everything that a run needs, fetched from the network and the model store.
struct PreparedRun {
    set: RunContext,
    run: Run,
    kept: Vec<Request>,
}

/// Begins a run from the link; with `rest` it rests after its first round.
pub fn begin(trainer: TrainingState, rest: bool) {
    let Some((request, _)) = trainer.request.get_untracked() else { return };
    let fragment = trainer.evaluation.settings.with_untracked(|settings| settings.fragment());
    match &request.sweep {
        Some(sweep) if !rest => sweep::begin(trainer, sweep, fragment, request.points.is_none()),
        _ => launch(trainer, request, fragment, rest, None),
    }
}

/// Sets keys of the link and begins the run that it then asks for.
pub fn begin_with(trainer: TrainingState, keys: &[(&str, String)]) {
    let fragment = trainer.evaluation.settings.with_untracked(|settings| settings.fragment());
    trainer.evaluation.set(keys);
    one(trainer, &fragment, keys, None);
}

/// The settings of a link with these keys changed.
pub fn changed(fragment: &str, keys: &[(&str, String)]) -> Settings {
    let (mut settings, _) = Settings::read(fragment);
    settings.update(keys.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect());
    settings
}

/// Begins the run of a link with these keys changed, or goes on with it.
pub fn one(trainer: TrainingState, fragment: &str, keys: &[(&str, String)], earlier: Option<Checkpoint>) {
    let settings = changed(fragment, keys);
    let known = trainer.evaluation.known.get_untracked();
    let request =
        known.and_then(|known| TrainingRequest::read(&settings, &known.manifest, &known.catalog, worker_host::cores()));
    if let Some((request, _)) = request {
        launch(trainer, request, settings.fragment(), false, earlier);
    }
}

/// Brings everything and starts the workers, at the beginning or where an earlier run was.
fn launch(trainer: TrainingState, request: TrainingRequest, fragment: String, rest: bool, earlier: Option<Checkpoint>) {
    let turn = trainer.next_turn();
    trainer.phase.set(Phase::Loading(0, 0));
    trainer.progress.set(NOTHING);
    trainer.curve.set(std::sync::Arc::new([]));
    trainer.strip.set(None);
    trainer.board.set(None);
    trainer.closed.set(None);
    trainer.left.set(None);
    trainer.said.set(String::new());
    trainer.unkept.set(String::new());
    spawn_local(async move {
        let prepared = bring(trainer, turn, request, fragment, rest, earlier).await;
        if !trainer.is_turn(turn) {
            return;
        }
        match prepared {
            Ok(prepared) => go(trainer, turn, prepared),
            Err(fault) => fail(trainer, &fault),
        }
    });
}

async fn bring(
    trainer: TrainingState,
    turn: u32,
    request: TrainingRequest,
    fragment: String,
    rest: bool,
    earlier: Option<Checkpoint>,
) -> Result<PreparedRun, Fault> {
    if let Some(points) = request.points {
        return Ok(place(trainer, turn, &request, &points, fragment, rest));
    }
    let missing = || Fault::new(FaultKind::Input, tr("The list of datasets is not loaded yet."));
    let (settings, _) = Settings::read(&fragment);
    let known = trainer.evaluation.known.get_untracked();
    // The page's own settings may have moved on.
    let data = known.iter().find_map(|known| plan::dataset(&settings, &known.manifest).cloned()).ok_or_else(missing)?;
    let load = Load::new(trainer.evaluation, move |done, total| {
        if trainer.is_turn(turn) {
            trainer.phase.set(Phase::Loading(done, total));
        }
    });
    let before = if request.from == RANDOM { None } else { Some(load.model(&request.from).await?) };
    let mut kept = Vec::new();
    for id in request.settings.recipe.sources.iter().filter(|_| request.settings.recipe.method == "ensemble") {
        let Model { id, architecture, weights } = load.model(id).await?;
        kept.push(Request::Model { id, architecture, weights: weights.to_vec() });
    }
    let tests = load.tests(&data, request.scored.min(data.test.iter().map(|shard| shard.count).sum())).await?;
    let (pictures, held) = pictures(&load, &request, &data).await?;
    kept.extend(pictures);
    let mut learner = Learner::default();
    if let Some(model) = &before {
        learner.weights = weights::read(&model.architecture, &model.weights)?;
    }
    let mut settings = request.settings.clone();
    // Only an ensemble's rounds name other models.
    settings.recipe.sources.retain(|_| request.settings.recipe.method == "ensemble");
    let state = earlier.unwrap_or_else(|| Checkpoint::new(settings, learner));
    let files = Files { data, before, tests, held };
    Ok(set_up(turn, &request, files, fragment, rest, state, kept))
}

/// A run on points, which are drawn here.
fn place(
    trainer: TrainingState,
    turn: u32,
    request: &TrainingRequest,
    points: &Points,
    fragment: String,
    rest: bool,
) -> PreparedRun {
    let drawn = points.drawn();
    trainer.plane_view.begin(&request.settings.architecture);
    let kept =
        Request::Pictures { id: PICTURES.into(), shape: SHAPE, values: drawn.pixels.into(), labels: drawn.labels };
    let held = points.held(request.settings.validation as usize);
    let files = Files { data: points.dataset(), before: None, tests: points.tests(), held };
    let state = Checkpoint::new(request.settings.clone(), Learner::default());
    set_up(turn, request, files, fragment, rest, state, vec![kept])
}

/// What a run is about.
struct Files {
    data: Dataset,
    before: Option<Model>,
    tests: Inputs,
    held: Inputs,
}

fn set_up(
    turn: u32,
    request: &TrainingRequest,
    files: Files,
    fragment: String,
    rest: bool,
    state: Checkpoint,
    kept: Vec<Request>,
) -> PreparedRun {
    let Files { data, before, tests, held } = files;
    let mut run = Run::new(state);
    if rest {
        run.step();
    }
    let name = request.name.clone().unwrap_or_else(|| format!("{}-{}", data.id, request.settings.recipe.method));
    let watched = watched(&tests, held);
    let (seen, tag, shown, kept_at, asked) = (BTreeMap::new(), 0, 0.0, run.progress().seconds, now());
    let (from, eps, points) = (request.from.clone(), request.eps as f32, request.points);
    let set = RunContext {
        turn,
        points,
        data,
        before,
        from,
        name,
        eps,
        fragment,
        tests,
        watched,
        seen,
        tag,
        shown,
        kept: kept_at,
        asked,
    };
    PreparedRun { set, run, kept }
}

/// The training pictures, a message a shard, and the last ones of the split, held out.
async fn pictures(load: &Load, request: &TrainingRequest, data: &Dataset) -> Result<(Vec<Request>, Inputs), Fault> {
    let (all, validation) = (all_images(data), request.settings.validation as usize);
    if all <= validation {
        return Err(Fault::new(FaultKind::File, tr_with("{0} has too few training images.", &[&data.name])));
    }
    let first_held = all - validation;
    let images = (request.settings.images as usize).min(first_held);
    let (mut messages, turn) = (Vec::new(), Pause::new());
    let (mut held, mut truths) = (Vec::new(), Vec::new());
    for shard in &data.train {
        let end = shard.first + shard.count;
        if shard.first >= images && end <= first_held {
            continue;
        }
        let samples = load.images(data, shard).await?;
        // A shard is megabytes; clicks and frames get their turn between two.
        turn.macrotask().await;
        for (picture, label) in (first_held.max(shard.first)..end).filter_map(|at| samples.sample(at)) {
            held.extend(picture);
            truths.push(u32::from(label));
        }
        let (values, labels) = samples.until(images);
        let id = PICTURES.to_owned();
        match labels.len() {
            0 => {}
            _ if messages.is_empty() => messages.push(Request::Pictures { id, shape: data.shape, values, labels }),
            _ => messages.push(Request::MorePictures { id, values, labels }),
        }
    }
    let [channels, rows, columns] = data.shape;
    let held = Inputs { shape: [truths.len(), channels, rows, columns], pixels: held, labels: Some(truths) };
    Ok((messages, held))
}

/// The strip's pictures and the held-out ones, in one batch.
fn watched(tests: &Inputs, held: Inputs) -> Inputs {
    let [_, channels, rows, columns] = held.shape;
    let (size, strip) = (channels * rows * columns, STRIP.min(tests.shape[0]));
    let mut pixels = tests.pixels[..strip * size].to_vec();
    pixels.extend(held.pixels);
    let mut labels = tests.labels.clone().unwrap_or_default();
    labels.truncate(strip);
    labels.extend(held.labels.into_iter().flatten());
    Inputs { shape: [labels.len(), channels, rows, columns], pixels, labels: Some(labels) }
}

fn go(trainer: TrainingState, turn: u32, PreparedRun { set, run, kept }: PreparedRun) {
    let workers = run.checkpoint().settings.replicas as usize;
    UNDER_WAY.set(Some((set, run)));
    let workers = WorkerHost::start(
        move |_| Pool::new(workers, MOST_DEATHS, kept),
        move |notice| rounds::heard(trainer, turn, notice),
    );
    trainer.workers.set_value(Some(workers));
    trainer.phase.set(Phase::Running);
    rounds::next(trainer, turn);
}

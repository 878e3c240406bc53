//! What a run needs before its first round: what the link asks for, fetched from the network and the model store.

use super::training_run::RunContext;
use crate::i18n::{tr, tr_heard, tr_with};
use crate::{
    attack::plan,
    files::job_files::Load,
    link::{EnginePreference, Settings},
    models::PREFIX,
    train::{
        engine::{ChosenFor, TrainingEngine},
        request::{BOUNDS, PICTURES, Points, RANDOM, TrainingRequest, all_images},
        scoreboard::STRIP,
        view::state::TrainingState,
    },
    workers::{pool::Model, rest::now},
};
use foolproof_browser::{adapter, pause::Pause};
use foolproof_core::{
    manifest::Dataset,
    plane::SHAPE,
    protocol::{Fault, FaultKind, Inputs, Learner, Request},
    training::{Checkpoint, Run},
    weights,
};
use leptos::prelude::*;

/// A run with all that it needs, but for workers.
pub struct PreparedRun {
    /// What it is about.
    pub context: RunContext,
    /// At its start, or where an earlier one was.
    pub run: Run,
    /// Who is to train.
    pub engine: TrainingEngine,
    /// What every worker is told first.
    pub first: Vec<Request>,
}

/// The settings of a link with these keys changed.
pub fn settings_with(fragment: &str, keys: &[(&str, String)]) -> Settings {
    let (mut settings, _) = Settings::read(fragment);
    settings.update(keys.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect());
    settings
}

/// Brings everything for the run of a link; `told` hears of bytes so far and in all.
///
/// # Errors
/// A [`Fault`] if a file cannot be had, or the dataset is not known or too small.
pub async fn prepare(
    trainer: TrainingState,
    request: &TrainingRequest,
    fragment: String,
    earlier: Option<Checkpoint>,
    told: impl Fn(u64, u64) + 'static,
) -> Result<PreparedRun, Fault> {
    let evaluation = trainer.evaluation;
    if let Some(points) = &request.points {
        return Ok(on_points(request, points, fragment));
    }
    let missing = || Fault::new(FaultKind::Input, tr("The list of datasets is not loaded yet."));
    let (settings, _) = Settings::read(&fragment);
    let known = evaluation.known.get_untracked();
    // The page's own settings may have moved on.
    let data = known.iter().find_map(|known| plan::dataset(&settings, &known.manifest).cloned()).ok_or_else(missing)?;
    let load = Load::new(evaluation, told);
    let before = if request.from == RANDOM { None } else { Some(load.model(&request.from).await?) };
    let mut first = Vec::new();
    for id in request.settings.recipe.sources.iter().filter(|_| request.settings.recipe.method == "ensemble") {
        let Model { id, architecture, weights } = load.model(id).await?;
        first.push(Request::Model { id, architecture, weights: weights.to_vec() });
    }
    let tests = load.tests(&data, request.scored.min(data.test.iter().map(|shard| shard.count).sum())).await?;
    let (pictures, held) = pictures(&load, request, &data).await?;
    first.extend(pictures);
    let mut learner = Learner::default();
    if let Some(model) = &before {
        learner.weights = weights::read(&model.architecture, &model.weights)?;
    }
    let mut settings = request.settings.clone();
    // Only an ensemble's rounds name other models.
    settings.recipe.sources.retain(|_| request.settings.recipe.method == "ensemble");
    let seats = settings.seats();
    let mut state = earlier.unwrap_or_else(|| Checkpoint::new(settings, learner));
    // Another engine may have trained until then.
    state.settings.reseat(seats);
    let engine = engine(trainer, request.engine, &state).await;
    state.settings.reseat(engine.seats());
    let context = context(request, fragment, (data, before, tests), held);
    Ok(PreparedRun { context, run: Run::new(state), engine, first })
}

/// Who trains a run that is here: CPU workers, or, where a GPU may be as good, what a trial told or will tell.
async fn engine(trainer: TrainingState, wanted: EnginePreference, state: &Checkpoint) -> TrainingEngine {
    let settings = &state.settings;
    let on_cpu = |why: &str| TrainingEngine::cpu(settings, why.to_owned());
    if wanted == EnginePreference::Cpu {
        return on_cpu(tr("The CPU trains, because it was chosen."));
    }
    if settings.recipe.method == BOUNDS {
        let reason = tr("The CPU trains: it has the kernels for bounds.");
        let asked = wanted == EnginePreference::Gpu;
        return if asked { TrainingEngine::refused(settings, reason.into()) } else { on_cpu(reason) };
    }
    let adapter = match adapter::probe().await {
        Ok(adapter) => adapter,
        Err(fault) if wanted == EnginePreference::Gpu => {
            return TrainingEngine::refused(settings, tr_heard(&fault.message));
        }
        Err(_) => return on_cpu(tr("Training runs on CPU workers of its own.")),
    };
    let timed = wanted == EnginePreference::Auto;
    if timed && adapter.software {
        return on_cpu(tr("The CPU trains, as the GPU here is one in software."));
    }
    let chosen = trainer.chosen.get_value().filter(|(like, _)| timed && *like == ChosenFor::like(settings));
    match chosen {
        Some((_, choice)) => TrainingEngine::known(settings, adapter.name, &choice),
        None => TrainingEngine::tried(settings, state.learner.clone(), adapter.name, timed),
    }
}

/// A run on points, which are drawn here.
fn on_points(request: &TrainingRequest, points: &Points, fragment: String) -> PreparedRun {
    let drawn = points.drawn();
    let first =
        Request::Pictures { id: PICTURES.into(), shape: SHAPE, values: drawn.pixels.into(), labels: drawn.labels };
    let held = points.held(request.settings.validation as usize);
    let context = context(request, fragment, (points.dataset(), None, points.tests()), held);
    let run = Run::new(Checkpoint::new(request.settings.clone(), Learner::default()));
    let engine = TrainingEngine::cpu(&request.settings, tr("Training runs on CPU workers of its own.").into());
    PreparedRun { context, run, engine, first: vec![first] }
}

fn context(
    request: &TrainingRequest,
    fragment: String,
    (data, before, tests): (Dataset, Option<Model>, Inputs),
    held: Inputs,
) -> RunContext {
    let own = data.id.strip_prefix(PREFIX).unwrap_or(&data.id);
    let name = request.name.clone().unwrap_or_else(|| format!("{own}-{}", request.settings.recipe.method));
    let watched = watched(&tests, held);
    let (from, eps, points, asked) = (request.from.clone(), request.eps as f32, request.points, now());
    RunContext { points, data, before, from, name, eps, fragment, tests, watched, asked }
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

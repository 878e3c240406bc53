//! The beginning of a run: what the link asks for, its files, its workers.

use super::{Kit, UNDER_WAY, fail, rounds};
use crate::i18n::{tr, tr_with};
use crate::{
    attack::plan,
    files::job_files::Load,
    link::Settings,
    train::{
        request::{PICTURES, Points, RANDOM, Wish, all_images},
        scoreboard::STRIP,
        view::{
            state::{Drill, NOTHING, Phase},
            sweep,
        },
    },
    workers::{
        pool::Model,
        rest::now,
        training_pool::Troop,
        worker_host::{self, Crew},
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

/// Everything that a run needs, brought from the network and the shelf.
struct Brought {
    set: Kit,
    run: Run,
    kept: Vec<Request>,
}

/// Begins a run from the link; with `rest` it rests after its first round.
pub fn begin(drill: Drill, rest: bool) {
    let Some((wish, _)) = drill.wish.get_untracked() else { return };
    let fragment = drill.bench.settings.with_untracked(|settings| settings.fragment());
    match &wish.sweep {
        Some(sweep) if !rest => sweep::begin(drill, sweep, fragment, wish.points.is_none()),
        _ => launch(drill, wish, fragment, rest, None),
    }
}

/// Sets keys of the link and begins the run that it then asks for.
pub fn begin_with(drill: Drill, keys: &[(&str, String)]) {
    let fragment = drill.bench.settings.with_untracked(|settings| settings.fragment());
    drill.bench.set(keys);
    one(drill, &fragment, keys, None);
}

/// The settings of a link with these keys changed.
pub fn changed(fragment: &str, keys: &[(&str, String)]) -> Settings {
    let (mut settings, _) = Settings::read(fragment);
    settings.update(keys.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect());
    settings
}

/// Begins the run of a link with these keys changed, or goes on with it.
pub fn one(drill: Drill, fragment: &str, keys: &[(&str, String)], earlier: Option<Checkpoint>) {
    let settings = changed(fragment, keys);
    let known = drill.bench.known.get_untracked();
    let wish = known.and_then(|known| Wish::read(&settings, &known.manifest, &known.catalog, worker_host::cores()));
    if let Some((wish, _)) = wish {
        launch(drill, wish, settings.fragment(), false, earlier);
    }
}

/// Brings everything and starts the workers, at the beginning or where an earlier run was.
fn launch(drill: Drill, wish: Wish, fragment: String, rest: bool, earlier: Option<Checkpoint>) {
    let turn = drill.next_turn();
    drill.phase.set(Phase::Loading(0, 0));
    drill.progress.set(NOTHING);
    drill.curve.set(std::sync::Arc::new([]));
    drill.strip.set(None);
    drill.board.set(None);
    drill.closed.set(None);
    drill.left.set(None);
    drill.said.set(String::new());
    spawn_local(async move {
        let brought = bring(drill, turn, wish, fragment, rest, earlier).await;
        if !drill.is_turn(turn) {
            return;
        }
        match brought {
            Ok(brought) => go(drill, turn, brought),
            Err(fault) => fail(drill, &fault),
        }
    });
}

async fn bring(
    drill: Drill,
    turn: u32,
    wish: Wish,
    fragment: String,
    rest: bool,
    earlier: Option<Checkpoint>,
) -> Result<Brought, Fault> {
    if let Some(points) = wish.points {
        return Ok(place(drill, turn, &wish, &points, fragment, rest));
    }
    let missing = || Fault::new(FaultKind::Input, tr("The list of datasets is not loaded yet."));
    let (settings, _) = Settings::read(&fragment);
    let known = drill.bench.known.get_untracked();
    // The page's own settings may have moved on.
    let data = known.iter().find_map(|known| plan::dataset(&settings, &known.manifest).cloned()).ok_or_else(missing)?;
    let load = Load::new(drill.bench, move |done, total| {
        if drill.is_turn(turn) {
            drill.phase.set(Phase::Loading(done, total));
        }
    });
    let before = if wish.from == RANDOM { None } else { Some(load.model(&wish.from).await?) };
    let mut kept = Vec::new();
    for id in wish.settings.recipe.sources.iter().filter(|_| wish.settings.recipe.method == "ensemble") {
        let Model { id, architecture, weights } = load.model(id).await?;
        kept.push(Request::Model { id, architecture, weights: weights.to_vec() });
    }
    let tests = load.tests(&data, wish.scored.min(data.test.iter().map(|shard| shard.count).sum())).await?;
    let (pictures, held) = pictures(&load, &wish, &data).await?;
    kept.extend(pictures);
    let mut learner = Learner::default();
    if let Some(model) = &before {
        learner.weights = weights::read(&model.architecture, &model.weights)?;
    }
    let mut settings = wish.settings.clone();
    // Only an ensemble's rounds name other models.
    settings.recipe.sources.retain(|_| wish.settings.recipe.method == "ensemble");
    let state = earlier.unwrap_or_else(|| Checkpoint::new(settings, learner));
    let files = Files { data, before, tests, held };
    Ok(set_up(turn, &wish, files, fragment, rest, state, kept))
}

/// A run on points, which are drawn here.
fn place(drill: Drill, turn: u32, wish: &Wish, points: &Points, fragment: String, rest: bool) -> Brought {
    let drawn = points.drawn();
    drill.scene.begin(&wish.settings.architecture);
    let kept = Request::Pictures { id: PICTURES.into(), shape: SHAPE, pixels: drawn.pixels, labels: drawn.labels };
    let held = points.held(wish.settings.validation as usize);
    let files = Files { data: points.dataset(), before: None, tests: points.tests(), held };
    let state = Checkpoint::new(wish.settings.clone(), Learner::default());
    set_up(turn, wish, files, fragment, rest, state, vec![kept])
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
    wish: &Wish,
    files: Files,
    fragment: String,
    rest: bool,
    state: Checkpoint,
    kept: Vec<Request>,
) -> Brought {
    let Files { data, before, tests, held } = files;
    let mut run = Run::new(state);
    if rest {
        run.step();
    }
    let name = wish.name.clone().unwrap_or_else(|| format!("{}-{}", data.id, wish.settings.recipe.method));
    let watched = watched(&tests, held);
    let (seen, tag, shown, kept_at, asked) = (BTreeMap::new(), 0, 0.0, run.progress().seconds, now());
    let (from, eps, points) = (wish.from.clone(), wish.eps as f32, wish.points);
    let set = Kit {
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
    Brought { set, run, kept }
}

/// The training pictures, a message a shard, and the last ones of the split, held out.
async fn pictures(load: &Load, wish: &Wish, data: &Dataset) -> Result<(Vec<Request>, Inputs), Fault> {
    let (all, validation) = (all_images(data), wish.settings.validation as usize);
    if all <= validation {
        return Err(Fault::new(FaultKind::File, tr_with("{0} has too few training images.", &[&data.name])));
    }
    let first_held = all - validation;
    let images = (wish.settings.images as usize).min(first_held);
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
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for at in shard.first..end {
            let Some((picture, label)) = samples.sample(at) else { continue };
            if at < images {
                pixels.extend_from_slice(picture);
                labels.push(label);
            } else if at >= first_held {
                held.extend(picture.iter().map(|&pixel| f32::from(pixel) / 255.0));
                truths.push(u32::from(label));
            }
        }
        let id = PICTURES.to_owned();
        match labels.len() {
            0 => {}
            _ if messages.is_empty() => messages.push(Request::Pictures { id, shape: data.shape, pixels, labels }),
            _ => messages.push(Request::MorePictures { id, pixels, labels }),
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

fn go(drill: Drill, turn: u32, Brought { set, run, kept }: Brought) {
    let workers = run.checkpoint().settings.replicas as usize;
    UNDER_WAY.set(Some((set, run)));
    let crew = Crew::start(move |now| Troop::new(now, workers, kept), move |notice| rounds::heard(drill, turn, notice));
    drill.crew.set_value(Some(crew));
    drill.phase.set(Phase::Running);
    rounds::next(drill, turn);
}

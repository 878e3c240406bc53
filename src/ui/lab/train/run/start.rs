//! The beginning of a run: what the link asks for, its files, its workers.

use super::{Set, UNDER_WAY, fail, rounds};
use crate::{
    protocol::{Fault, FaultKind, Inputs, Learner, Request},
    ui::{
        lab::{
            files::Load,
            train::drill::{Drill, Phase},
        },
        pool::{
            Model,
            crew::{self, Crew},
        },
        shelf::file,
        shipped::Samples,
        train::{
            course::Course,
            sheet::STRIP,
            wish::{RANDOM, Wish, all_images},
        },
        troop::Troop,
    },
    worker::now,
};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Test images of the scoreboard.
const SCORED: usize = 300;
/// Training images that are held out, the last ones, to see how the run does.
pub const HELD: usize = 200;
/// Replicas where the link does not say: each needs a core, and more than two help little.
const USUAL_WORKERS: usize = 2;
/// The id of the pictures in the workers.
pub const PICTURES: &str = "train";

/// Everything that a course needs, brought from the network and the shelf.
struct Brought {
    set: Set,
    course: Course,
    kept: Vec<Request>,
}

/// Begins a run from the link; with `rest` it rests after its first round.
pub fn begin(drill: Drill, rest: bool) {
    let Some((wish, _)) = drill.wish.get_untracked() else { return };
    let fragment = drill.bench.settings.with_untracked(|settings| settings.fragment());
    launch(drill, wish, fragment, rest, None);
}

/// Brings everything and starts the workers, at the beginning or where an earlier course was.
pub fn launch(drill: Drill, wish: Wish, fragment: String, rest: bool, earlier: Option<Course>) {
    let turn = drill.next_turn();
    drill.phase.set(Phase::Loading(0, 0));
    drill.progress.set(Default::default());
    drill.curve.set(Default::default());
    drill.strip.set(None);
    drill.board.set(None);
    drill.ending.set(None);
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
    earlier: Option<Course>,
) -> Result<Brought, Fault> {
    let missing = || Fault::new(FaultKind::Input, "The list of datasets is not loaded yet.");
    let data = untrack(|| drill.bench.dataset()).ok_or_else(missing)?;
    let load = Load::new(drill.bench, move |done, total| {
        if drill.is_turn(turn) {
            drill.phase.set(Phase::Loading(done, total));
        }
    });
    let before = if wish.from == RANDOM { None } else { Some(load.model(&wish.from).await?) };
    let like = match &before {
        Some(model) => model.clone(),
        None => load.model(&data.natural).await?,
    };
    let mut sources = Vec::new();
    for id in wish.recipe.sources.iter().filter(|_| wish.recipe.method == "ensemble") {
        let Model { id, architecture, weights } = load.model(id).await?;
        sources.push(Request::Model { id, architecture, weights: weights.to_vec() });
    }
    let tests = load.tests(&data, SCORED.min(data.test.iter().map(|shard| shard.count).sum())).await?;
    let (pictures, held) = pictures(&load, &wish, &data).await?;
    let images = match &pictures {
        Request::Pictures { labels, .. } => labels.len(),
        _ => 0,
    };
    let mut kept = vec![pictures];
    kept.append(&mut sources);
    let learner = match &before {
        Some(model) => {
            let weights = file::unpack(&model.id, &model.architecture, &model.weights)?;
            Learner { weights, ..Learner::default() }
        }
        None => Learner::default(),
    };
    let workers = wish.workers.unwrap_or_else(|| crew::cores().min(USUAL_WORKERS));
    let name = wish.name.clone().unwrap_or_else(|| format!("{}-{}", data.id, wish.recipe.method));
    let course = earlier.unwrap_or_else(|| Course::new(&wish, like.architecture.clone(), learner, images, workers));
    let from = wish.from.clone();
    let (looked, kept_at, asked) = (f64::NEG_INFINITY, course.seconds(), now());
    let set =
        Set { turn, data, before, from, name, fragment, tests, held, rest, since: 0.0, looked, kept: kept_at, asked };
    Ok(Brought { set, course, kept })
}

/// The training pictures, and the last ones of the split, held out.
async fn pictures(load: &Load, wish: &Wish, data: &crate::manifest::Dataset) -> Result<(Request, Inputs), Fault> {
    let all = all_images(data);
    if all <= 2 * HELD {
        return Err(Fault::new(FaultKind::File, format!("{} has too few training images.", data.name)));
    }
    let (images, first_held) = (wish.images.min(all - HELD), all - HELD);
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    let (mut held, mut truths) = (Vec::new(), Vec::new());
    for shard in &data.train {
        if shard.first >= images && shard.first + shard.count <= first_held {
            continue;
        }
        let samples = load.images(data, shard).await?;
        let of = |samples: &Samples, at: usize| samples.sample(at).map(|(pixels, label)| (pixels.to_vec(), label));
        for at in shard.first..shard.first + shard.count {
            if at >= images && at < first_held {
                continue;
            }
            let Some((picture, label)) = of(&samples, at) else { continue };
            if at < images {
                pixels.extend(picture);
                labels.push(label);
            } else {
                held.extend(picture.iter().map(|&pixel| f32::from(pixel) / 255.0));
                truths.push(u32::from(label));
            }
        }
    }
    let [channels, rows, columns] = data.shape;
    let held = Inputs { shape: [truths.len(), channels, rows, columns], pixels: held, labels: Some(truths) };
    Ok((Request::Pictures { id: PICTURES.into(), shape: data.shape, pixels, labels }, held))
}

fn go(drill: Drill, turn: u32, Brought { set, course, kept }: Brought) {
    let workers = course.replicas() as usize;
    drill.curve.set(std::sync::Arc::new(course.curve().to_vec()));
    UNDER_WAY.set(Some((set, course)));
    let crew = Crew::start(move |now| Troop::new(now, workers, kept), move |notice| rounds::heard(drill, turn, notice));
    drill.crew.set_value(Some(crew));
    drill.phase.set(Phase::Running);
    rounds::next(drill, turn);
}

/// The first sixteen test images and the held-out ones, in one batch.
pub fn watched(set: &Set) -> Inputs {
    let [_, channels, rows, columns] = set.held.shape;
    let (size, strip) = (channels * rows * columns, STRIP.min(set.tests.shape[0]));
    let mut pixels = set.tests.pixels[..strip * size].to_vec();
    pixels.extend_from_slice(&set.held.pixels);
    let mut labels = set.tests.labels.clone().unwrap_or_default();
    labels.truncate(strip);
    labels.extend(set.held.labels.iter().flatten());
    Inputs { shape: [labels.len(), channels, rows, columns], pixels, labels: Some(labels) }
}

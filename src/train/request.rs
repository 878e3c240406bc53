//! What the link asks to be trained: the keys `train.*`. An empty value is the preset's own.
//!
//! | key | values |
//! | --- | --- |
//! | `train.from` | model id, or `random` |
//! | `train.preset` | `minute` `ten` `overfit` `custom`: where every other key comes from that the link does not name |
//! | `train.method` `train.<method>.<knob>` | a training method of the catalog, and its knobs |
//! | `train.eps` | radius that the model is to hold; without it the link's `eps`, if that is not the attack page's own |
//! | `train.margin` | radius trained against, as a multiple of that |
//! | `train.ratio` | share of each batch that is attacked, 0 to 1 |
//! | `train.epochs` `train.seconds` | budget, whichever ends first; `none` for no such end |
//! | `train.images` | the first images of the training split |
//! | `train.batch` | images a step and worker |
//! | `train.optimizer` `train.lr` `train.schedule` | `sgd` `adam` `adamw`; highest rate; `constant` `step` `cosine` `cyclic` `one-cycle` `plateau` |
//! | `train.ramp` `train.warm` | shares of the run in which the radius grows, and in which the rate does |
//! | `train.memory` `train.decay` `train.clip` | Adam's second decay rate, weight decay, largest gradient norm |
//! | `train.average` `train.smooth` | running average, label smoothing |
//! | `train.augment` | comma list of `shift:2` `rotate:10` `scale:.1` `elastic:1` `cutout:8` `mixup:.2` |
//! | `train.sources` | model ids, for `ensemble` |
//! | `train.patience` | examinations without gain after which the run ends; 0 for never |
//! | `train.fall` | fall of accuracy under PGD that ends the run, .05 to 1 |
//! | `train.workers` `train.round` | replicas, 1 to 8, and batches of each between two averagings |
//! | `train.engine` | `auto` `gpu` `cpu`: who trains; `auto` is the faster one of a trial before the first step; without it `cpu` if that is the link's `engine` |
//! | `train.scored` | test images that the start and what came of it are compared on, 20 to 1000 |
//! | `train.name` | name of the model that comes of it |
//! | `train.sweep` | several runs one after another: `eps:.1,.2` `lr:.002,.004` `method:fast,pgd`, or with `;` every combination; eight at most |
//! | `train.beside` | model that the attack page shows beside an own one |
//! | `train.plane` | `moons` `circles` `spirals` `blobs`: points in the plane in place of the dataset's images; `none` |
//! | `train.noise` `train.width` | of the points, in units of their box; neurons in each hidden layer of their network |

mod points;
mod reader;
#[cfg(test)]
mod tests;

use super::sweep::Sweep;
use crate::{
    attack::{
        plan,
        scale::{round_digits, widen},
    },
    link::{EnginePreference, OWN, Reader, Remark, Settings, Words as _, default_eps, largest_eps, nearest},
    models,
    workers::pool::MOST_WORKERS,
};
use foolproof_core::{
    architecture::Architecture,
    catalog::{Card, Catalog},
    manifest::{Dataset, Manifest},
    protocol::{Augment, Optimizer, Recipe, Schedule},
    training::{self, Budget, presets},
};
pub use points::{POINTS, Points, WIDTH, inputs};
use std::collections::BTreeMap;

/// What `train.from` says for fresh weights.
pub const RANDOM: &str = "random";
/// The id of the pictures in the workers.
pub const PICTURES: &str = "train";
/// The radius to hold, as a multiple of the one that attacks begin with.
const BEYOND: f64 = 1.5;
/// Test images, or points, of the scoreboard, unless the link says otherwise.
const SCORED: usize = 300;

/// A run, as the link asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingRequest {
    /// Where it begins: a model's id, or [`RANDOM`].
    pub from: String,
    /// The preset behind what the link does not say.
    pub preset: &'static str,
    /// Radius that the model is to hold.
    pub eps: f64,
    /// Radius trained against, as a multiple of that.
    pub margin: f64,
    /// The run; its layers are those of the model that it begins with.
    pub settings: training::Settings,
    /// Test images of the scoreboard.
    pub scored: usize,
    /// Name of what comes of it; `None` to make one from the method.
    pub name: Option<String>,
    /// The points trained on, if it is not images.
    pub points: Option<Points>,
    /// Several runs in place of one.
    pub sweep: Option<Sweep>,
    /// Who is to train.
    pub engine: EnginePreference,
}

impl TrainingRequest {
    /// The request of these settings on a machine of so many cores, and what of it could not be taken; `None` if their
    /// dataset has no model or there is no training method.
    pub fn read(
        settings: &Settings,
        manifest: &Manifest,
        catalog: &Catalog,
        cores: usize,
    ) -> Option<(TrainingRequest, Vec<Remark>)> {
        let data = plan::dataset(settings, manifest)?;
        let mut reader = reader::reader(settings);
        if let Some(figure) = points::figure(&mut reader) {
            return points::request(settings, manifest, data, catalog, figure);
        }
        let ids: Vec<&'static str> = presets().iter().map(|preset| preset.id).collect();
        let name = reader.word("train.preset", &ids, presets().first()?.id);
        let preset = training::preset(name)?;
        let usual = [if preset.from_robust { &data.robust } else { &data.natural }, &data.natural];
        // Data that a visitor has brought have no model at first, and bounds of one that is there would be far too wide.
        let fresh = settings.extra.get("train.method").is_some_and(|method| method == BOUNDS);
        let usual = usual.into_iter().find(|id| !id.is_empty() && !fresh).map_or(RANDOM, String::as_str);
        let from = reader.model("train.from", manifest, data, usual, &[RANDOM]);
        let like = if from == RANDOM { &data.natural } else { &from };
        let architecture = match manifest.models.iter().find(|model| model.id == *like) {
            Some(model) => model.architecture.clone(),
            None if like.is_empty() => Architecture::usual(data.shape, data.classes.len()),
            None => return None,
        };
        let mut base = preset.settings(architecture, PICTURES, 1.0, cores as u32, settings.seed);
        if data.id.starts_with(OWN) {
            // They may be few; a fifth of them is held out at most.
            base.validation = base.validation.min(all_images(data) as u32 / 5).max(1);
        }
        let card = reader.card("train.method", catalog, &base.recipe.method)?;
        let base = named(settings, card, base);
        let eps = eps(&mut reader, settings, data);
        let margin = reader.real("train.margin", 0.5, 2.0, round_digits(widen(base.recipe.eps), 4));
        let run = training::Settings {
            recipe: Recipe { eps: (eps * margin) as f32, ..recipe(&mut reader, settings, manifest, data, card, &base) },
            budget: budget(&mut reader, base.budget),
            images: images(&mut reader, data, &base),
            patience: reader.count("train.patience", 0, 1000, base.patience as usize) as u32,
            fall: reader.real("train.fall", 0.05, 1.0, base.fall),
            replicas: reader.count("train.workers", 1, MOST_WORKERS, base.replicas as usize) as u32,
            round: reader.count("train.round", 1, 1000, base.round as usize) as u32,
            hold: eps as f32,
            // What an attack leaves says nothing of a model that is to be smoothed, and little of what is proven.
            monitored: base.monitored && !["gaussian", BOUNDS].contains(&&*card.id),
            ..base
        };
        let scored = reader.count("train.scored", 20, 1000, SCORED);
        let (name, points) = (reader.text("train.name").map(models::fit), None);
        let engine = engine(&mut reader, settings.engine);
        reader::strangers(&mut reader, catalog);
        let sweep = reader.sweep("train.sweep", catalog);
        Some((
            TrainingRequest {
                from,
                preset: preset.id,
                eps,
                margin,
                settings: run,
                scored,
                name,
                points,
                sweep,
                engine,
            },
            reader.remarks,
        ))
    }

    /// The layers, before the model is loaded.
    pub fn architecture(&self) -> &Architecture {
        &self.settings.architecture
    }
}

/// Who is to train. Whoever wants no GPU for attacks wants none for training.
fn engine(reader: &mut Reader, attacks: EnginePreference) -> EnginePreference {
    let usual = if attacks == EnginePreference::Cpu { attacks } else { EnginePreference::Auto };
    let words: Vec<&'static str> = EnginePreference::ALL.iter().map(|(_, word)| *word).collect();
    EnginePreference::from_word(reader.word("train.engine", &words, usual.word())).unwrap_or(usual)
}

/// A run that never ends is none that anybody asks for.
fn budget(reader: &mut Reader, own: Budget) -> Budget {
    let seconds = reader.budget("train.seconds", 1.0, 36_000.0, own.seconds);
    let epochs = reader.budget("train.epochs", 0.001, 1000.0, own.epochs);
    let endless = seconds <= 0.0 && epochs <= 0.0;
    Budget { epochs, seconds: if endless { 60.0 } else { seconds } }
}

/// Images in the training split.
pub fn all_images(data: &Dataset) -> usize {
    data.train.iter().map(|shard| shard.count).sum()
}

/// Most images to learn from, where so many are held out.
pub fn most_images(data: &Dataset, held: u32) -> usize {
    all_images(data).saturating_sub(held as usize).max(1)
}

fn images(reader: &mut Reader, data: &Dataset, base: &training::Settings) -> u32 {
    let most = most_images(data, base.validation);
    reader.count("train.images", 1, most, (base.images as usize).min(most)) as u32
}

fn recipe(
    reader: &mut Reader,
    settings: &Settings,
    manifest: &Manifest,
    data: &Dataset,
    card: &Card,
    base: &training::Settings,
) -> Recipe {
    let own = &base.recipe;
    Recipe {
        method: card.id.clone(),
        knobs: knobs(reader, card, own),
        norm: settings.norm,
        eps: own.eps,
        limits: plan::limits(settings, data),
        ramp: reader.real("train.ramp", 0.0, 1.0, own.ramp),
        ratio: reader.real("train.ratio", 0.0, 1.0, own.ratio),
        batch: reader.count("train.batch", 1, 512, own.batch as usize) as u32,
        optimizer: reader.serde("train.optimizer", own.optimizer),
        memory: reader.real("train.memory", 0.0, 0.9999, widen(own.memory)) as f32,
        rate: reader.real("train.lr", 1e-6, 10.0, own.rate),
        schedule: reader.serde("train.schedule", own.schedule),
        warm: reader.real("train.warm", 0.0, 1.0, own.warm),
        decay: reader.real("train.decay", 0.0, 1.0, own.decay),
        clip: reader.real("train.clip", 0.0, 1e3, widen(own.clip)) as f32,
        average: reader.real("train.average", 0.0, 0.9999, widen(own.average)) as f32,
        smooth: reader.real("train.smooth", 0.0, 0.9, widen(own.smooth)) as f32,
        augment: reader.augment("train.augment", &own.augment, data.shape),
        sources: reader.models("train.sources", manifest, data),
        seed: settings.seed,
    }
}

/// The method that learns from bounds.
pub const BOUNDS: &str = "ibp";

/// Whether a method knows no attack: its runs are not said to harden, and no radius is held against them.
pub fn is_plain(method: &str) -> bool {
    matches!(method, "standard" | "gaussian")
}

/// The radius to hold: the link's own word, or the attack page's radius if that was moved, or somewhat more than it.
fn eps(reader: &mut Reader, settings: &Settings, data: &Dataset) -> f64 {
    let usual = default_eps(data, settings.norm);
    let most = largest_eps(settings.norm, data.shape.iter().product());
    let moved = settings.eps.filter(|&eps| eps != usual);
    let own = moved.unwrap_or_else(|| round_digits(BEYOND * usual, 4));
    reader.real("train.eps", 0.0, most, own.min(most))
}

/// A method that is named begins with what it is known for, and not with what a preset makes of it.
fn named(settings: &Settings, card: &Card, base: training::Settings) -> training::Settings {
    let named = settings.extra.get("train.method") == Some(&card.id);
    if named { training::of_method(&card.id, &base) } else { base }
}

fn knobs(reader: &mut Reader, card: &Card, base: &Recipe) -> BTreeMap<String, f64> {
    let mut knobs = BTreeMap::new();
    for knob in &card.knobs {
        let key = link_key(card, &knob.key);
        let usual = base.knobs.get(&knob.key).copied().or(knob.default);
        let given = reader.real_if_given(&key, knob.min, knob.max).map(|value| nearest(knob, value));
        if let Some(value) = given.or(usual) {
            knobs.insert(knob.key.clone(), value);
        }
    }
    knobs
}

/// A knob's key in the link.
pub fn link_key(card: &Card, knob: &str) -> String {
    format!("train.{}.{knob}", card.id)
}

/// An augmentation as the link writes it.
pub fn augment_text(augment: &Augment) -> String {
    let (word, magnitude) = match *augment {
        Augment::Shift(pixels) => ("shift", f64::from(pixels)),
        Augment::Rotate(degrees) => ("rotate", widen(degrees)),
        Augment::Scale(share) => ("scale", widen(share)),
        Augment::Elastic(pixels) => ("elastic", widen(pixels)),
        Augment::Cutout(pixels) => ("cutout", f64::from(pixels)),
        Augment::Mixup(share) => ("mixup", widen(share)),
    };
    format!("{word}:{magnitude}")
}

/// Optimisers by id and name.
pub const OPTIMIZERS: [(Optimizer, &str, &str); 3] = [
    (Optimizer::Adam, "adam", "Adam"),
    (Optimizer::AdamW, "adamw", "AdamW"),
    (Optimizer::Sgd, "sgd", "SGD with momentum"),
];

/// Schedules by id and name.
pub const SCHEDULES: [(Schedule, &str, &str); 6] = [
    (Schedule::OneCycle, "one-cycle", "one cycle"),
    (Schedule::Cosine, "cosine", "cosine"),
    (Schedule::Step, "step", "steps"),
    (Schedule::Cyclic, "cyclic", "cyclic"),
    (Schedule::Plateau, "plateau", "plateau"),
    (Schedule::Constant, "constant", "constant"),
];

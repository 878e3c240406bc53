//! What the link asks to be trained: the keys `train.*`. An empty value is the preset's own.
//!
//! | key | values |
//! | --- | --- |
//! | `train.from` | model id, or `random` |
//! | `train.preset` | `minute` `ten` `overfit` `custom`: where every other key comes from that the link does not name |
//! | `train.method` `train.<method>.<knob>` | a training method of the catalog, and its knobs |
//! | `train.eps` | radius trained against; without it the link's `eps`, if that is not the attack page's own |
//! | `train.ratio` | share of each batch that is attacked, 0 to 1 |
//! | `train.epochs` `train.seconds` | budget, whichever ends first; `none` for no such end |
//! | `train.images` | the first images of the training split |
//! | `train.batch` | images a step and worker |
//! | `train.optimizer` `train.lr` `train.schedule` | `sgd` `adam` `adamw`; highest rate; `constant` `step` `cosine` `cyclic` `one-cycle` |
//! | `train.ramp` `train.warm` | shares of the run in which the radius grows, and after which a one-cycle rate is highest |
//! | `train.decay` `train.clip` `train.average` `train.smooth` | weight decay, largest gradient norm, running average, label smoothing |
//! | `train.augment` | comma list of `shift:2` `rotate:10` `scale:.1` `elastic:1` `cutout:8` `mixup:.2` |
//! | `train.sources` | model ids, for `ensemble` |
//! | `train.patience` | examinations without gain after which the run ends; 0 for never |
//! | `train.workers` | replicas, 1 to 4 |
//! | `train.name` | name of the model that comes of it |

mod reader;
#[cfg(test)]
mod tests;

use super::preset::{self, Preset};
use crate::{
    catalog::{Card, Catalog},
    manifest::{Dataset, Manifest},
    protocol::{Augment, Optimizer, Recipe, Schedule},
    ui::{
        address::{Remark, Settings, default_eps, largest_eps, nearest},
        plan, shelf,
    },
};
use reader::Reader;

/// What `train.from` says for fresh weights.
pub const RANDOM: &str = "random";
/// Most replicas: averaging more of them after each round helps little.
pub const MOST_WORKERS: usize = 4;
/// The radius trained against, as a share of the one that attacks begin with: a model holds only up to its own.
const MARGIN: f64 = 1.5;

/// A run, as the link asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// Where it begins: a model's id, or [`RANDOM`].
    pub from: String,
    /// The preset behind what the link does not say.
    pub preset: &'static str,
    /// How it is trained.
    pub recipe: Recipe,
    /// Longest training time, seconds.
    pub seconds: Option<f64>,
    /// Most passes over the images.
    pub epochs: Option<f64>,
    /// The first images of the training split.
    pub images: usize,
    /// Examinations without gain after which it ends; 0 for never.
    pub patience: u32,
    /// Replicas; `None` for two where there are two cores.
    pub workers: Option<usize>,
    /// Name of what comes of it; `None` to make one from the method.
    pub name: Option<String>,
}

impl Wish {
    /// The wish of these settings, and what of it could not be taken; `None` if their dataset or method is not there.
    pub fn read(settings: &Settings, manifest: &Manifest, catalog: &Catalog) -> Option<(Wish, Vec<Remark>)> {
        let data = plan::dataset(settings, manifest)?;
        let mut reader = Reader::new(settings);
        let name = reader.word("train.preset", &preset::IDS, "minute");
        let base = preset::find(name, settings.seed);
        let from = reader.model("train.from", manifest, data, &data.natural, &[RANDOM]);
        let card = reader.card("train.method", catalog, &base.recipe.method)?;
        let seconds = reader.budget("train.seconds", 1.0, 36_000.0, base.seconds);
        let epochs = reader.budget("train.epochs", 0.001, 1000.0, base.epochs);
        // A run that never ends is none that anybody asks for.
        let seconds = seconds.or(if epochs.is_none() { base.seconds.or(Some(60.0)) } else { None });
        let wish = Wish {
            from,
            preset: name,
            recipe: recipe(&mut reader, settings, manifest, data, card, &base),
            seconds,
            epochs,
            images: images(&mut reader, data, &base),
            patience: reader.count("train.patience", 0, 1000, base.patience as usize) as u32,
            workers: reader.count_if_given("train.workers", 1, MOST_WORKERS),
            name: reader.text("train.name").map(shelf::fit),
        };
        reader.strangers(catalog);
        Some((wish, reader.remarks))
    }
}

/// Images in the training split.
pub fn all_images(data: &Dataset) -> usize {
    data.train.iter().map(|shard| shard.count).sum()
}

fn images(reader: &mut Reader, data: &Dataset, base: &Preset) -> usize {
    let all = all_images(data).max(1);
    reader.count("train.images", 1, all, base.images.min(all))
}

fn recipe(
    reader: &mut Reader,
    settings: &Settings,
    manifest: &Manifest,
    data: &Dataset,
    card: &Card,
    base: &Preset,
) -> Recipe {
    let own = &base.recipe;
    Recipe {
        method: card.id.clone(),
        knobs: knobs(reader, card, base),
        norm: settings.norm,
        eps: eps(reader, settings, data) as f32,
        ramp: reader.real("train.ramp", 0.0, 1.0, own.ramp),
        ratio: reader.real("train.ratio", 0.0, 1.0, own.ratio),
        batch: reader.count("train.batch", 1, 512, own.batch as usize) as u32,
        optimizer: reader.serde("train.optimizer", own.optimizer),
        rate: reader.real("train.lr", 1e-6, 10.0, own.rate),
        schedule: reader.serde("train.schedule", own.schedule),
        warm: reader.real("train.warm", 0.0, 1.0, own.warm),
        decay: reader.real("train.decay", 0.0, 1.0, own.decay),
        clip: reader.real("train.clip", 0.0, 1e3, f64::from(own.clip)) as f32,
        average: reader.real("train.average", 0.0, 0.9999, f64::from(own.average)) as f32,
        smooth: reader.real("train.smooth", 0.0, 0.9, f64::from(own.smooth)) as f32,
        augment: reader.augment("train.augment", &own.augment),
        sources: reader.models("train.sources", manifest, data),
        seed: settings.seed,
    }
}

/// The radius: the link's own word, or the attack page's radius if that was moved, or the dataset's own with a margin.
fn eps(reader: &mut Reader, settings: &Settings, data: &Dataset) -> f64 {
    let usual = default_eps(data, settings.norm);
    let most = largest_eps(settings.norm, data.shape.iter().product());
    let moved = settings.eps.filter(|&eps| eps != usual);
    let own = moved.unwrap_or_else(|| crate::ui::scale::round_digits(MARGIN * usual, 4));
    reader.real("train.eps", 0.0, most, own.min(most))
}

fn knobs(reader: &mut Reader, card: &Card, base: &Preset) -> std::collections::BTreeMap<String, f64> {
    let mut knobs = std::collections::BTreeMap::new();
    let own = if base.recipe.method == card.id { base.recipe.knobs.clone() } else { Default::default() };
    for knob in &card.knobs {
        let key = link_key(card, &knob.key);
        let usual = own.get(&knob.key).copied().or(knob.default);
        if let Some(value) = reader.real_if_given(&key, knob.min, knob.max).map(|value| nearest(knob, value)).or(usual)
        {
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
        Augment::Rotate(degrees) => ("rotate", crate::ui::scale::widen(degrees)),
        Augment::Scale(share) => ("scale", crate::ui::scale::widen(share)),
        Augment::Elastic(pixels) => ("elastic", crate::ui::scale::widen(pixels)),
        Augment::Cutout(pixels) => ("cutout", f64::from(pixels)),
        Augment::Mixup(share) => ("mixup", crate::ui::scale::widen(share)),
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
pub const SCHEDULES: [(Schedule, &str, &str); 5] = [
    (Schedule::OneCycle, "one-cycle", "one cycle"),
    (Schedule::Cosine, "cosine", "cosine"),
    (Schedule::Step, "step", "steps"),
    (Schedule::Cyclic, "cyclic", "cyclic"),
    (Schedule::Constant, "constant", "constant"),
];

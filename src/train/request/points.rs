//! A run on points in the plane, as the link asks for it.

use super::{PICTURES, RANDOM, SCORED, TrainingRequest, budget, reader::strangers, recipe};
use crate::{
    attack::scale::widen,
    link::{EnginePreference, Reader, Remark, Settings, largest_eps},
    train::scoreboard::STRIP,
};
use foolproof_core::{
    catalog::Catalog,
    input_kind::InputKind,
    manifest::{Dataset, Manifest},
    plane::{self, Figure, MOST_NOISE, SHAPE},
    protocol::{Inputs, Recipe},
    training,
};

/// Fewest and most points trained on.
pub const POINTS: (usize, usize) = (10, 1000);
/// Fewest and most neurons in a hidden layer.
pub const WIDTH: (usize, usize) = (2, 128);
/// Neurons in a hidden layer, where the link does not say.
const USUAL_WIDTH: usize = 64;
/// What draws the points trained on, those held out, and those of the scoreboard.
const SPLITS: [u64; 3] = [0, 1, 2];

/// What is trained on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Points {
    /// What they form.
    pub figure: Figure,
    /// Standard deviation of what is added to each coordinate, in units of the box.
    pub noise: f64,
    /// Neurons in each of the network's two hidden layers.
    pub width: usize,
    /// How many.
    pub count: usize,
    /// What they are drawn from.
    pub seed: u64,
}

impl Points {
    /// The points trained on.
    pub fn drawn(&self) -> plane::Points {
        self.draw(self.count, SPLITS[0])
    }

    /// Points held out, to examine the model with.
    pub fn held(&self, count: usize) -> Inputs {
        inputs(&self.draw(count, SPLITS[1]))
    }

    /// Points for the scoreboard; enough for the strip as well.
    pub fn tests(&self) -> Inputs {
        inputs(&self.draw(SCORED.max(STRIP), SPLITS[2]))
    }

    fn draw(&self, count: usize, split: u64) -> plane::Points {
        self.figure.draw(count, self.noise, self.seed, split)
    }

    /// The points as a dataset without files.
    pub fn dataset(&self) -> Dataset {
        let none = String::new;
        Dataset {
            id: self.figure.id().into(),
            name: self.figure.name().into(),
            shape: SHAPE,
            kind: InputKind::Plane,
            classes: ["A", "B", "C"].into_iter().take(self.figure.classes()).map(str::to_owned).collect(),
            eps: self.figure.usual_eps(foolproof_core::catalog::Norm::Linf) as f32,
            natural: none(),
            robust: none(),
            licence: none(),
            credit: none(),
            test: Vec::new(),
            train: Vec::new(),
        }
    }
}

/// Points as a model takes them.
pub fn inputs(points: &plane::Points) -> Inputs {
    let [channels, rows, columns] = SHAPE;
    Inputs {
        shape: [points.labels.len(), channels, rows, columns],
        pixels: points.iter().flat_map(|(place, _)| place).collect(),
        labels: Some(points.labels.iter().map(|&label| label.into()).collect()),
    }
}

/// The figure that the link names, if any.
pub fn figure(reader: &mut Reader) -> Option<Figure> {
    let ids = ["none", "moons", "circles", "spirals", "blobs"];
    Figure::from_id(reader.word("train.plane", &ids, "none"))
}

/// Keys that mean nothing to points: no run on them is work for a GPU, ends early or is kept, no other model knows their classes, and what
/// moves pixels would move a coordinate into the place of the other.
const MEANINGLESS: [&str; 8] = ["engine", "patience", "fall", "scored", "name", "preset", "augment", "sources"];

/// The request for a figure, and what of the link could not be taken. `data` is the settings' own dataset, which plays no part.
pub fn request(
    settings: &Settings,
    manifest: &Manifest,
    data: &Dataset,
    catalog: &Catalog,
    figure: Figure,
) -> Option<(TrainingRequest, Vec<Remark>)> {
    let mut settings = settings.clone();
    let keys = MEANINGLESS.map(|key| format!("train.{key}"));
    let ignored = keys.into_iter().filter(|key| settings.extra.remove(key).is_some_and(|text| !text.trim().is_empty()));
    let ignored: Vec<Remark> = ignored.map(|key| Remark::Ignored { key }).collect();
    let (settings, reader) = (&settings, &mut super::reader::reader(&settings));
    reader.remarks = ignored;
    let noise = reader.real("train.noise", 0.0, MOST_NOISE, figure.usual_noise());
    let width = reader.count("train.width", WIDTH.0, WIDTH.1, USUAL_WIDTH);
    let usual = figure.usual_eps(settings.norm);
    let eps = reader.real("train.eps", 0.0, largest_eps(settings.norm, 2), usual);
    let margin = reader.real("train.margin", 0.5, 2.0, 1.0);
    let architecture = plane::network(width, figure.classes());
    let base = training::points(architecture, PICTURES, eps as f32, figure.usual_epochs(), settings.seed);
    let count = reader.count("train.images", POINTS.0, POINTS.1, base.images as usize);
    // No other model knows these classes, so none can lend its examples.
    let methods = catalog.methods.iter().filter(|card| card.id != "ensemble").cloned().collect();
    let able = Catalog { methods, ..Catalog::default() };
    let card = reader.card("train.method", &able, &base.recipe.method)?;
    // All but the knobs is for pictures.
    let knobs = super::named(settings, card, base.clone()).recipe.knobs;
    let base = training::Settings { recipe: Recipe { knobs, ..base.recipe }, ..base };
    reader.word("train.from", &[RANDOM], RANDOM);
    reader.count("train.workers", 1, 1, 1);
    let recipe = Recipe {
        eps: (widen(base.recipe.eps) * margin) as f32,
        // Those of the settings' dataset, which plays no part, say nothing of points.
        limits: InputKind::Plane.limits(),
        augment: Vec::new(),
        sources: Vec::new(),
        ..recipe(reader, settings, manifest, data, card, &base)
    };
    let run = training::Settings {
        recipe,
        budget: budget(reader, base.budget),
        images: count as u32,
        round: reader.count("train.round", 1, 1000, base.round as usize) as u32,
        ..base
    };
    let points = Some(Points { figure, noise, width, count, seed: settings.seed });
    let sweep = reader.sweep("train.sweep", &able);
    strangers(reader, catalog);
    let (from, preset, scored, name) = (RANDOM.into(), "custom", SCORED, None);
    let engine = EnginePreference::Cpu;
    let request = TrainingRequest { from, preset, eps, margin, settings: run, scored, name, points, sweep, engine };
    Some((request, std::mem::take(&mut reader.remarks)))
}

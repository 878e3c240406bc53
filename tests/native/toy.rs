//! A small network and a few inputs that the engine's tests share.

pub mod task;

use burn::tensor::{Device, Tensor, TensorData};
use foolproof_core::architecture::{Architecture, LayerSpec, LayerSpec::*};
use foolproof_core::catalog::Norm;
use foolproof_core::protocol::{AttackSpec, Fault, Learner, Optimizer, Recipe, Schedule};
use foolproof_engine::attacks;
use foolproof_engine::case::{Case, one_hot};
use foolproof_engine::certify::Search;
use foolproof_engine::drive::{Drive, Finished};
use foolproof_engine::pictures::Batch;
use foolproof_engine::random::Stream;
use foolproof_engine::sequential::{Sequential, Values};
use foolproof_engine::trainer::Trainer;
use foolproof_engine::{loss, weights};
use std::sync::OnceLock;

/// One input of the small network.
pub const SHAPE: [usize; 3] = [1, 8, 8];
/// Pixels of one input.
pub const PIXELS: usize = 64;

/// Every kind of layer, on pictures of 8 x 8 pixels and four classes.
pub fn architecture() -> Architecture {
    let layers = vec![
        LayerSpec::conv2d(1, 4, 3, 1, 1),
        Relu,
        Residual(vec![LayerSpec::conv2d(4, 4, 3, 1, 1), Relu]),
        LayerSpec::max_pool2d(2, 2),
        LayerSpec::avg_pool2d(2, 2),
        Flatten,
        LayerSpec::linear(16, 12),
        Relu,
        LayerSpec::linear(12, 4),
    ];
    Architecture::new(SHAPE, 4, layers)
}

/// The small network with fresh weights.
pub fn network(seed: u64) -> Sequential {
    weights::fresh(&architecture(), seed, &Device::flex()).unwrap()
}

/// A network without a hidden layer, for which attacks have closed forms.
pub fn linear(seed: u64) -> Sequential {
    let layers = vec![Flatten, LayerSpec::linear(PIXELS, 4)];
    weights::fresh(&Architecture::new(SHAPE, 4, layers), seed, &Device::flex()).unwrap()
}

/// Its weights as a file.
pub fn file(seed: u64) -> Vec<u8> {
    pollster::block_on(weights::save(&architecture(), &network(seed), weights::Precision::Full)).unwrap()
}

/// The small network after a short training, so that its answers differ from picture to picture; as a file.
pub fn trained_file() -> Vec<u8> {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        let mut trainer = trainer(&Recipe { seed: 3, ..recipe("standard") });
        let batch = batch(&pixels(1, 8), &[0, 1, 2, 3, 0, 1, 2, 3]);
        for _ in 0..150 {
            trainer.step(&batch, 0.0);
        }
        pollster::block_on(weights::save(&architecture(), &trainer.model(), weights::Precision::Full)).unwrap()
    })
    .clone()
}

/// The network of [`trained_file`].
pub fn trained() -> Sequential {
    weights::load(&architecture(), &trained_file(), &Device::flex()).unwrap()
}

/// A recipe of this method with its default knobs: Adam at a constant rate, every picture attacked, L∞ .1.
pub fn recipe(method: &str) -> Recipe {
    Recipe {
        method: method.into(),
        knobs: Default::default(),
        norm: Norm::Linf,
        eps: 0.1,
        limits: Vec::new(),
        ramp: 0.0,
        ratio: 1.0,
        batch: 8,
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

/// A trainer of the small network, from fresh weights of the recipe's seed.
pub fn trainer(recipe: &Recipe) -> Trainer {
    Trainer::new(&architecture(), recipe, &Learner::default(), Vec::new(), &Device::flex()).unwrap()
}

/// The first batch of a run.
pub fn batch(pixels: &[f32], labels: &[u32]) -> Batch {
    let class = one_hot(labels, 4, &Device::flex());
    Batch { number: 0, first: 0, places: (0..labels.len()).collect(), clean: images(pixels), class, soft: false }
}

/// Pictures whose pixels are 0, 1 or between, a third each.
pub fn pixels(seed: u64, batch: usize) -> Vec<f32> {
    let mut stream = Stream::new(seed, 99, 0);
    (0..batch * PIXELS).map(|_| (3.0 * stream.uniform() - 1.0).clamp(0.0, 1.0)).collect()
}

/// Pixels as a batch.
pub fn images(pixels: &[f32]) -> Tensor<4> {
    let [channels, rows, columns] = SHAPE;
    let shape = [pixels.len() / PIXELS, channels, rows, columns];
    Tensor::from_data(TensorData::new(pixels.to_vec(), shape), &Device::flex())
}

/// Values of a tensor.
pub fn values<const D: usize>(x: Tensor<D>) -> Vec<f32> {
    x.into_data().iter::<f32>().collect()
}

/// What the network answers.
pub fn answers(network: &Sequential, pixels: &[f32]) -> Vec<u32> {
    let logits = values(network.forward(images(pixels)));
    logits.chunks(4).map(|row| (0..4).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap() as u32).collect()
}

/// A case of these pixels and labels on a network; sample `i` draws from stream `first + i`.
pub fn case(network: &Sequential, pixels: &[f32], labels: &[u32], target: Option<u32>, seed: u64, first: u64) -> Case {
    let device = Device::flex();
    let logits = network.forward(images(pixels));
    let case = Case::new(images(pixels), logits, one_hot(labels, 4, &device), seed, first);
    match target {
        Some(target) => case.toward(one_hot(&vec![target; labels.len()], 4, &device)),
        None => case,
    }
}

/// An attack by its id, with knobs.
pub fn spec(id: &str, norm: Norm, eps: f32, knobs: &[(&str, f64)]) -> AttackSpec {
    let knobs = knobs.iter().map(|&(key, value)| (key.to_string(), value)).collect();
    AttackSpec { id: id.into(), norm, eps, target: None, knobs, limits: Vec::new() }
}

/// Runs an attack to its end.
pub fn attack(network: &Sequential, case: Case, spec: &AttackSpec) -> Result<Finished, Fault> {
    let (attack, ball) = attacks::make(spec)?;
    let mut drive = Drive::new(network.clone(), case, ball, attack);
    while drive.advance(3) {}
    pollster::block_on(drive.finish())
}

/// Gradient of the summed cross-entropy by the pixels.
pub fn gradient(network: &Sequential, case: &Case) -> Tensor<4> {
    network.input_gradient(&case.clean, |logits| loss::cross_entropy_slope(logits, &case.class)).1
}

/// The small network with its last layer multiplied: saturated answers.
pub fn scaled_last_layer(network: &Sequential, factor: f32) -> Sequential {
    changed(&architecture(), network, |left, values| {
        if left < 2 {
            values.iter_mut().for_each(|value| *value *= factor);
        }
    })
}

/// The network with other weights. `change` gets each parameter's values, in PyTorch's shape, and how many parameters
/// follow it: 0 for the last bias, 1 for the last weight.
pub fn changed(
    architecture: &Architecture,
    network: &Sequential,
    mut change: impl FnMut(usize, &mut [f32]),
) -> Sequential {
    let parameters = network.parameters();
    let mut left = parameters.len();
    let mut next = parameters.into_iter();
    let build = || {
        let data = match next.next().unwrap() {
            Values::Kernel(x) => x.into_data(),
            Values::Matrix(x) => x.into_data(),
            Values::Bias(x) => x.into_data(),
        };
        left -= 1;
        let mut values: Vec<f32> = data.iter::<f32>().collect();
        change(left, &mut values);
        Ok(values)
    };
    Sequential::build(architecture, &Device::flex(), build).unwrap()
}

/// All radii that a search proves; `None` where it can prove nothing.
pub fn proven(mut search: Search) -> Option<Vec<f32>> {
    while search.left() > 0 {
        search.halve()?;
    }
    Some(values(search.radii()))
}

//! Trains one model of the zoo.

use crate::Outcome;
use crate::data::Mnist;
use crate::judge;
use crate::recipes::Recipe;
use burn::module::Module;
use burn::tensor::{Device, TensorData};
use foolproof::catalog::Norm;
use foolproof::engine::attacks::{Pgd, Start};
use foolproof::engine::case::Case;
use foolproof::engine::random::Stream;
use foolproof::engine::sequential::{Sequential, Values};
use foolproof::engine::trainer::{Trainer, craft, one_cycle};
use foolproof::engine::{ball::Ball, weights};
use std::path::Path;
use std::time::Instant;

/// A trained model and what its training took.
pub struct Trained {
    /// The average of the weights along the way.
    pub model: Sequential,
    /// Wall time.
    pub seconds: f64,
    /// Optimiser steps.
    pub steps: usize,
}

/// Follows a recipe; keeps a checkpoint beside `out` after each epoch so that progress can be looked at.
pub fn train(recipe: &Recipe, mnist: &Mnist, out: &Path) -> Outcome<Trained> {
    let clock = Instant::now();
    let device = Device::flex();
    let mut trainer = Trainer::new(weights::fresh(&recipe.architecture, recipe.seed, &device.clone().autodiff())?);
    let mut average = Average::new(recipe.average);
    let per_epoch = mnist.train.len() / recipe.batch;
    let total = recipe.epochs * per_epoch;
    for epoch in 0..recipe.epochs {
        let mut stream = Stream::new(recipe.seed, 1 << 30, epoch as u32);
        let order = stream.permutation(mnist.train.len());
        for (index, indices) in order.chunks_exact(recipe.batch).enumerate() {
            let step = epoch * per_epoch + index;
            let progress = step as f64 / total as f64;
            let (clean, class) = mnist.train.batch(indices, recipe.shift, &mut stream, &device);
            let first = (step * recipe.batch) as u64;
            let case = Case::unanswered(clean, class.clone(), recipe.seed, first);
            let x = examples(recipe, &trainer, case, progress);
            trainer.step(x, &class, one_cycle(progress, recipe.peak_rate, recipe.warm));
            if step % 10 == 9 {
                average.add(trainer.model());
            }
        }
        let model = average.model(recipe, &device)?;
        let clean = judge::clean(&model, &mnist.test, 1000)?;
        let robust = judge::robust(&model, &mnist.test, 500, &judge::pgd(10, 0.075, 1))?;
        let seconds = clock.elapsed().as_secs();
        println!(
            "{} epoch {}: clean {:.4}, PGD-10 {:.4}, {seconds} s",
            recipe.id,
            epoch + 1,
            clean.value,
            robust.value
        );
        let bytes = pollster::block_on(weights::save(&recipe.architecture, &model, weights::Precision::Half))?;
        std::fs::create_dir_all(out)?;
        std::fs::write(std::env::temp_dir().join(format!("{}.safetensors", recipe.id)), bytes)?;
    }
    Ok(Trained { model: average.model(recipe, &device)?, seconds: clock.elapsed().as_secs_f64(), steps: total })
}

/// The pictures to train on: as they are, or attacked at the radius in force.
fn examples(recipe: &Recipe, trainer: &Trainer, case: Case, progress: f64) -> burn::tensor::Tensor<4> {
    let Some(adversary) = recipe.adversary else {
        return case.clean;
    };
    let radius = adversary.eps * (progress / adversary.ramp).min(1.0) as f32;
    let ball = Ball { norm: Norm::Linf, radius };
    let attack = Pgd { steps: adversary.steps, step: adversary.step * radius, restarts: 1, start: Start::Random };
    craft(&trainer.model().clone().valid(), &case, &ball, &attack)
}

/// Running average of the weights (Izmailov et al. 2018, <https://arxiv.org/abs/1803.05407>, with decay).
struct Average {
    decay: f32,
    count: u32,
    values: Vec<(Vec<usize>, Vec<f32>)>,
}

impl Average {
    fn new(decay: f32) -> Average {
        Average { decay, count: 0, values: Vec::new() }
    }

    fn add(&mut self, model: &Sequential) {
        let now: Vec<_> = model.parameters().into_iter().map(host).collect();
        // A short average at first, so that the random start is forgotten soon.
        let decay = self.decay.min(self.count as f32 / (self.count as f32 + 9.0));
        self.count += 1;
        if self.values.is_empty() {
            self.values = now;
            return;
        }
        for ((_, old), (_, new)) in self.values.iter_mut().zip(now) {
            old.iter_mut().zip(new).for_each(|(old, new)| *old = decay * *old + (1.0 - decay) * new);
        }
    }

    fn model(&self, recipe: &Recipe, device: &Device) -> Outcome<Sequential> {
        let mut values = self.values.iter();
        Ok(Sequential::build(&recipe.architecture, device, || {
            let (shape, values) = values.next().expect("one value a parameter");
            Ok(TensorData::new(values.clone(), shape.clone()))
        })?)
    }
}

fn host(values: Values) -> (Vec<usize>, Vec<f32>) {
    let data = match values {
        Values::Kernel(x) => x.inner().into_data(),
        Values::Matrix(x) => x.inner().into_data(),
        Values::Bias(x) => x.inner().into_data(),
    };
    (data.shape().to_vec(), data.iter::<f32>().collect())
}

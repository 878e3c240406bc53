//! Trains one model of the zoo, with the steps that the page trains with.

use crate::Outcome;
use crate::data::{Data, SIDE};
use crate::judge;
use crate::recipes::Recipe;
use crate::remember::Memory;
use burn::tensor::Device;
use foolproof_core::protocol::Learner;
use foolproof_engine::pictures::{Batches, Pictures};
use foolproof_engine::sequential::Sequential;
use foolproof_engine::trainer::Trainer;
use foolproof_engine::{schedule, weights};
use std::path::PathBuf;
use std::time::Instant;

/// A trained model and what its training took.
pub struct Trained {
    /// The average of the weights along the way.
    pub model: Sequential,
    /// Wall time.
    pub seconds: f64,
    /// Batches learnt from.
    pub steps: usize,
}

/// Follows a recipe from the model that it begins with, if any; keeps a checkpoint in the folder of temporary files after
/// each epoch so that progress can be looked at.
pub fn train(recipe: &Recipe, from: Learner, data: &Data) -> Outcome<Trained> {
    let clock = Instant::now();
    let device = Device::flex();
    let training = &recipe.training;
    let split = &data.train;
    let pictures = Pictures::new([1, SIDE, SIDE], split.pixels.clone().into(), split.labels.clone())?;
    let mut batches = Batches::new(training, recipe.architecture.classes);
    let mut trainer = Trainer::new(&recipe.architecture, training, &from, Vec::new(), &device)?;
    let mut memory = recipe.remember.map(|how| Memory::new(how, training.seed, split.len()));
    let each = split.len() / training.batch as usize;
    let total = recipe.epochs * each;
    for step in 0..total {
        let (batch, progress) = (batches.take(&pictures, step as u64, &device), step as f64 / total as f64);
        match &mut memory {
            Some(memory) => {
                let radius = schedule::radius(training.eps, training.ramp, progress);
                let examples = memory.examples(&trainer.model(), &batch, radius);
                trainer.learn_from(&batch, &examples, progress);
            }
            None => trainer.step(&batch, progress),
        }
        if (step + 1) % each == 0 {
            tell(recipe, &mut trainer, data, (step + 1) / each, clock)?;
        }
    }
    Ok(Trained { model: trainer.averaged(), seconds: clock.elapsed().as_secs_f64(), steps: total })
}

/// Says how an epoch went, and keeps its model.
fn tell(recipe: &Recipe, trainer: &mut Trainer, data: &Data, epoch: usize, clock: Instant) -> Outcome<()> {
    let lesson = pollster::block_on(trainer.lesson())?;
    let model = trainer.averaged();
    let clean = judge::clean(&model, &data.test, 1000)?.value;
    let robust =
        judge::robust(&model, &data.test, 500, &judge::pgd(data.judged, 10, 0.25 * f64::from(data.judged), 1))?.value;
    let (id, seconds) = (&recipe.id, clock.elapsed().as_secs());
    println!("{id} epoch {epoch}: loss {:.4}, clean {clean:.4}, PGD-10 {robust:.4}, {seconds} s", lesson.loss);
    let bytes = pollster::block_on(weights::save(&recipe.architecture, &model, weights::Precision::Half))?;
    Ok(std::fs::write(checkpoint(id), bytes)?)
}

fn checkpoint(id: &str) -> PathBuf {
    std::env::temp_dir().join(format!("{id}.safetensors"))
}

//! Models and test images of an evaluation, through the browser's cache and against their hashes.

use super::bench::{Bench, Phase};
use crate::{
    manifest::{Dataset, File, Shard},
    protocol::{Fault, FaultKind, Inputs},
    ui::{
        library::{fetch, unpack},
        measure::plan::Plan,
        pool::Model,
        shipped::Samples,
    },
};
use leptos::prelude::*;
use std::{cell::Cell, rc::Rc, sync::Arc};

/// What is on its way: bytes so far and in all.
struct Load {
    bench: Bench,
    turn: u32,
    done: Cell<u64>,
    total: Cell<u64>,
}

impl Load {
    async fn file(&self, file: &File) -> Result<Vec<u8>, Fault> {
        self.total.set(self.total.get() + file.bytes);
        let before = self.done.get();
        let bytes = fetch::checked(file, |so_far| self.show(before + so_far)).await?;
        self.done.set(before + file.bytes);
        Ok(bytes)
    }

    fn show(&self, done: u64) {
        if self.bench.turn.get_value() == self.turn {
            self.bench.phase.set(Phase::Loading(done, self.total.get().max(done)));
        }
    }
}

/// The models and inputs of a plan.
///
/// # Errors
/// A [`Fault`] if a file cannot be had or is not what the manifest says.
pub async fn bring(bench: Bench, turn: u32, plan: &Plan) -> Result<(Vec<Model>, Inputs), Fault> {
    let load = Load { bench, turn, done: Cell::new(0), total: Cell::new(0) };
    let known = bench.known.get_untracked();
    let mut models = Vec::new();
    for id in &plan.members() {
        let found = known.iter().flat_map(|known| &known.manifest.models).find(|model| model.id == *id);
        let model = found.ok_or_else(|| Fault::new(FaultKind::Model, format!("There is no model “{id}”.")))?;
        let kept = bench.weights.with_value(|kept| kept.get(id).cloned());
        let weights = match kept {
            Some(weights) => weights,
            None => {
                let weights: Rc<[u8]> = load.file(&model.weights).await?.into();
                bench.weights.update_value(|kept| drop(kept.insert(id.clone(), weights.clone())));
                weights
            }
        };
        models.push(Model { id: id.clone(), architecture: model.architecture.clone(), weights });
    }
    for shard in plan.data.test.iter().filter(|shard| shard.first < plan.wish.n) {
        images(&load, &plan.data, shard).await?;
    }
    Ok((models, inputs(bench, plan)?))
}

/// Brings the images of a loaded report that its pictures need; what cannot be had is not shown.
pub async fn bring_images(bench: Bench, data: &Dataset, count: usize) {
    let load = Load { bench, turn: u32::MAX, done: Cell::new(0), total: Cell::new(0) };
    for shard in data.test.iter().filter(|shard| shard.first < count) {
        if let Err(fault) = images(&load, data, shard).await {
            bench.said.set(fault.message);
        }
    }
}

async fn images(load: &Load, data: &Dataset, shard: &Shard) -> Result<(), Fault> {
    let key = (data.id.clone(), shard.first);
    if load.bench.images.with_value(|images| images.contains_key(&key)) {
        return Ok(());
    }
    let size: usize = data.shape.iter().product();
    let (pictures, labels) = (load.file(&shard.images).await?, load.file(&shard.labels).await?);
    let pictures = unpack::gunzip(&shard.images.path, &pictures, 16 + shard.count * size).await?;
    let labels = unpack::gunzip(&shard.labels.path, &labels, 8 + shard.count).await?;
    let samples = Arc::new(Samples::read(shard, data.shape, &pictures, &labels)?);
    load.bench.images.update_value(|images| drop(images.insert(key, samples)));
    Ok(())
}

/// The first images of the test split, with their labels.
fn inputs(bench: Bench, plan: &Plan) -> Result<Inputs, Fault> {
    let (data, [channels, rows, columns]) = (&plan.data.id, plan.data.shape);
    let mut pixels = Vec::with_capacity(plan.wish.n * channels * rows * columns);
    let mut labels = Vec::with_capacity(plan.wish.n);
    bench.images.with_value(|images| {
        for samples in
            images.range((data.clone(), 0)..).take_while(|((id, _), _)| id == data).map(|(_, samples)| samples)
        {
            let wanted = samples.first..(samples.first + samples.count()).min(plan.wish.n);
            for (picture, label) in wanted.filter_map(|index| samples.sample(index)) {
                pixels.extend(picture.iter().map(|&pixel| f32::from(pixel) / 255.0));
                labels.push(u32::from(label));
            }
        }
    });
    if labels.len() != plan.wish.n {
        return Err(Fault::new(FaultKind::File, "Some test images are missing."));
    }
    Ok(Inputs { shape: [labels.len(), channels, rows, columns], pixels, labels: Some(labels) })
}

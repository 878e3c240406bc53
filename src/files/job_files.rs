//! Models and images for the lab's jobs: the shipped ones through the browser's cache and against their hashes, own
//! models and data from the model store.

use super::{
    library::{fetch, unpack},
    shipped::Samples,
};
use crate::i18n::{tr, tr_with};
use crate::{datasets::view::storage as own_data, evaluate::plan::Plan, models::PREFIX, workers::pool::Model};
use crate::{
    evaluate::view::state::{EvaluationState, Phase},
    models::view::storage,
};
use foolproof_core::{
    idx,
    manifest::{Dataset, File, Shard},
    protocol::{Fault, FaultKind, Inputs},
};
use leptos::prelude::*;
use std::{cell::Cell, rc::Rc, sync::Arc};

/// Fewest training inputs that a detector can learn from.
const LEAST: usize = 20;

/// What is on its way for one job: bytes so far and in all.
pub struct Load {
    evaluation: EvaluationState,
    done: Cell<u64>,
    total: Cell<u64>,
    told: Box<dyn Fn(u64, u64)>,
}

impl Load {
    /// Nothing yet; `told` hears of bytes so far and in all.
    pub fn new(evaluation: EvaluationState, told: impl Fn(u64, u64) + 'static) -> Load {
        Load { evaluation, done: Cell::new(0), total: Cell::new(0), told: Box::new(told) }
    }

    async fn file(&self, file: &File) -> Result<Vec<u8>, Fault> {
        self.total.set(self.total.get() + file.bytes);
        let before = self.done.get();
        let show = |done: u64| (self.told)(done, self.total.get().max(done));
        let bytes = fetch::checked(file, |so_far| show(before + so_far)).await?;
        self.done.set(before + file.bytes);
        Ok(bytes)
    }

    /// A model, shipped or own.
    ///
    /// # Errors
    /// A [`Fault`] if there is none of this id, or its file cannot be had or is not what the manifest says.
    pub async fn model(&self, id: &str) -> Result<Model, Fault> {
        let evaluation = self.evaluation;
        let known = evaluation.known.get_untracked();
        let found = known.iter().flat_map(|known| &known.manifest.models).find(|model| model.id == id);
        let model = found.ok_or_else(|| Fault::new(FaultKind::Model, tr_with("There is no model “{0}”.", &[&id])))?;
        let kept = evaluation.weights.with_value(|kept| kept.get(&model.weights.sha256).cloned());
        let weights = match (kept, id.strip_prefix(PREFIX)) {
            (Some(weights), _) => weights,
            (None, Some(name)) => storage::get(evaluation).await.weights(name).await?.into(),
            (None, None) => {
                let weights: Rc<[u8]> = self.file(&model.weights).await?.into();
                evaluation
                    .weights
                    .update_value(|kept| drop(kept.insert(model.weights.sha256.clone(), weights.clone())));
                weights
            }
        };
        Ok(Model { id: id.to_owned(), architecture: model.architecture.clone(), weights })
    }

    /// The images of a shard of the dataset's test or training split.
    ///
    /// # Errors
    /// As [`Load::model`].
    pub async fn images(&self, data: &Dataset, shard: &Shard) -> Result<Arc<Samples>, Fault> {
        let key = shard.images.path.clone();
        if let Some(known) = self.evaluation.shards.with_value(|shards| shards.get(&key).cloned()) {
            return Ok(known);
        }
        if data.id.starts_with(PREFIX) {
            let file = |path: String| async move { own_data::file(self.evaluation, &path).await };
            let (pictures, labels) = (file(key).await?, file(shard.labels.path.clone()).await?);
            return Ok(Arc::new(Samples::read(shard, data.shape, &pictures, &labels)?));
        }
        let (pictures, labels) = (self.file(&shard.images).await?, self.file(&shard.labels).await?);
        let pictures = unpack::gunzip(&shard.images.path, &pictures, &idx::lengths(shard.count, data.shape)).await?;
        let labels = unpack::gunzip(&shard.labels.path, &labels, &[8 + shard.count]).await?;
        Ok(Arc::new(Samples::read(shard, data.shape, &pictures, &labels)?))
    }

    /// The first `count` images of the test split, kept for pictures that are shown.
    ///
    /// # Errors
    /// As [`Load::model`], and if the split has fewer.
    pub async fn tests(&self, data: &Dataset, count: usize) -> Result<Inputs, Fault> {
        for shard in data.test.iter().filter(|shard| shard.first < count) {
            let samples = self.images(data, shard).await?;
            self.evaluation
                .shards
                .update_value(|shards| drop(shards.insert(shard.images.path.clone(), samples.clone())));
            self.evaluation.images.update_value(|images| drop(images.insert((data.id.clone(), shard.first), samples)));
        }
        inputs(self.evaluation, data, count)
    }

    /// The first `count` images of the training split, with their labels.
    ///
    /// # Errors
    /// As [`Load::model`], and if there are too few for a detector.
    pub async fn training(&self, data: &Dataset, count: usize) -> Result<Inputs, Fault> {
        let [channels, rows, columns] = data.shape;
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for shard in data.train.iter().filter(|shard| shard.first < count) {
            let samples = self.images(data, shard).await?;
            for (picture, label) in (shard.first..count).map_while(|index| samples.sample(index)) {
                pixels.extend(picture);
                labels.push(u32::from(label));
            }
        }
        if labels.len() < LEAST {
            let why = tr("Detectors learn from training inputs, and these data have too few of them.");
            return Err(Fault::new(FaultKind::Input, why));
        }
        Ok(Inputs { shape: [labels.len(), channels, rows, columns], pixels, labels: Some(labels) })
    }
}

/// What an evaluation is made of.
pub struct Brought {
    /// The models.
    pub models: Vec<Model>,
    /// The inputs that are attacked.
    pub inputs: Inputs,
    /// Training inputs that detectors learn from, where some look on.
    pub references: Option<Inputs>,
}

/// The models and inputs of a plan.
///
/// # Errors
/// A [`Fault`] if a file cannot be had or is not what the manifest says.
pub async fn bring(evaluation: EvaluationState, turn: u32, plan: &Plan) -> Result<Brought, Fault> {
    let load = Load::new(evaluation, move |done, total| {
        if evaluation.turn.get_value() == turn {
            evaluation.phase.set(Phase::Loading(done, total));
        }
    });
    let mut models = Vec::new();
    for id in &plan.members() {
        models.push(load.model(id).await?);
    }
    let references = match plan.request.detectors.is_empty() {
        true => None,
        false => Some(load.training(&plan.data, plan.references()).await?),
    };
    Ok(Brought { models, inputs: load.tests(&plan.data, plan.request.n).await?, references })
}

/// Brings the images of a loaded report that its pictures need; what cannot be had is not shown.
pub async fn bring_images(evaluation: EvaluationState, data: &Dataset, count: usize) {
    let all: usize = data.test.iter().map(|shard| shard.count).sum();
    if let Err(fault) = Load::new(evaluation, |_, _| ()).tests(data, count.min(all)).await {
        evaluation.said.set(fault.message);
    }
}

/// The first images of the test split, with their labels.
fn inputs(evaluation: EvaluationState, data: &Dataset, count: usize) -> Result<Inputs, Fault> {
    let (data, [channels, rows, columns]) = (&data.id, data.shape);
    let mut pixels = Vec::with_capacity(count * channels * rows * columns);
    let mut labels = Vec::with_capacity(count);
    evaluation.images.with_value(|images| {
        for samples in
            images.range((data.clone(), 0)..).take_while(|((id, _), _)| id == data).map(|(_, samples)| samples)
        {
            let wanted = samples.first..(samples.first + samples.count()).min(count);
            for (picture, label) in wanted.filter_map(|index| samples.sample(index)) {
                pixels.extend(picture);
                labels.push(u32::from(label));
            }
        }
    });
    if labels.len() != count {
        return Err(Fault::new(FaultKind::File, tr("Some test images are missing.")));
    }
    Ok(Inputs { shape: [labels.len(), channels, rows, columns], pixels, labels: Some(labels) })
}

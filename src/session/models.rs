//! The models that jobs name, and the checks of a job against them.

use crate::architecture::Architecture;
use crate::engine::{attacks, sequential::Sequential, weights};
use crate::protocol::{AttackJob, Fault, FaultKind};
use burn::tensor::{Device, Tensor, TensorData};
use std::collections::BTreeMap;

/// Most inputs in one job.
const LARGEST_BATCH: usize = 4096;

/// A model with its weights frozen, and the bytes it came from.
pub struct Model {
    /// Its layers.
    pub architecture: Architecture,
    /// Its safetensors bytes, from which the self-test makes a twin on the CPU.
    pub weights: Vec<u8>,
    /// On the session's device.
    pub network: Sequential,
}

/// All models of a session.
pub struct Models {
    /// Where they live.
    pub device: Device,
    loaded: BTreeMap<String, Model>,
}

impl Models {
    /// No models yet.
    pub fn new(device: Device) -> Models {
        Models { device, loaded: BTreeMap::new() }
    }

    /// Loads a model; an older one of the same id stays if the new one is no good.
    pub fn insert(&mut self, id: &str, architecture: Architecture, weights: Vec<u8>) -> Result<(), Fault> {
        let network = weights::load(&architecture, &weights, &self.device)
            .map_err(|fault| Fault::new(fault.kind, format!("Model “{id}”: {}", fault.message)))?;
        self.loaded.insert(id.into(), Model { architecture, weights, network });
        Ok(())
    }

    /// The model of this id.
    pub fn get(&self, id: &str) -> Result<&Model, Fault> {
        self.loaded.get(id).ok_or_else(|| Fault::new(FaultKind::Model, format!("There is no model “{id}” here.")))
    }

    /// All models, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Model)> {
        self.loaded.iter()
    }

    /// Whether a job can be carried out: its models, inputs, labels, target, attack and knobs.
    pub fn check(&self, job: &AttackJob) -> Result<(), Fault> {
        let wrong = |why: String| Err(Fault::new(FaultKind::Input, why));
        let [batch, channels, rows, columns] = job.inputs.shape;
        if batch == 0 || batch > LARGEST_BATCH {
            return wrong(format!("A job takes 1 to {LARGEST_BATCH} inputs, not {batch}."));
        }
        for id in &job.models {
            let architecture = &self.get(id)?.architecture;
            if architecture.input != [channels, rows, columns] {
                return wrong(format!("Model “{id}” takes {:?} and gets {:?}.", architecture.input, job.inputs.shape));
            }
            let classes = architecture.classes as u32;
            let labels = job.inputs.labels.iter().flatten().chain(&job.attack.target);
            if let Some(label) = labels.into_iter().find(|label| **label >= classes) {
                return wrong(format!("Class {label} does not exist; model “{id}” has classes 0 to {}.", classes - 1));
            }
        }
        // The shape equals a checked architecture's, so the product cannot overflow.
        if job.models.is_empty() || job.inputs.pixels.len() != batch * channels * rows * columns {
            return wrong("The job names no model, or its pixels do not fit its shape.".into());
        }
        if job.inputs.labels.as_ref().is_some_and(|labels| labels.len() != batch) {
            return wrong("There must be one label an input.".into());
        }
        if !job.inputs.pixels.iter().all(|pixel| (0.0..=1.0).contains(pixel)) {
            return wrong("Every pixel must lie between 0 and 1.".into());
        }
        attacks::make(&job.attack).map(|_| ())
    }

    /// A checked job's inputs on the device.
    pub fn upload(&self, job: &AttackJob) -> Tensor<4> {
        Tensor::from_data(TensorData::new(job.inputs.pixels.clone(), job.inputs.shape), &self.device)
    }
}
